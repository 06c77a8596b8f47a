"""What tuning asks of a market: folds in time on which any recommender can be played, and what it brought."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from bidopt.domain.goals import Goals
from bidopt.domain.metrics import Array
from bidopt.recommender import Recommender

_SHORTFALL = 4.0
"""Worth of a unit of revenue missing from the target, in units of revenue. Breaking the target never pays where the last
unit of cost earns less than 4/5 of it, which is so wherever returns diminish (an exact penalty)."""

_COVERAGE = 0.9


@dataclass(frozen=True)
class Takings:
    """What a recommender brought on a fold, unit by unit; arrays of shape (units,), currency.

    A unit is what chance deals anew: a drawn market, or a block of days of a log. The same number is the same unit for
    every recommender, so that differences are paired.

    Args:
        cost, revenue: of the whole unit.
        worth: what the objective counts: the revenue, or the profit.
        days: that a unit holds, shape (units,).
        whole: whether each unit is a draw of what the whole fold may have brought, not a part of it: the spread of the
            draws is then the doubt itself and does not shrink with their number.
    """

    cost: Array
    revenue: Array
    worth: Array
    days: Array
    whole: bool = False

    def only(self, units: npt.NDArray[np.bool_]) -> Takings:
        """Some of the units."""
        return Takings(self.cost[units], self.revenue[units], self.worth[units], self.days[units], self.whole)


class Folds(ABC):
    """Stretches of time in their order; the last is held out."""

    @property
    @abstractmethod
    def count(self) -> int:
        """How many, at least 2."""

    @abstractmethod
    def play(self, recommender: Recommender, fold: int) -> Takings:
        """What the recommender brings on a fold, deciding from nothing later than each of its mornings."""


@dataclass(frozen=True)
class Gain:
    """Difference of two scores, currency per day, with a 90 % interval; NaN where units are too few to tell."""

    mean: float
    low: float
    high: float


def score(takings: Takings, goals: Goals) -> float:
    """Worth per day, less what is missing from the target; currency per day."""
    missing = max(goals.target_roas * takings.cost.sum() - takings.revenue.sum(), 0.0)
    return float((takings.worth.sum() - _SHORTFALL * missing) / takings.days.sum())


def gain(new: Sequence[Takings], old: Sequence[Takings], goals: Goals) -> Gain:
    """How much better the new takings are, fold by fold in pairs.

    The interval is Student's on the jackknife's pseudo-values of the folds' units (Tukey 1958), which carry the
    target's bend, or on the draws where units are draws of the whole; folds count alike.
    """
    differences = [score(n, goals) - score(o, goals) for n, o in zip(new, old, strict=True)]
    mean = float(np.mean(differences))
    doubts = [_doubt(n, o, goals) for n, o in zip(new, old, strict=True)]
    freedom = sum(len(n.cost) - 1 for n in new)
    if freedom < len(new):
        return Gain(mean, np.nan, np.nan)
    reach = float(stats.t.ppf((1 + _COVERAGE) / 2, freedom) * np.sqrt(sum(doubts)) / len(differences))
    return Gain(mean, mean - reach, mean + reach)


def _doubt(new: Takings, old: Takings, goals: Goals) -> float:
    """Variance of the difference of two scores on one fold."""
    units = len(new.cost)
    if units < 2:
        return np.nan
    each = np.eye(units, dtype=bool)
    if new.whole:
        drawn = [score(new.only(one), goals) - score(old.only(one), goals) for one in each]
        return float(np.var(drawn, ddof=1))
    difference = score(new, goals) - score(old, goals)
    left = [score(new.only(~one), goals) - score(old.only(~one), goals) for one in each]
    return float(np.var(units * difference - (units - 1) * np.array(left), ddof=1) / units)
