"""Demand, conversion rates and rivals that wander from day to day, with a sudden change at some point."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from bidopt.backtest.days import DaySource, TrueConditions, Twist, WrappedDays
from bidopt.backtest.world import World
from bidopt.domain.metrics import Array


@dataclass(frozen=True)
class Drift(Twist):
    """Random walks of the logs, and one change point.

    Args:
        sd: standard deviation of a day's step of each keyword's demand, cvr and rivals.
        jump: standard deviation of the log of what changes, per product, at the change point.
        earliest, latest: days after the first between which the change point is drawn.
    """

    sd: float = 0.03
    jump: float = 0.3
    earliest: int = 18
    latest: int = 32

    def around(
        self, inner: DaySource, world: World, rng: np.random.Generator, first: date, days: int
    ) -> DaySource:
        """Wrap a source with walks of `days` steps that start from the world's truth."""
        steps = rng.normal(0.0, self.sd, (3, days, len(world.keywords)))
        steps[:, 0] = 0.0
        change = int(rng.integers(self.earliest, self.latest + 1))
        jump = rng.normal(0.0, self.jump, (3, len(world.products)))[:, world.product_of]
        if change < days:
            steps[:, change] += jump
        return _Days(inner, steps.cumsum(axis=1), first)


class _Days(WrappedDays):
    def __init__(self, inner: DaySource, walks: Array, first: date) -> None:
        super().__init__(inner)
        self._walks, self._first = walks, first

    def conditions(self, day: date) -> TrueConditions:
        """The inner source's day, moved by as much as the walks have come."""
        before = self._inner.conditions(day)
        demand, cvr, rivals = self._walks[:, min((day - self._first).days, self._walks.shape[1] - 1)]
        return replace(
            before,
            demand=before.demand * np.exp(demand),
            cvr=np.minimum(before.cvr * np.exp(cvr), 0.5),
            shift=before.shift + rivals,
        )
