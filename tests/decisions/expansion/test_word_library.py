"""The keyword library: states, marks and what a word is for."""

from __future__ import annotations

import pandas as pd
import pytest

from bidopt.decisions.expansion.mine import mine_of
from bidopt.decisions.expansion.negative_words import NegativeWords
from bidopt.decisions.expansion.word_library import LIBRARY, word_library
from bidopt.facts.schemas import KEYWORD_DAYS, SEARCH_TERM_DAYS
from tests.conftest import AS_OF
from tests.decisions.expansion.shops import PLACE, situation

MARKET = [{"term": term, "low": 100.0, "high": 200.0} for term in ("茶树精油", "控油茶树精油", "玫瑰面霜")]
DAYS = {
    "茶树精油": [10.0] * 40,
    "茶树精油祛痘": [2.0] * 26 + [12.0] * 14,
    "单方茶树精油": [12.0] * 26 + [2.0] * 14,
    "澳洲茶树精油": [0.0] * 36 + [3.0] * 4,
    "茶树精油香薰": [5.0] * 10 + [0.0] * 30,
    "精油图片": [20.0] * 40,
}
"""Clicks of each search term on 40 days, oldest first."""


@pytest.fixture(scope="module")
def library() -> pd.DataFrame:
    morning = pd.Timestamp(AS_OF)
    rows = [
        {
            **PLACE,
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
        for term, clicks in DAYS.items()
        for i, n in enumerate(clicks)
    ]
    typed = SEARCH_TERM_DAYS.conform(pd.DataFrame(rows))
    made = situation(market=MARKET, searched=rows)
    plan = NegativeWords().decide(made).keywords
    assert "精油图片" in plan["keyword"].tolist()
    table = word_library(mine_of(made.evidence), KEYWORD_DAYS.empty(), typed, plan)
    return LIBRARY.check(table).set_index("keyword")


def test_words_are_new_rise_fall_stay_or_are_retired(library: pd.DataFrame) -> None:
    states = library["state"]
    assert states[list(DAYS)[:5]].tolist() == ["steady", "rising", "falling", "new", "retired"]
    assert states["玫瑰面霜"] == "listed"


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
