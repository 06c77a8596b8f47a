"""The chosen words are the best there are: checked against every possible choice."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from bidopt.decisions.titles.best_words import Need, Words, choose
from bidopt.decisions.titles.market_demand import TitleMarket
from bidopt.decisions.titles.title_parts import Fate, Part
from bidopt.decisions.titles.title_rules import TitleRules, Variant
from bidopt.text.dictionary import Dictionary, cutter
from bidopt.text.role_lexicon import RoleLexicon
from bidopt.text.roles import Role
from bidopt.text.segment import Segmenter

SILENT = TitleMarket(
    Segmenter(cutter(Dictionary({"杯": 1}, {}), program="jieba")), RoleLexicon({}), (), {}, {}, {}
)
"""A market in which words are worth nothing but what the needs say."""

RULES = TitleRules(width=20, most_new=8)


def _worth(words: Words, needs: list[Need], taken: tuple[int, ...]) -> float:
    have = {at for at, is_in in enumerate(taken) if is_in}
    changed = sum(not is_in if at < len(words.parts) else is_in for at, is_in in enumerate(taken))
    covered = sum(need.value for need in needs if all(way & have for way in need.ways))
    return covered - 1e-6 * changed * max(sum(need.value for need in needs), 1.0)


def _fits(words: Words, taken: tuple[int, ...]) -> bool:
    old = len(words.parts)
    texts = [part.text for part in words.parts] + list(words.new)
    wide = [RULES.measure(text) * is_in for text, is_in in zip(texts, taken, strict=True)]
    fates = [part.fate for part in words.parts]
    lawful = all(
        is_in if fate is Fate.KEPT else not is_in if fate is Fate.REFUSED else True
        for fate, is_in in zip(fates, taken[:old], strict=True)
    )
    return lawful and sum(wide) <= RULES.width and sum(wide[old:]) <= RULES.most_new


@pytest.mark.parametrize("seed", range(12))
def test_no_other_choice_is_worth_more(seed: int) -> None:
    rng = np.random.default_rng(seed)
    texts = ["杯" * int(n) for n in rng.integers(1, 4, 9)]
    fates = rng.choice([Fate.KEPT, Fate.FREE, Fate.FREE, Fate.REFUSED], 5)
    parts = tuple(
        Part(text, text, Role.OTHER, Fate(fate), "") for text, fate in zip(texts[:5], fates, strict=True)
    )
    words = Words(parts, tuple(texts[5:]))
    needs = [
        Need(
            float(rng.exponential()),
            tuple(frozenset(rng.choice(9, rng.integers(1, 3), replace=False).tolist()) for _ in range(2)),
        )
        for _ in range(12)
    ]
    choice = choose(words, needs, SILENT, RULES, Variant.MOST_DEMAND)
    best = max(_worth(words, needs, taken) for taken in product((0, 1), repeat=9) if _fits(words, taken))
    assert choice is not None
    # Words of one text stand for each other: the value of what was chosen is compared, not the places.
    left = list(choice.gained)
    taken = [int(at in choice.kept) for at in range(5)]
    for text in words.new:
        taken.append(int(text in left))
        if text in left:
            left.remove(text)
    alike = {tuple(taken)} | _alike(words, tuple(taken))
    assert max(_worth(words, needs, one) for one in alike) >= best - 1e-9
    assert _fits(words, tuple(taken))


def _alike(words: Words, taken: tuple[int, ...]) -> set[tuple[int, ...]]:
    """Choices with the same new texts."""
    old = len(words.parts)
    gained = sorted(text for text, is_in in zip(words.new, taken[old:], strict=True) if is_in)
    return {
        taken[:old] + new
        for new in product((0, 1), repeat=len(words.new))
        if sorted(text for text, is_in in zip(words.new, new, strict=True) if is_in) == gained
    }


def test_what_has_to_stay_may_be_too_wide() -> None:
    part = Part("杯" * 11, "杯" * 11, Role.CATEGORY, Fate.KEPT, "")
    assert choose(Words((part,), ()), [], SILENT, RULES, Variant.BALANCED) is None
