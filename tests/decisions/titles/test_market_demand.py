"""What buyers search, and what words bring beside the listed searches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from bidopt.decisions.titles.market_demand import DESCRIBING, FEW, UNLISTED, TitleMarket, market_of
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


def test_a_word_brings_more_than_is_listed_the_more_of_what_is_listed_it_nearly_spells(
    market: TitleMarket,
) -> None:
    """Reckoned by hand: of 老人 保温杯 a title with 保温杯 then spells both words, one with 老人 alone half of them."""
    average = sum(SEARCHED.values()) / len(SEARCHED)

    def worth(near: float) -> float:
        return UNLISTED * math.sqrt(average * (near + FEW * average))

    assert market.unlisted("老人", {"保温杯"}, {"保温杯"}) == pytest.approx(worth(800))
    assert market.unlisted("老人", set(), {"保温杯"}) == pytest.approx(worth(800 / 8))
    assert market.unlisted("老人", {"保温杯"}, {"水壶"}) == pytest.approx(
        worth(0)
    )  # another thing's searches
    assert market.unlisted("轻奢", {"保温杯"}, {"保温杯"}) == 0  # nobody searches it
    # Roots within a word count, single characters (杯) do not; a word that is not understood counts as one that describes.
    both = DESCRIBING * (worth(800) + worth(900 + 800))
    assert market.unlisted("老人保温杯", set(), {"保温杯"}) == pytest.approx(both)


def test_words_that_only_describe_bring_less(roles: RoleLexicon, market: TitleMarket) -> None:
    """时尚 and 老人 stand in one search each, of the same volume."""
    terms = MARKET_TERMS.conform(
        {
            "term": ["老人 保温杯", "时尚 保温杯"],
            "search_volume_low": [80.0, 80.0],
            "search_volume_high": [80.0, 80.0],
        }
    )
    fair = market_of(terms, TITLES, market.segmenter, roles)
    plain, style = (fair.unlisted(word, {"保温杯"}, {"保温杯"}) for word in ("老人", "时尚"))
    assert style == pytest.approx(DESCRIBING * plain)


def test_what_is_asked_together_is_found_in_whatever_words(market: TitleMarket) -> None:
    for word in ("老人", "容量", "童水", "usb", "保温杯", "轻奢"):
        for thing in ("保温杯", "水壶", "水杯", "杯", "usb"):
            texts = [term.replace(" ", "") for term in SEARCHED]
            told = any(word in text and thing in text for text in texts)
            assert market.asked_with(word, {thing}) == told
    assert (market.asked_with("老人", set()), market.asked_with("轻奢", set())) == (True, False)


def test_the_unit_of_volumes_scales_what_is_estimated(market: TitleMarket, roles: RoleLexicon) -> None:
    volumes = ["search_volume_low", "search_volume_high"]
    thousands = market_of(
        TERMS.assign(**{v: TERMS[v] * 1000 for v in volumes}), TITLES, market.segmenter, roles
    )
    for word in ("老人", "保温杯", "大容量"):
        now = market.unlisted(word, {"保温杯"}, {"保温杯"})
        assert thousands.unlisted(word, {"保温杯"}, {"保温杯"}) == pytest.approx(1000 * now)
