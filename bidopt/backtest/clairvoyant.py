"""The clairvoyant: the best bids of a day, were every curve known, under the same goals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bidopt.backtest.market import TrueDay
from bidopt.domain.goals import Goals
from bidopt.domain.metrics import Array

_HALVINGS = 40


@dataclass(frozen=True)
class BestDay:
    """The clairvoyant's day.

    Args:
        bids: shape (n,), currency per click; 0 where nothing should be bought.
        cost, revenue: expected of the account, currency.
    """

    bids: Array
    cost: float
    revenue: float


def best_day(truth: TrueDay, goals: Goals) -> BestDay:
    """The bids of largest revenue within budget and target ROAS.

    Both limits come down to one least marginal revenue / cost for all keywords (a Lagrange multiplier); the
    lowest that keeps them is found by halving. The grid of bids is fine, so that no keyword needs to be split.
    """
    revenue = np.pad(truth.clicks * truth.value_per_click[:, None], ((0, 0), (1, 0)))
    cost = np.pad(truth.cost, ((0, 0), (1, 0)))
    bids = np.pad(truth.bids, ((0, 0), (1, 0)))
    rows = np.arange(len(bids))
    budget = goals.daily_budget if goals.daily_budget is not None else np.inf

    def at(least: float) -> npt.NDArray[np.intp]:
        level: npt.NDArray[np.intp] = np.argmax(revenue - least * cost, axis=1)
        return level

    low, high = 0.0, 1e4
    for _ in range(_HALVINGS):
        least = (low + high) / 2 if low == 0 else float(np.sqrt(low * high))
        level = at(least)
        spent, earned = cost[rows, level].sum(), revenue[rows, level].sum()
        keeps = spent <= budget and earned >= goals.target_roas * spent
        low, high = (low, least) if keeps else (least, high)
    level = at(high)
    return BestDay(bids[rows, level], float(cost[rows, level].sum()), float(revenue[rows, level].sum()))
