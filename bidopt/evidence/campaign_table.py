"""The campaigns: budgets, whether they run, and what they cost and earned."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bidopt.domain.changes import CAMPAIGN_KEY
from bidopt.domain.metrics import Array
from bidopt.evidence.conversion_delay import ConversionDelays
from bidopt.evidence.keyword_index import Ints, KeywordDays, days_between, rows_of, sums
from bidopt.facts.fact_tables import FactTables

_COUNTS = ("impressions", "clicks", "cost", "conversions", "revenue")


def campaign_table(
    facts: FactTables,
    campaign_of: Ints,
    days: KeywordDays,
    matured: Array,
    daily_cost: Array,
    delays: ConversionDelays,
    *,
    idle_days: int,
) -> pd.DataFrame:
    """The campaigns of `facts.current_budgets`, in its order.

    A campaign without keyword rows takes its sums from the campaign report.

    Args:
        facts: known on the morning.
        campaign_of: campaign of each keyword, shape (keywords,).
        days: keyword-days.
        matured: share of each keyword-day's orders that is known, shape (rows,).
        daily_cost: cost per day of each keyword now, shape (keywords,).
        delays: conversion delay, for campaign reports.
        idle_days: days without a sign after which a campaign counts as not running.

    Returns:
        The columns that `Evidence.campaigns` promises.
    """
    table = facts.current_budgets
    n, of_day = len(table), campaign_of[days.keyword]
    from_words = {name: sums(of_day, getattr(days, name), n) for name in _COUNTS}
    from_words["mature_revenue"] = sums(of_day, days.revenue / matured, n)
    from_reports = _reported(facts.campaign_days, table, delays)
    wordless = np.bincount(of_day, minlength=n) == 0
    newest = table.groupby("platform")["seen_on"].transform("max")
    lately = newest - table["seen_on"] <= pd.Timedelta(days=idle_days)
    name = table["name"].where(table["name"] != "", table["campaign_id"])
    return table.assign(
        name=name.astype("str"),
        running=(table["status"] != "paused") & lately,
        daily_cost=sums(campaign_of, np.nan_to_num(daily_cost), n),
        **{column: np.where(wordless, from_reports[column], values) for column, values in from_words.items()},
    )


def _reported(campaign_days: pd.DataFrame, table: pd.DataFrame, delays: ConversionDelays) -> dict[str, Array]:
    rows, known = rows_of(campaign_days, table, CAMPAIGN_KEY)
    told = campaign_days if known.all() else campaign_days[known]
    counts: dict[str, Array] = {name: np.nan_to_num(told[name].to_numpy()) for name in _COUNTS}
    age = np.maximum(days_between(told["date"], told["reported_on"]), 1)
    counts["mature_revenue"] = counts["revenue"] / delays.at(told["platform"].to_numpy(), age)
    return {name: sums(rows, values, len(table)) for name, values in counts.items()}
