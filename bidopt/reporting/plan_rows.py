"""Bids and budgets beside what is known of them, with the money each change moves, in reading order."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.domain.changes import CAMPAIGN_KEY, KEYWORD_KEY, budgets_to_set
from bidopt.domain.metrics import ratio
from bidopt.domain.plan import Plan

Array = npt.NDArray[np.float64]


def keyword_rows(plan: Plan) -> pd.DataFrame:
    """All rows of bids.csv beside the keyword summary: changed rows first, most money moved first.

    Returns:
        Columns of BIDS and KEYWORD_SUMMARY, and: campaign (name, else id), change (bid / base bid - 1),
        roas (as reported), spend and earned (currency/day now), delta (currency/day more or less spent after the change),
        planned_cost and planned_revenue (currency/day; what is known now where nothing is forecast).
    """
    bids = plan.changes.bids.reset_index(drop=True)
    seen = plan.keywords.drop(columns=list(KEYWORD_KEY)).reset_index(drop=True)
    spend, earned = _column(seen, "daily_cost"), _column(seen, "daily_revenue")
    change = ratio(bids["bid"], seen["base_bid"]) - 1
    kept = (bids["action"] == "keep").to_numpy()
    paused = (bids["action"] == "pause").to_numpy()
    cost = np.where(
        paused, 0.0, _first_known(_column(bids, "expected_cost"), spend * (1 + np.nan_to_num(change)))
    )
    revenue = np.where(paused, 0.0, _first_known(_column(bids, "expected_revenue"), earned))
    delta = np.where(kept, 0.0, np.nan_to_num(cost) - np.nan_to_num(spend))
    rows = pd.concat([bids, seen], axis=1).assign(
        campaign=_campaign_names(plan, bids),
        change=change,
        roas=ratio(seen["revenue"], seen["cost"]),
        spend=spend,
        earned=earned,
        delta=delta,
        planned_cost=cost,
        planned_revenue=revenue,
    )
    order = np.lexsort((-np.nan_to_num(spend), -np.abs(delta), kept))
    return rows.iloc[order].reset_index(drop=True)


def budget_rows(plan: Plan) -> pd.DataFrame:
    """Budgets beside the campaign summary: changed rows first, largest change first.

    Returns:
        Columns of BUDGETS and CAMPAIGN_SUMMARY, and: campaign (name, else id), change (fraction),
        delta (currency/day by which the limit moves today's spend), changed (whether the budget is to be set).
    """
    budgets = plan.changes.budgets.reset_index(drop=True)
    seen = plan.campaigns.drop(columns=list(CAMPAIGN_KEY)).reset_index(drop=True)
    changed = budgets.index.isin(budgets_to_set(budgets).index)
    spend, limit = _column(seen, "daily_cost"), _column(budgets, "budget")
    delta = np.where(changed, np.fmin(spend, limit) - np.fmin(spend, _column(budgets, "current_budget")), 0.0)
    rows = pd.concat([budgets, seen], axis=1).assign(
        campaign=_campaign_names(plan, budgets),
        change=ratio(budgets["budget"], budgets["current_budget"]) - 1,
        delta=delta,
        changed=changed,
    )
    order = np.lexsort((-np.nan_to_num(_column(budgets, "budget")), -np.nan_to_num(np.abs(delta)), ~changed))
    return rows.iloc[order].reset_index(drop=True)


def word_rows(plan: Plan, kind: str) -> pd.DataFrame:
    """Words to add or to block, those worth most first.

    Args:
        plan: with the words.
        kind: add or negative.

    Returns:
        Columns of KEYWORDS, and: campaign (name, else id), delta (currency/day more or less spent afterwards).
    """
    words = plan.changes.keywords
    words = words[words["kind"] == kind].reset_index(drop=True)
    sign = 1.0 if kind == "add" else -1.0
    rows = words.assign(campaign=_campaign_names(plan, words), delta=sign * words["expected_cost"])
    order = np.argsort(-np.nan_to_num(_column(rows, "expected_gain")), kind="stable")
    return rows.iloc[order].reset_index(drop=True)


def _campaign_names(plan: Plan, table: pd.DataFrame) -> pd.Series[Any]:
    campaigns = plan.campaigns
    names = pd.Series(
        campaigns["name"].where(campaigns["name"] != "", campaigns["campaign_id"]).to_numpy(),
        index=pd.MultiIndex.from_frame(campaigns[list(CAMPAIGN_KEY)]),
        dtype="str",
    )
    found = names.reindex(pd.MultiIndex.from_frame(table[list(CAMPAIGN_KEY)])).set_axis(table.index)
    return found.where(found.notna(), table["campaign_id"])


def _column(table: pd.DataFrame, name: str) -> Array:
    return table[name].to_numpy(dtype=np.float64)


def _first_known(first: Array, otherwise: Array) -> Array:
    return np.where(np.isnan(first), otherwise, first)
