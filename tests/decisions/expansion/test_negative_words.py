"""Negative words: what is blocked, and what never is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bidopt.decisions.expansion.negative_words import NegativeWords
from bidopt.decisions.expansion.protected_texts import ProtectedTexts
from bidopt.decisions.expansion.word_blocks import blocked_keywords
from bidopt.decisions.expansion.word_limits import WordLimits
from bidopt.decisions.policy import Situation
from bidopt.domain.reasons import decode, render_both
from bidopt.facts.schemas import NEGATIVE_WORDS
from tests.decisions.expansion.shops import PLACE, TOMORROW, situation

GOOD = [
    {"search_term": f"茶树精油{word}", "clicks": 60.0, "conversions": 4.0}
    for word in ("祛痘", "控油", "正品")
]
JUNK = [
    {"search_term": f"{word}精油图片", "clicks": 40.0, "conversions": 0.0}
    for word in ("茶树", "单方", "玫瑰")
]


def blocked(made: Situation, **settings: Any) -> pd.DataFrame:  # noqa: ANN401
    table = NegativeWords(**settings).decide(made).keywords
    assert (table["kind"] == "negative").all()
    return table.set_index("keyword")


def with_list(made: Situation, **row: str | pd.Timestamp) -> Situation:
    """The same morning with a negative word in the platform's list."""
    told = {"platform": "native", "campaign_id": "c1", "match_type": "phrase", "reported_on": TOMORROW, **row}
    words = replace(made.evidence.words, negatives=NEGATIVE_WORDS.conform(pd.DataFrame([told])))
    return replace(made, evidence=replace(made.evidence, words=words))


def test_a_root_that_spends_in_many_terms_and_never_sells_is_blocked_once() -> None:
    table = blocked(situation(searched=[*GOOD, *JUNK]))
    assert table.index.tolist() == ["图片"]
    ((match_type, reason, cost),) = table[["match_type", "reason", "expected_cost"]].to_numpy().tolist()
    assert match_type == "phrase"
    code, numbers = decode(reason)
    assert code == "unsold_root"
    assert (numbers["terms"], numbers["clicks"], numbers["orders"]) == (3, 120, 0)
    assert numbers["probability"] >= 0.9
    assert 0 < numbers["saving"] <= cost
    assert all(render_both(reason, NegativeWords.reasons))


def test_a_single_term_without_sales_is_blocked_as_it_stands() -> None:
    table = blocked(
        situation(searched=[*GOOD, {"search_term": "精油怎么用", "clicks": 150.0, "conversions": 0.0}])
    )
    assert table["match_type"].to_dict() == {"精油怎么用": "exact"}


def test_few_clicks_block_nothing() -> None:
    few = [{**row, "clicks": 4.0} for row in JUNK]
    assert blocked(situation(searched=[*GOOD, *few])).empty


def test_a_keyword_in_play_is_never_blocked_even_if_it_is_to_be_dropped() -> None:
    made = situation(keywords=("茶树精油", "精油图片"), searched=[*GOOD, *JUNK])
    assert "图片" not in blocked(made).index
    drops = made.draft.drops.copy()
    drops.loc[made.draft.bids["keyword"] == "精油图片", "reason"] = "no_impressions days=3"
    # A limit may spare the word yet.
    assert "图片" not in blocked(made.with_draft(made.draft.with_drops(drops))).index


def test_a_root_of_a_term_that_sold_is_not_blocked() -> None:
    sold = {"search_term": "香薰精油图片", "clicks": 20.0, "conversions": 2.0}
    assert "图片" not in blocked(situation(searched=[*GOOD, *JUNK, sold])).index


def test_a_root_of_the_products_own_title_is_not_blocked() -> None:
    title = "沐禾茶树精油祛痘控油单方图片定制10ml"
    assert "图片" not in blocked(situation(searched=[*GOOD, *JUNK], title=title)).index


def test_without_a_title_only_whole_terms_are_blocked() -> None:
    """What goods are called is known from their titles alone, and a phrase might be just that."""
    table = blocked(situation(searched=[*GOOD, *JUNK], title=""))
    assert set(table["match_type"]) <= {"exact"}


def test_what_drew_no_recent_click_may_be_blocked_already() -> None:
    old = [{**row, "date": pd.Timestamp("2026-10-01")} for row in JUNK]
    assert blocked(situation(searched=[*GOOD, *old])).empty


@pytest.mark.parametrize(
    ("keyword", "match_type", "ad_group", "proposed"),
    [
        ("图片", "phrase", "", False),
        ("图片", "phrase", PLACE["ad_group_id"], False),
        ("图片", "phrase", "another", True),
        ("图片", "exact", "", True),  # blocks one search term, not what holds the word
        ("茶树图片", "phrase", "", True),
    ],
)
def test_what_the_platforms_list_blocks_is_not_proposed_again(
    keyword: str,
    match_type: str,
    ad_group: str,
    proposed: bool,  # noqa: FBT001
) -> None:
    made = with_list(
        situation(searched=[*GOOD, *JUNK]), keyword=keyword, match_type=match_type, ad_group_id=ad_group
    )
    assert ("图片" in blocked(made).index) is proposed


@pytest.mark.parametrize(("age", "proposed"), [(2, False), (3, False), (4, True)])
def test_a_list_is_not_believed_about_what_was_clicked_after_it(
    age: int,
    proposed: bool,  # noqa: FBT001
) -> None:
    """The clicks of JUNK came three days ago."""
    listed_on = TOMORROW - pd.Timedelta(days=age)
    made = with_list(situation(searched=[*GOOD, *JUNK]), keyword="图片", reported_on=listed_on)
    assert ("图片" in blocked(made).index) is proposed
    # It has its room already.
    assert ("图片" in blocked(made, platforms={"native": WordLimits(negatives=1)}).index) is proposed


def test_listed_words_take_room_in_their_ad_group() -> None:
    made = with_list(situation(searched=[*GOOD, *JUNK]), keyword="回收", ad_group_id=PLACE["ad_group_id"])
    assert "图片" in blocked(made, platforms={"native": WordLimits(negatives=2)}).index
    assert blocked(made, platforms={"native": WordLimits(negatives=1)}).empty


def test_the_days_and_the_platforms_limits_hold() -> None:
    many = [
        {"search_term": f"精油{word}", "clicks": 200.0, "conversions": 0.0}
        for word in ("怎么用", "回收", "简笔画", "教程")
    ]
    made = situation(searched=[*GOOD, *many])
    assert len(blocked(made)) == 4
    assert len(blocked(made, most_per_day=2)) == 2
    assert len(blocked(made, platforms={"native": WordLimits(negatives=3)})) == 3
    assert blocked(made, platforms={"native": WordLimits(characters=3)}).empty


def test_more_orders_never_make_a_term_likelier_to_be_blocked() -> None:
    def probability(orders: float) -> float:
        made = situation(
            searched=[*GOOD, {"search_term": "精油怎么用", "clicks": 150.0, "conversions": orders}]
        )
        table = blocked(made, certainty=0.51)
        found = table["reason"].get("精油怎么用")
        return decode(found)[1]["probability"] if found else 0.0

    chances = [probability(orders) for orders in (0.0, 1.0, 3.0, 8.0)]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > 0.9 > chances[2]


@pytest.mark.parametrize(
    ("phrase", "hit"),
    [
        (("精油", "图片"), True),
        (("图片", "精油"), True),
        (("树精",), True),
        (("图",), True),
        (("玫瑰",), False),
    ],
)
def test_a_phrase_hits_what_holds_its_characters_or_its_words_in_any_order(
    phrase: tuple[str, ...],
    hit: bool,  # noqa: FBT001
) -> None:
    assert ProtectedTexts([("茶树", "精油", "图片")]).hit_by(phrase) is hit


def test_latin_words_are_hit_as_wholes_only() -> None:
    protected = ProtectedTexts([("mens", "belt")])
    assert not protected.hit_by(("men",))
    assert protected.hit_by(("belt",))
    assert protected.hit_exactly(("belt", "mens"))


def test_good_terms_of_a_shop_are_hardly_ever_blocked() -> None:
    """200 terms that convert alike at 5 %: each may be blocked falsely with a chance of at most 1 - certainty = 10 %.

    The shop's rate, known from all of them, makes it far rarer: at most 2 of 200 are taken.
    """
    rng = np.random.default_rng(7)
    terms = [
        {"search_term": f"精油 w{i}", "clicks": float(n), "conversions": float(rng.binomial(n, 0.05))}
        for i, n in enumerate(rng.integers(10, 80, 200))
    ]
    assert (
        len(
            blocked(
                situation(searched=terms), most_per_day=200, platforms={"native": WordLimits(negatives=200)}
            )
        )
        <= 2
    )


def test_nothing_is_said_without_search_terms() -> None:
    made = situation()
    draft = NegativeWords().decide(made)
    assert draft.keywords is made.draft.keywords
    assert draft.notes == ()
    assert NegativeWords(most_per_day=0).decide(made).keywords is made.draft.keywords


@pytest.mark.parametrize(
    ("keyword", "match_type", "blocked_too"),
    [
        ("祛痘", "phrase", ["祛痘精油"]),
        ("精油祛痘", "exact", ["祛痘精油"]),
        ("精油", "exact", []),
        ("图片", "phrase", []),
    ],
)
def test_a_listed_word_that_blocks_a_keyword_in_play_is_told(
    keyword: str, match_type: str, blocked_too: list[str]
) -> None:
    made = with_list(situation(), keyword=keyword, match_type=match_type)
    assert blocked_keywords(made.evidence)["keyword"].tolist() == blocked_too
    notes = NegativeWords().decide(made).notes
    assert [note.split()[0] for note in notes] == ["negatives_block_keywords"] * len(blocked_too)


def test_a_listed_word_blocks_nothing_in_other_campaigns() -> None:
    made = with_list(situation(), keyword="祛痘", campaign_id="c2")
    assert blocked_keywords(made.evidence).empty


def test_a_word_listed_for_a_campaign_is_told_with_its_list_and_the_keywords_place() -> None:
    evidence = with_list(situation(), keyword="祛痘", ad_group_id="").evidence
    keywords = evidence.keywords.assign(ad_group_id="a1")
    blocked = blocked_keywords(replace(evidence, keywords=keywords)).iloc[0]
    assert (blocked["campaign_id"], blocked["ad_group_id"], blocked["reported_on"]) == ("c1", "", TOMORROW)
    assert blocked["keyword_ad_group_id"] == "a1"
