"""Chooses the words of a title: the most valuable searches covered within the width, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from bidopt.decisions.titles.market_demand import TitleMarket
from bidopt.decisions.titles.title_parts import Fate, Part
from bidopt.decisions.titles.title_rules import TitleRules, Variant
from bidopt.text.roles import Role

Floats = npt.NDArray[np.float64]

CHANGE_COST = {Variant.SMALLEST: 0.002, Variant.BALANCED: 0.005, Variant.MOST_DEMAND: 1e-4}
"""What a word gained or given up must bring, as a share of the value of all searches in reach."""


@dataclass(frozen=True)
class Choice:
    """The words of a new title.

    Args:
        kept: places of the words of the current title that stay.
        gained: new words.
    """

    kept: frozenset[int]
    gained: tuple[str, ...]


@dataclass(frozen=True)
class Need:
    """What a search asks of a title: of each set at least one word; numbers are those of `Words`."""

    value: float
    ways: tuple[frozenset[int], ...]


@dataclass(frozen=True)
class Words:
    """All words that a title may have: those of the current one, then new ones.

    Args:
        parts: of the current title.
        new: supported words.
    """

    parts: tuple[Part, ...]
    new: tuple[str, ...]

    def ways(self, word: str) -> tuple[frozenset[int], ...]:
        """What is needed for a word of a search: of each set one; empty if it is out of reach."""
        single = {at for at, part in enumerate(self.parts) if word in part.folded}
        single |= {len(self.parts) + at for at, new in enumerate(self.new) if word in new}
        if single:
            return (frozenset(single),)
        return tuple(frozenset({at}) for at in self._span(word))

    def _span(self, word: str) -> range:
        """The parts that spell the word together."""
        for first in range(len(self.parts)):
            spelt = ""
            for last in range(first, len(self.parts)):
                spelt += self.parts[last].folded
                if word in spelt:
                    return range(first, last + 1)
                if len(spelt) > len(word) + len(self.parts[first].folded):
                    break
        return range(0)


def needs_of(words: Words, market: TitleMarket, crowd: Floats | None = None) -> list[Need]:
    """What each search within reach asks for.

    Args:
        words: all words that the title may have.
        market: demand.
        crowd: factor of each query's value for this product; None: 1 for all.
    """
    text = "".join(part.folded for part in words.parts)
    reach = market.searched_in(text).union(*(market.searched_in(word) for word in words.new))
    known = {word: words.ways(word) for word in reach}
    found = []
    for place in market.queries_of(reach):
        query = market.queries[place]
        if all(known[word] for word in query.words):
            ways = tuple(way for word in query.words for way in known[word])
            found.append(Need(query.value * (float(crowd[place]) if crowd is not None else 1.0), ways))
    return found


def choose(
    words: Words, needs: Sequence[Need], market: TitleMarket, rules: TitleRules, variant: Variant
) -> Choice | None:
    """The best words; None if what has to stay is wider than the platform allows.

    The exact optimum of an integer program: x of each word, y of each search; a search counts only if of each of its
    sets one word stands. Signs and words that stay are constants.

    Args:
        words: all words that the title may have.
        needs: what searches ask for.
        market: demand.
        rules: of the platform.
        variant: how far to go.
    """
    n = len(words.parts) + len(words.new)
    old = len(words.parts)
    fates = [part.fate for part in words.parts]
    low = np.array([fate is Fate.KEPT for fate in fates] + [False] * len(words.new), dtype=float)
    high = np.array(
        [fate not in (Fate.REFUSED, Fate.FORBIDDEN) for fate in fates] + [True] * len(words.new), dtype=float
    )
    wide = np.array(
        [rules.measure(part.gap + part.text) for part in words.parts]
        + [rules.measure(word) + (word.isascii() * 2) for word in words.new],
        dtype=float,
    )
    sets = _open_sets(needs, low)
    unlisted = unlisted_worth(words, market)
    cost = CHANGE_COST[variant] * (sum(need.value for need in needs) + unlisted.sum() or 1.0)
    gain = np.where(np.arange(n) < old, cost, -cost) + unlisted
    values = list(sets.values())
    scale = max(max(values, default=1.0), cost, 1e-12)
    answer = milp(
        -np.concatenate([gain, values]) / scale,
        constraints=_limits(wide, old, list(sets), rules, variant),
        integrality=np.append(np.ones(n), np.zeros(len(sets))),
        bounds=Bounds(np.append(low, np.zeros(len(sets))), np.append(high, np.ones(len(sets)))),
    )
    if answer.x is None:
        return None
    taken = answer.x[:n] > 0.5
    return Choice(
        frozenset(np.flatnonzero(taken[:old]).tolist()),
        tuple(word for word, is_in in zip(words.new, taken[old:].tolist(), strict=True) if is_in),
    )


def _limits(
    wide: Floats, old: int, sets: Sequence[tuple[frozenset[int], ...]], rules: TitleRules, variant: Variant
) -> list[LinearConstraint]:
    """What the x of words and the y of searches must keep: width, change, and that a search has its words."""
    n, unused = len(wide), np.zeros(len(sets))
    is_new = np.arange(n) >= old
    limits = [
        LinearConstraint(csr_array([np.append(wide, unused)]), -np.inf, rules.width),
        LinearConstraint(csr_array([np.append(wide * is_new, unused)]), -np.inf, rules.most_new),
    ]
    if variant is Variant.SMALLEST:
        limits.append(LinearConstraint(csr_array([np.append(is_new * 1.0, unused)]), -np.inf, 1))
    ways = [(n + y, sorted(way)) for y, one in enumerate(sets) for way in one]
    if ways:
        rows = [row for row, (_, words) in enumerate(ways) for _ in range(len(words) + 1)]
        columns = [place for y, words in ways for place in (y, *words)]
        signs = [sign for _, words in ways for sign in (1.0, *(-1.0 for _ in words))]
        shape = (len(ways), n + len(sets))
        limits.append(LinearConstraint(csr_array((signs, (rows, columns)), shape=shape), -np.inf, 0))
    return limits


def unlisted_worth(words: Words, market: TitleMarket) -> Floats:
    """What each word is worth beside the listed searches that it completes; a word that stands twice counts once."""
    things = {part.folded for part in words.parts if part.role is Role.CATEGORY and len(part.folded) > 1}
    held = market.searched_in("".join(part.folded for part in words.parts))
    all_words = [*(part.folded for part in words.parts), *words.new]
    value = {word: market.unlisted(word, held, things) for word in set(all_words)}
    first = [word not in all_words[:at] for at, word in enumerate(all_words)]
    return np.array([value[word] for word in all_words]) * first


def unlisted_gain(words: Words, choice: Choice, market: TitleMarket) -> float:
    """Searches gained that no list has, estimated from the words gained and lost."""
    worth, old = unlisted_worth(words, market), len(words.parts)
    gained = np.array([word in choice.gained for word in words.new], dtype=bool)
    lost = np.array([at not in choice.kept for at in range(old)], dtype=bool)
    return float(worth[old:][gained].sum() - worth[:old][lost].sum())


def _open_sets(needs: Sequence[Need], fixed: Floats) -> dict[tuple[frozenset[int], ...], float]:
    """What searches still ask for where some words stand anyway -> value of all that ask for the same."""
    found: dict[tuple[frozenset[int], ...], float] = {}
    for need in needs:
        ways = {way for way in need.ways if not any(fixed[at] for at in way)}
        if ways:
            key = tuple(sorted(ways, key=sorted))
            found[key] = found.get(key, 0.0) + need.value
    return found
