"""The state of every campaign on a morning: its daily budget, status and limits."""

from __future__ import annotations

from datetime import date

import pandas as pd

from bidopt.domain.changes import CAMPAIGN_KEY
from bidopt.domain.key_numbers import first_rows, key_numbers_by_day
from bidopt.facts.schemas import CURRENT_BUDGETS

_KEY = list(CAMPAIGN_KEY)
_STATE = ["name", "status", "current_budget", "min_budget", "max_budget"]


def current_budgets(
    campaign_days: pd.DataFrame, campaigns: pd.DataFrame, keyword_days: pd.DataFrame, as_of: date
) -> pd.DataFrame:
    """One row per campaign that a report or a list names.

    Each column is the newest that was given, by itself: a report without a budget hides no older budget.

    Args:
        campaign_days: schema CAMPAIGN_DAYS; a row of day d is seen on the morning of d + 1.
        campaigns: schema CAMPAIGNS; seen on the morning of `reported_on`, and on equal mornings the more exact.
        keyword_days: schema KEYWORD_DAYS; names campaigns.
        as_of: decision morning; what is seen later is left out.

    Returns:
        Schema CURRENT_BUDGETS, sorted by key.
    """
    morning = pd.Timestamp(as_of)
    days = campaign_days.loc[
        campaign_days["date"] < morning, [*_KEY, "date", "name", "status", "daily_budget"]
    ]
    days = days.assign(seen=days["date"] + pd.Timedelta(days=1)).rename(columns={"date": "seen_on"})
    listed = campaigns[campaigns["reported_on"] <= morning].drop(columns="product_id")
    listed = listed.assign(seen=listed["reported_on"]).rename(columns={"reported_on": "seen_on"})
    words = _newest_days(keyword_days[keyword_days["date"] < morning])

    told = pd.concat([days, listed], ignore_index=True).rename(columns={"daily_budget": "current_budget"})
    told = told.sort_values("seen", kind="stable").replace({"name": "", "status": ""}, None)
    state = told.groupby(_KEY)[_STATE].last()  # the newest that is given, column by column
    seen_on = pd.concat([told[[*_KEY, "seen_on"]], words]).groupby(_KEY)["seen_on"].max()
    return CURRENT_BUDGETS.conform(seen_on.to_frame().join(state).reset_index())


def _newest_days(keyword_days: pd.DataFrame) -> pd.DataFrame:
    """Campaigns with the newest day of each; there are millions of rows, so they are numbered before they are grouped."""
    numbers = key_numbers_by_day(keyword_days, _KEY)
    newest = keyword_days["date"].groupby(numbers).max().to_numpy()
    return keyword_days[_KEY].take(first_rows(numbers)).assign(seen_on=newest)
