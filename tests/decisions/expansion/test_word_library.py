"""The keyword library: states, marks and what a word is for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from bidopt.decisions.expansion.mine import mine_of
from bidopt.decisions.expansion.negative_words import NegativeWords
from bidopt.decisions.expansion.word_library import LIBRARY, word_library
from bidopt.decisions.policy import Situation
from bidopt.facts.schemas import KEYWORD_DAYS, SEARCH_TERM_DAYS
from tests.conftest import AS_OF
from tests.decisions.expansion.shops import PLACE, situation

MARKET = [{"term": term, "low": 100.0, "high": 200.0} for term in ("茶树精油", "控油茶树精油", "玫瑰面霜")]
BOUGHT = ("茶树精油", "祛痘精油", "控油精油")
DAYS = {
    "茶树精油": [10.0] * 40,
    "茶树精油祛痘": [2.0] * 26 + [12.0] * 14,
    "单方茶树精油": [12.0] * 26 + [2.0] * 14,
    "澳洲茶树精油": [0.0] * 36 + [3.0] * 4,
    "茶树精油香薰": [5.0] * 10 + [0.0] * 30,
    "精油图片": [20.0] * 40,
}
"""Clicks of each search term on 40 days, oldest first."""


def days_of(clicks_of: dict[str, list[float]], **place: str) -> list[dict[str, Any]]:
    morning = pd.Timestamp(AS_OF)
    return [
        {
            **PLACE,
            **place,
            "date": morning - pd.Timedelta(days=len(clicks) - i),
            "reported_on": morning,
            "keyword": "茶树精油",
            "match_type": "broad",
            "search_term": term,
            "impressions": 10 * n,
            "clicks": n,
            "cost": 0.8 * n,
            "conversions": 0.0 if term == "精油图片" else n / 10,
            "revenue": 0.0 if term == "精油图片" else 6 * n,
        }
        for term, clicks in clicks_of.items()
        for i, n in enumerate(clicks)
    ]


@pytest.fixture(scope="module")
def made() -> Situation:
    return situation(market=MARKET, searched=days_of(DAYS), keywords=BOUGHT)


def library_of(made: Situation, rows: list[dict[str, Any]], negatives: pd.DataFrame) -> pd.DataFrame:
    typed = SEARCH_TERM_DAYS.conform(pd.DataFrame(rows))
    table = word_library(mine_of(made.evidence), KEYWORD_DAYS.empty(), typed, negatives)
    return LIBRARY.check(table)


@pytest.fixture(scope="module")
def library(made: Situation) -> pd.DataFrame:
    plan = NegativeWords().decide(made).keywords
    assert "精油图片" in plan["keyword"].tolist()
    return library_of(made, days_of(DAYS), plan).set_index("keyword")


def test_words_are_new_rise_fall_stay_or_are_retired(library: pd.DataFrame) -> None:
    states = library["state"]
    assert states[list(DAYS)[:5]].tolist() == ["steady", "rising", "falling", "new", "retired"]
    assert states["玫瑰面霜"] == "listed"
    assert states["祛痘精油"] == "silent"


def test_what_is_bought_blocked_or_not_for_the_product_is_marked(library: pd.DataFrame) -> None:
    assert library["bought"]["茶树精油"] == "yes"
    assert library["bought"]["茶树精油祛痘"] == ""
    assert library.index[library["negative"] == "yes"].tolist() == ["精油图片"]
    assert library["objection"]["玫瑰面霜"] == "no_category"
    assert library["product_id"]["玫瑰面霜"] == ""


def test_a_word_has_its_counts_its_roles_and_its_category(library: pd.DataFrame) -> None:
    row = library.loc["澳洲茶树精油"]
    assert (row["clicks"], row["category"], row["origin"]) == (12.0, "精油", "澳洲")
    assert row["pattern"].startswith("origin+")


def test_a_word_has_the_month_of_most_clicks(library: pd.DataFrame) -> None:
    first = pd.Timestamp(AS_OF) - pd.Timedelta(days=40)
    assert library["peak_month"]["茶树精油香薰"] == f"{first + pd.Timedelta(days=5):%Y-%m}"
    assert library["peak_month"]["玫瑰面霜"] == ""


def test_what_a_product_got_clicks_for_stands_with_the_product_and_what_speaks_against_it(
    made: Situation,
) -> None:
    rows = days_of({"茶树精油": [1.0] * 40, "玫瑰面霜": [9.0] * 40})
    library = library_of(made, rows, NegativeWords().decide(made).keywords.head(0))
    row = library[library["keyword"] == "玫瑰面霜"]
    assert row[["product_id", "state", "objection", "clicks"]].to_numpy().tolist() == [
        ["p1", "steady", "no_category", 360.0]
    ]


def test_a_platform_whose_report_is_late_has_no_falling_words(made: Situation) -> None:
    late = days_of({"茶树精油祛痘": [6.0] * 26}, platform="amazon_sponsored")
    rows = [
        *days_of({"茶树精油": [10.0] * 40}),
        *({**row, "date": row["date"] - pd.Timedelta(days=14)} for row in late),
    ]
    library = library_of(made, rows, NegativeWords().decide(made).keywords.head(0))
    assert library.set_index("keyword")["state"]["茶树精油祛痘"] == "steady"


def test_days_without_a_report_are_no_fall(made: Situation) -> None:
    rows = days_of({"茶树精油": [10.0] * 40, "控油茶树精油": [8.0] * 40})
    gone = pd.Timestamp(AS_OF) - pd.Timedelta(days=9)
    rows = [row for row in rows if row["date"] < gone or row["date"] == max(r["date"] for r in rows)]
    library = library_of(made, rows, NegativeWords().decide(made).keywords.head(0))
    assert library.set_index("keyword")["state"]["控油茶树精油"] == "steady"


def test_a_word_that_only_some_ad_groups_of_its_product_block_is_marked_so(made: Situation) -> None:
    keywords = made.evidence.keywords
    other = keywords.head(1).assign(campaign_id="c2", ad_group_id="g2")
    mine = replace(mine_of(made.evidence), keywords=pd.concat([keywords, other], ignore_index=True))
    places = pd.DataFrame(
        {"platform": "native", "campaign_id": ["c2", "c1", "c2"], "ad_group_id": ["g2", "", ""]}
    )
    words = places.assign(keyword=["祛痘", "控油", "控油"], match_type="phrase")
    library = word_library(mine, KEYWORD_DAYS.empty(), SEARCH_TERM_DAYS.empty(), words).set_index("keyword")
    assert library["negative"][["祛痘精油", "控油精油", "茶树精油"]].tolist() == ["partly", "yes", ""]
    assert library["negative_in"]["祛痘精油"] == "native / c2 / g2"
    assert library["negative_in"]["控油精油"] == "native / c1 | native / c2 / g2"
