"""Words of earlier plans: they are not new every day, they rest, and they count to limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from bidopt.decisions.expansion.mine_words import MineWords
from bidopt.decisions.expansion.negative_words import NegativeWords
from bidopt.decisions.expansion.word_limits import WordLimits
from bidopt.decisions.policy import Situation
from bidopt.domain.reasons import decode
from bidopt.facts.schemas import NEGATIVE_WORDS, PROPOSED_WORDS
from tests.decisions.expansion.shops import PLACE, TOMORROW, situation

MARKET = [
    {"term": term, "low": 900.0, "high": 1800.0} for term in ("茶树精油", "澳洲茶树精油", "控油茶树精油")
]
JUNK = [
    {"search_term": f"{word}精油图片", "clicks": 40.0, "conversions": 0.0}
    for word in ("茶树", "单方", "玫瑰")
]
GOOD = [
    {"search_term": f"茶树精油{word}", "clicks": 60.0, "conversions": 4.0}
    for word in ("祛痘", "控油", "正品")
]


def proposed(made: Situation, days_ago: Sequence[int], **word: str) -> Situation:
    """The same morning after plans that proposed one word."""
    told = [{**PLACE, **word, "date": TOMORROW - pd.Timedelta(days=ago)} for ago in days_ago]
    table = PROPOSED_WORDS.conform(pd.DataFrame(told))
    words = replace(made.evidence.words, proposed=table)
    return replace(made, evidence=replace(made.evidence, words=words))


@pytest.fixture(scope="module")
def market() -> Situation:
    return situation(market=MARKET)


@pytest.fixture(scope="module")
def typed() -> Situation:
    return situation(searched=[*GOOD, *JUNK])


def added(made: Situation) -> pd.Series[Any]:
    return MineWords(budget_share=1.0).decide(made).keywords.set_index("keyword")["days_proposed"]


ADD = {"kind": "add", "keyword": "茶树精油澳洲", "match_type": "exact"}
"""In an order of its own: it is the same word."""


def test_a_word_says_on_how_many_days_it_was_proposed(market: Situation) -> None:
    assert added(market)["澳洲茶树精油"] == 0
    assert added(proposed(market, [1, 2], **ADD))["澳洲茶树精油"] == 2


def test_a_word_that_nobody_takes_up_rests_and_comes_back(market: Situation) -> None:
    tired = proposed(market, [1, 2, 3], **ADD)
    assert "澳洲茶树精油" not in added(tired)
    assert "控油茶树精油" in added(tired)
    (note,) = [n for n in MineWords().decide(tired).notes if n.startswith("new_words_resting")]
    assert decode(note)[1] == {"resting": 1, "days": 3, "rest": 14}
    assert added(proposed(market, [2, 3, 14], **ADD))["澳洲茶树精油"] == 2


def test_a_resting_word_keeps_its_place_in_the_ad_group(market: Situation) -> None:
    tired = proposed(market, [1, 2, 3], **ADD)
    held = len(tired.evidence.keywords)
    for limit, least in ((held + 1, 0), (held + 2, 1)):
        policy = MineWords(budget_share=1.0, platforms={"native": WordLimits(keywords=limit)})
        assert len(policy.decide(market).keywords) == limit - held
        assert least <= len(policy.decide(tired).keywords) <= limit - held
    ranked = MineWords().ranked(tired)["folded"].tolist()
    one = MineWords(budget_share=1.0, platforms={"native": WordLimits(keywords=held + 1)}).decide(tired)
    assert len(one.keywords) == (0 if ranked[0] == "澳洲 精油 茶树" else 1)


def blocked(made: Situation, **settings: Any) -> pd.DataFrame:  # noqa: ANN401
    return NegativeWords(**settings).decide(made).keywords.set_index("keyword")


BLOCK = {"kind": "negative", "keyword": "图片", "match_type": "phrase"}
"""The clicks of JUNK came three days ago."""


def test_a_word_that_draws_no_click_since_it_was_proposed_is_blocked_by_now() -> None:
    later = [
        {
            "search_term": "茶树精油祛痘",
            "clicks": 1.0,
            "conversions": 0.0,
            "date": TOMORROW - pd.Timedelta(days=1),
        }
    ]
    made = situation(searched=[*GOOD, *JUNK, *later])
    assert "图片" in blocked(made).index
    assert blocked(proposed(made, [3], **BLOCK)).empty


def test_a_word_that_still_draws_clicks_is_proposed_again_until_it_rests(typed: Situation) -> None:
    assert blocked(proposed(typed, [4], **BLOCK))["days_proposed"].to_dict() == {"图片": 1}
    tired = proposed(typed, [4, 5, 6], **BLOCK)
    assert blocked(tired).empty
    (note,) = NegativeWords().decide(tired).notes
    assert decode(note)[0] == "negatives_resting"


def test_while_no_report_can_tell_a_word_is_proposed_again(typed: Situation) -> None:
    assert blocked(proposed(typed, [1], **BLOCK))["days_proposed"].to_dict() == {"图片": 1}


def test_earlier_negative_words_count_to_the_platforms_limit(typed: Situation) -> None:
    earlier = proposed(typed, [60], kind="negative", keyword="香薰", match_type="phrase")
    one, two = ({"native": WordLimits(negatives=n)} for n in (1, 2))
    assert blocked(typed, platforms=one).index.tolist() == ["图片"]
    assert blocked(earlier, platforms=one).empty
    assert [decode(n)[0] for n in NegativeWords(platforms=one).decide(earlier).notes] == ["negatives_full"]
    assert blocked(earlier, platforms=two).index.tolist() == ["图片"]


@pytest.mark.parametrize(
    ("listed", "list_age", "proposal_age", "room"),
    [
        ("回收", 5, 20, 1),  # the newer list does not hold the proposal: nobody took it up
        ("回收", 20, 5, 2),
        ("回收", 5, 5, 2),  # the list was read before the plan
        ("香薰", 20, 5, 1),
    ],
)
def test_proposals_that_are_no_older_than_the_list_count_to_the_platforms_limit(
    typed: Situation, listed: str, list_age: int, proposal_age: int, room: int
) -> None:
    made = proposed(typed, [proposal_age], kind="negative", keyword="香薰", match_type="phrase")
    row = {**PLACE, "product_id": "", "keyword": listed, "match_type": "phrase"}
    table = pd.DataFrame([{**row, "reported_on": TOMORROW - pd.Timedelta(days=list_age)}])
    words = replace(made.evidence.words, negatives=NEGATIVE_WORDS.conform(table))
    made = replace(made, evidence=replace(made.evidence, words=words))
    for limit in (room, room + 1):
        fits = ["图片"] if limit > room else []
        assert blocked(made, platforms={"native": WordLimits(negatives=limit)}).index.tolist() == fits


def test_a_word_proposed_again_takes_no_second_place(typed: Situation) -> None:
    again = proposed(typed, [1], **BLOCK)
    assert blocked(again, platforms={"native": WordLimits(negatives=1)}).index.tolist() == ["图片"]


def test_products_without_a_title_are_told() -> None:
    made = situation(market=MARKET, title="")
    notes = [decode(note) for note in MineWords().decide(made).notes]
    assert ("no_titles", {"untitled": 1, "products": 1}) in notes
