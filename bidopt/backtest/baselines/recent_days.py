"""What each keyword did lately: sums over days, sales set against the clicks and the cost they can be known of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bidopt.decisions.policy import Situation
from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.evidence import Evidence
from bidopt.evidence.keyword_index import sums

SPENT = 0.93
"""Share of a budget spent from which a day counts as cut off by it."""

DAYS = 7
"""Days over which most baselines measure cost: one week, so that weekdays even out."""


@dataclass(frozen=True)
class RecentDays:
    """Weighted sums per keyword, each of shape (n,).

    Args:
        days: reported days the sums stand for; divide by it for figures per day.
        clicks, cost, orders, revenue: as reported so far.
        known_clicks, known_cost: times the share of their orders that has arrived: what `revenue` came from.
    """

    days: float
    clicks: Array
    cost: Array
    orders: Array
    revenue: Array
    known_clicks: Array
    known_cost: Array

    @property
    def roas(self) -> Array:
        """Mature revenue / cost of each keyword; NaN where nothing was spent."""
        return ratio(self.revenue, self.known_cost)

    @property
    def daily_cost(self) -> Array:
        """Cost per day of each keyword."""
        return self.cost / self.days


def recent_days(evidence: Evidence, newest: int, oldest: int, weight: Array | None = None) -> RecentDays:
    """Sum up the days of age `newest` to `oldest`.

    Args:
        evidence: the beliefs.
        newest: age in days of the first day summed, yesterday is 1.
        oldest: age of the last.
        weight: of each keyword-day, aligned with `evidence.days`; plain sums where left out.
    """
    days, n = evidence.days, len(evidence.keywords)
    rows = (days.age >= newest) & (days.age <= oldest)
    by = rows * (np.ones(len(days.age)) if weight is None else weight)
    known = by * evidence.matured * days.sales_known
    reported = {age for ages in evidence.report_days.values() for age in ages if newest <= age <= oldest}
    return RecentDays(
        days=float(max(len(reported), 1)),
        clicks=days.total(by * days.clicks, n),
        cost=days.total(by * days.cost, n),
        orders=days.total(by * days.conversions, n),
        revenue=np.maximum(days.total(by * days.revenue, n), 0.0),
        known_clicks=days.total(known * days.clicks, n),
        known_cost=days.total(known * days.cost, n),
    )


def bid_of_days(evidence: Evidence) -> Array:
    """Bid in force on each keyword-day, aligned with `evidence.days`; today's base bid where no report says."""
    base = evidence.keywords["base_bid"].to_numpy()[evidence.days.keyword]
    told: Array = np.where(evidence.days.bid > 0, evidence.days.bid, base)
    return told


def cut_runs(situation: Situation) -> Array:
    """Days in a row, up to each keyword-day, on which the money ran out; 0 where it did not; aligned with days.

    Budgets of the past are taken to be today's, which is near enough for the last days, the only ones that matter.
    """
    evidence, days = situation.evidence, situation.evidence.days
    ages = int(days.age.max(initial=0)) + 1
    campaigns = len(evidence.campaigns)
    cell = evidence.campaign_of[days.keyword] * ages + days.age
    spent = sums(cell, days.cost, campaigns * ages).reshape(campaigns, ages)
    budget = evidence.campaigns["current_budget"].fillna(np.inf).to_numpy()
    account = situation.account_budget or np.inf
    gone = ((spent >= SPENT * budget[:, None]) | (spent.sum(axis=0) >= SPENT * account)) & (spent > 0)
    runs = gone.astype(np.float64)
    for age in range(ages - 2, -1, -1):  # oldest first
        runs[:, age] *= runs[:, age + 1] + 1
    in_a_row: Array = runs.ravel()[cell]
    return in_a_row
