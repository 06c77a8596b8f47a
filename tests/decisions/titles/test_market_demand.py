"""What words of a kind usually bring, and what it takes to find out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from bidopt.decisions.titles.market_demand import USUAL_PRIOR, TitleMarket, market_of
from bidopt.facts.schemas import MARKET_TERMS
from bidopt.text.dictionary import Dictionary, cutter, general_dictionary
from bidopt.text.role_lexicon import RoleLexicon, learn_roles
from bidopt.text.segment import Segmenter

TITLES = [
    "老人保温杯大容量便携",
    "冬季保温杯 儿童学生水杯",
    "儿童水杯usb便携",
    "老人保温杯大容量便携",
    "杯",
    "",
]
SEARCHED = {
    "保温杯": 900.0,
    "儿童水杯": 400.0,
    "老人 保温杯": 800.0,
    "杯": 50.0,
    "usb": 5.0,
    "大容量水壶": 70.0,
}
TERMS = MARKET_TERMS.conform(
    {
        "term": list(SEARCHED),
        "search_volume_low": list(SEARCHED.values()),
        "search_volume_high": list(SEARCHED.values()),
    }
)


@dataclass(frozen=True)
class Watched(Segmenter):
    """A segmenter that keeps what it was asked to cut."""

    asked: list[str] = field(default_factory=list)

    def cut_all(self, texts: Sequence[str]) -> list[list[str]]:
        """As the segmenter does."""
        self.asked.extend(texts)
        return super().cut_all(texts)


@pytest.fixture(scope="module")
def general() -> Dictionary:
    return general_dictionary()


@pytest.fixture(scope="module")
def roles(general: Dictionary) -> RoleLexicon:
    return learn_roles(TITLES, Segmenter(cutter(general, program="jieba")), general, own_brands=[])


@pytest.fixture(scope="module")
def market(general: Dictionary, roles: RoleLexicon) -> TitleMarket:
    return market_of(TERMS, TITLES, Segmenter(cutter(general, program="jieba")), roles)


def test_every_text_is_cut_once(general: Dictionary, roles: RoleLexicon) -> None:
    watched = Watched(cutter(general, program="jieba"))
    market_of(TERMS, TITLES, watched, roles)
    assert sorted(watched.asked) == sorted([*TITLES, *SEARCHED])


def test_the_words_of_searches_are_found_wherever_a_text_spells_them(market: TitleMarket) -> None:
    for text in (*TITLES, "大容量保温杯usb", "usb"):
        spelt = {text[start:end] for start in range(len(text)) for end in range(start + 1, len(text) + 1)}
        assert market.searched_in(text) == spelt & market.demand_of.keys()


def test_a_word_usually_brings_the_searches_that_its_titles_lose_without_it(market: TitleMarket) -> None:
    """Counted word by word and search by search, each word with one vote among those of its role and length."""
    rows = [{w for w in market.segmenter.cut(title) if w.isalnum()} for title in TITLES]
    brings: dict[str, list[float]] = {word: [] for row in rows for word in row}
    for title, row in zip(TITLES, rows, strict=True):
        covered = [q for q in market.queries if all(word in title.replace(" ", "") for word in q.words)]
        for word in row:
            brings[word].append(sum(q.value for q in covered if any(asked in word for asked in q.words)))
    votes = {word: sum(told) / len(told) for word, told in brings.items()}
    prior = USUAL_PRIOR * sum(votes.values()) / len(votes)
    assert set(market.usual) == {market.kind_of(word) for word in votes}
    for kind, usual in market.usual.items():
        of_kind = [vote for word, vote in votes.items() if market.kind_of(word) == kind]
        assert usual == pytest.approx((sum(of_kind) + prior) / (len(of_kind) + USUAL_PRIOR))
