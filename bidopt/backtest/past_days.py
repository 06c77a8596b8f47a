"""The days a shop has logged, as controls and counts: what a market fitted to the shop is held against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.backtest.controls import Controls
from bidopt.domain.metrics import Array
from bidopt.evidence.budget_cuts import budgets_by_age
from bidopt.evidence.evidence import Evidence
from bidopt.evidence.keyword_index import Ints
from bidopt.facts.fact_tables import FactTables

_BESIDE = 0.1
"""A bid this much outside the logged ones, as a share, still counts as tried."""

MOST = 28
"""Newest days that count: four weeks, so that every weekday counts alike."""


@dataclass(frozen=True)
class TriedBids:
    """The lowest and highest bid that each keyword has had, shape (n,); NaN where none."""

    lowest: Array
    highest: Array

    def holds(self, bids: Array) -> npt.NDArray[np.bool_]:
        """Which bids lie among or hardly beside those tried, shape (n,)."""
        within: npt.NDArray[np.bool_] = (bids >= self.lowest * (1 - _BESIDE)) & (
            bids <= self.highest * (1 + _BESIDE)
        )
        return within


@dataclass(frozen=True)
class PastDays:
    """Logged days, the oldest first; tables of shape (days, n), with a column per keyword.

    Args:
        days: their dates.
        ages: days before the decision morning, shape (days,).
        offered: bid in force; 0 where the keyword was not in play.
        budgets: of the campaigns, shape (days, campaigns); infinite where unknown.
        impressions, clicks, cost, orders, revenue: as reported so far.
        matured: share of the orders that is known.
        told: whether the reports tell of sales.
    """

    days: tuple[date, ...]
    ages: Ints
    offered: Array
    budgets: Array
    impressions: Array
    clicks: Array
    cost: Array
    orders: Array
    revenue: Array
    matured: Array
    told: npt.NDArray[np.bool_]

    def tried(self) -> TriedBids:
        """The range of each keyword's bids."""
        bids = np.where(self.offered > 0, self.offered, np.nan)
        return TriedBids(np.fmin.reduce(bids, axis=0), np.fmax.reduce(bids, axis=0))

    def controls(self, row: int) -> Controls:
        """What was set on a day; words out of play count as paused."""
        offered = self.offered[row]
        return Controls(offered, offered <= 0, self.budgets[row])


def past_days(facts: FactTables, evidence: Evidence, usual_bid: Array, most: int = MOST) -> PastDays:
    """The newest days that the shop's platforms reported.

    Args:
        facts: known on the morning.
        evidence: gathered from them.
        usual_bid: of each keyword where no bid is known, shape (n,).
        most: days to go back.
    """
    keyword_days, n = evidence.days, len(evidence.keywords)
    reported = {age for ages in evidence.report_days.values() for age in ages}
    ages = np.array(sorted((a for a in reported if a <= most), reverse=True), dtype=np.int64)
    row_of = np.full(most + 1, -1, dtype=np.int64)
    row_of[ages] = np.arange(len(ages))
    known = keyword_days.age <= most
    row, keyword = row_of[keyword_days.age[known]], keyword_days.keyword[known]

    def table(values: Array, start: float = 0.0) -> Array:
        out: Array = np.full((len(ages), n), start)
        out[row, keyword] = values[known]
        return out

    bids = table(np.where(keyword_days.bid > 0, keyword_days.bid, np.nan), np.nan)
    bids = pd.DataFrame(bids).ffill().bfill().to_numpy()
    impressions = table(keyword_days.impressions)
    listed = table(np.ones(len(keyword_days.age))) > 0
    since = ages[:, None] <= evidence.keywords["first_age"].to_numpy()
    in_play = (listed | since) & evidence.running | (impressions > 0)
    morning = pd.Timestamp(evidence.as_of)
    budgets = budgets_by_age(facts, morning, most + 1)[:, ages].T
    return PastDays(
        days=tuple(evidence.as_of - timedelta(days=int(age)) for age in ages),
        ages=ages,
        offered=np.where(in_play, np.where(bids > 0, bids, usual_bid), 0.0),
        budgets=np.where(budgets > 0, budgets, np.inf),
        impressions=impressions,
        clicks=table(keyword_days.clicks),
        cost=table(keyword_days.cost),
        orders=table(keyword_days.conversions),
        revenue=table(keyword_days.revenue),
        matured=table(evidence.matured, 1.0),
        told=table(keyword_days.sales_known.astype(np.float64), 1.0) > 0,
    )
