"""Bid levels around the bid in force, and what each keyword did on the days it played them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bidopt.backtest.baselines.bids_in_force import biddable
from bidopt.backtest.baselines.recent_days import bid_of_days, cut_runs
from bidopt.decisions.policy import Situation
from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.evidence import Evidence
from bidopt.evidence.keyword_index import sums

STEP = 0.12
"""Distance of two levels in log bid: about 13 %."""

HALF_LIFE = 21.0
"""Age in days at which a day counts half."""

CUT_OFF_WEIGHT = 0.1
"""Days on which the budget ran out show less traffic than the bid would bring; they hardly count."""


@dataclass(frozen=True)
class BidLevels:
    """Levels of n keywords; level `steps == 0` is the bid in force.

    Args:
        steps: log distance of each level from the bid in force, shape (levels,).
        bid: bid of each level, shape (n, levels); the bid in force at every level of a keyword that cannot be bid on.
        days, clicks, cost: weighted sums over the days played at each level, shape (n, levels).
        base_clicks, base_cost: per day at the bid in force, from all days, carried over with an assumed
            elasticity, shape (n,).
        elasticity: that assumption, d log(clicks) / d log(bid); cost per click moves with the bid.
    """

    steps: Array
    bid: Array
    days: Array
    clicks: Array
    cost: Array
    base_clicks: Array
    base_cost: Array
    elasticity: float

    @property
    def assumed_clicks(self) -> Array:
        """Clicks per day at each level by the assumed elasticity, shape (n, levels)."""
        return self.base_clicks[:, None] * self.moved**self.elasticity

    @property
    def assumed_cost(self) -> Array:
        """Cost per day at each level by the assumed elasticity, shape (n, levels)."""
        return self.base_cost[:, None] * self.moved ** (1 + self.elasticity)

    @property
    def moved(self) -> Array:
        """Bid of each level / bid in force, shape (n, levels)."""
        in_force = self.bid[:, [int(np.argmin(np.abs(self.steps)))]]
        return np.where(in_force > 0, ratio(self.bid, in_force), 1.0)


def played_levels(situation: Situation, down: int, up: int, elasticity: float) -> BidLevels:
    """Sort the keyword-days into levels around the bid in force.

    Args:
        situation: the morning.
        down: levels below the bid in force.
        up: levels above it.
        elasticity: of clicks, for carrying days over to the bid in force.
    """
    evidence, days = situation.evidence, situation.evidence.days
    n, width = len(evidence.keywords), down + up + 1
    base = evidence.keywords["base_bid"].to_numpy()
    steps = STEP * np.arange(-down, up + 1, dtype=np.float64)
    bid = base[:, None] * np.exp(np.where(biddable(evidence)[:, None], steps, 0.0))

    weight = 0.5 ** (days.age / HALF_LIFE) * np.where(cut_runs(situation) > 0, CUT_OFF_WEIGHT, 1.0)
    away = np.nan_to_num(np.log(ratio(bid_of_days(evidence), base[days.keyword])))
    level = np.rint(away / STEP).astype(np.int64) + down
    near = (level >= 0) & (level < width)
    cell = (days.keyword * width + level)[near]

    def at_levels(values: Array) -> Array:
        return sums(cell, (weight * values)[near], n * width).reshape(n, width)

    absent = _absence(evidence)
    moved = np.exp(away)
    return BidLevels(
        steps=steps,
        bid=bid,
        days=at_levels(np.ones(len(days.age))) * absent[:, None],
        clicks=at_levels(days.clicks),
        cost=at_levels(days.cost),
        base_clicks=np.nan_to_num(
            ratio(days.total(weight * days.clicks, n), absent * days.total(weight * moved**elasticity, n))
        ),
        base_cost=np.nan_to_num(
            ratio(
                days.total(weight * days.cost, n), absent * days.total(weight * moved ** (1 + elasticity), n)
            )
        ),
        elasticity=elasticity,
    )


def _absence(evidence: Evidence) -> Array:
    """Days reported per row of each keyword, at least 1, shape (n,): a day without impressions may have no row."""
    rows = np.bincount(evidence.days.keyword, minlength=len(evidence.keywords))
    reported = sorted({float(age) for ages in evidence.report_days.values() for age in ages})
    first = np.nan_to_num(evidence.keywords["first_age"].to_numpy())
    absence: Array = np.maximum(np.searchsorted(reported, first, side="right") / np.maximum(rows, 1), 1.0)
    return absence
