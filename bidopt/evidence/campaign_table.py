"""The campaigns: budgets, whether they run, and what they cost and earned."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bidopt.domain.changes import CAMPAIGN_KEY
from bidopt.domain.metrics import Array
from bidopt.evidence.conversion_delay import ConversionDelays
from bidopt.evidence.keyword_index import Ints, KeywordDays, days_between, rows_of, sums

_COUNTS = ("impressions", "clicks", "cost", "conversions", "revenue")


def campaign_sums(
    campaign_days: pd.DataFrame,
    campaigns: pd.DataFrame,
    campaign_of: Ints,
    days: KeywordDays,
    matured: Array,
    delays: ConversionDelays,
) -> dict[str, Array]:
    """What the campaigns cost and earned, each of shape (campaigns,).

    A campaign without keyword rows takes its sums from the campaign report.

    Args:
        campaign_days: schema CAMPAIGN_DAYS.
        campaigns: schema CURRENT_BUDGETS.
        campaign_of: campaign of each keyword, shape (keywords,).
        days: keyword-days.
        matured: share of each keyword-day's orders that is known, shape (rows,).
        delays: conversion delay, for campaign reports.
    """
    n, of_day = len(campaigns), campaign_of[days.keyword]
    from_words = {name: sums(of_day, getattr(days, name), n) for name in _COUNTS}
    from_words["mature_revenue"] = sums(of_day, days.revenue / matured, n)
    from_reports = _reported(campaign_days, campaigns, delays)
    wordless = np.bincount(of_day, minlength=n) == 0
    return {name: np.where(wordless, from_reports[name], values) for name, values in from_words.items()}


def campaign_table(
    campaigns: pd.DataFrame,
    told: Mapping[str, Array],
    campaign_of: Ints,
    daily_cost: Array,
    *,
    idle_days: int,
) -> pd.DataFrame:
    """The campaigns, in their order.

    Args:
        campaigns: schema CURRENT_BUDGETS.
        told: their `campaign_sums`.
        campaign_of: campaign of each keyword, shape (keywords,).
        daily_cost: cost per day of each keyword now, shape (keywords,).
        idle_days: days without a sign after which a campaign counts as not running.

    Returns:
        The columns that `Evidence.campaigns` promises.
    """
    newest = campaigns.groupby("platform")["seen_on"].transform("max")
    lately = newest - campaigns["seen_on"] <= pd.Timedelta(days=idle_days)
    name = campaigns["name"].where(campaigns["name"] != "", campaigns["campaign_id"])
    return campaigns.assign(
        name=name.astype("str"),
        running=(campaigns["status"] != "paused") & lately,
        daily_cost=sums(campaign_of, np.nan_to_num(daily_cost), len(campaigns)),
        **told,
    )


def _reported(campaign_days: pd.DataFrame, table: pd.DataFrame, delays: ConversionDelays) -> dict[str, Array]:
    rows, known = rows_of(campaign_days, table, CAMPAIGN_KEY)
    told = campaign_days if known.all() else campaign_days[known]
    counts: dict[str, Array] = {name: np.nan_to_num(told[name].to_numpy()) for name in _COUNTS}
    age = np.maximum(days_between(told["date"], told["reported_on"]), 1)
    counts["mature_revenue"] = counts["revenue"] / delays.at(told["platform"].to_numpy(), age)
    return {name: sums(rows, values, len(table)) for name, values in counts.items()}
