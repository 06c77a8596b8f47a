"""Every campaign that anything names has one row with the newest budget, status and limits."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bidopt.facts.current_budgets import current_budgets
from bidopt.facts.schemas import CAMPAIGN_DAYS, CAMPAIGNS, CURRENT_BUDGETS, KEYWORD_DAYS
from tests.facts.fact_rows import DAY, ago, table

NO_DAYS, NO_LIST, NO_WORDS = CAMPAIGN_DAYS.empty(), CAMPAIGNS.empty(), KEYWORD_DAYS.empty()


def _budgets(days: pd.DataFrame, campaigns: pd.DataFrame, words: pd.DataFrame) -> pd.DataFrame:
    return CURRENT_BUDGETS.check(current_budgets(days, campaigns, words, DAY))


def test_without_facts_there_are_no_campaigns() -> None:
    assert _budgets(NO_DAYS, NO_LIST, NO_WORDS).equals(CURRENT_BUDGETS.empty())


def test_an_old_report_does_not_beat_the_list_of_today() -> None:
    listed = table(CAMPAIGNS, {"daily_budget": 50.0, "max_budget": 80.0, "reported_on": ago(0)})
    for age, budget in ((60, 50.0), (1, 50.0)):
        days = table(CAMPAIGN_DAYS, {"date": ago(age), "daily_budget": 10.0, "status": "paused"})
        (row,) = _budgets(days, listed, NO_WORDS).to_dict("records")
        assert (row["current_budget"], row["max_budget"], row["status"]) == (budget, 80.0, "paused")
        assert row["seen_on"] == ago(0)
    older = listed.assign(reported_on=ago(1).as_unit("s"))
    assert _budgets(days, older, NO_WORDS)["current_budget"].tolist() == [10.0]


def test_each_column_is_the_newest_that_was_given() -> None:
    days = table(
        CAMPAIGN_DAYS,
        {"date": ago(5), "daily_budget": 30.0, "status": "enabled", "name": "旧名"},
        {"date": ago(4), "name": "新名"},
        {"date": ago(2)},
    )
    (row,) = _budgets(days, NO_LIST, NO_WORDS).to_dict("records")
    assert (row["current_budget"], row["status"], row["name"], row["seen_on"]) == (
        30.0,
        "enabled",
        "新名",
        ago(2),
    )


def test_a_campaign_that_only_keywords_name_has_no_known_budget() -> None:
    words = table(KEYWORD_DAYS, {"date": ago(3)}, {"date": ago(2)}, {"date": ago(2), "campaign_id": "c0"})
    found = _budgets(NO_DAYS, NO_LIST, words)
    assert found["campaign_id"].tolist() == ["c0", "c1"]
    assert found["seen_on"].tolist() == [ago(2)] * 2
    assert np.isnan(found["current_budget"]).all()
    assert found["name"].tolist() == ["", ""]


def test_the_future_is_not_seen() -> None:
    days = table(CAMPAIGN_DAYS, {"date": ago(0), "daily_budget": 9.0})
    listed = table(CAMPAIGNS, {"campaign_id": "c2", "reported_on": ago(-1)})
    assert _budgets(days, listed, table(KEYWORD_DAYS, {"date": ago(0)})).empty
