"""Demand that moves with the day of the week and slowly with the season."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from bidopt.backtest.days import DaySource, TrueConditions, Twist, WrappedDays
from bidopt.backtest.world import World
from bidopt.domain.metrics import Array

WEEKDAYS = np.array([1.02, 1.00, 0.97, 0.96, 0.94, 1.04, 1.07])
"""Demand from Monday to Sunday, against its mean."""


@dataclass(frozen=True)
class WeekdayAndSeason(Twist):
    """Weekdays scaled around their usual pattern; a sine of a year per product, its phase drawn.

    Args:
        weekday: how strong the week is; 1 is the pattern of WEEKDAYS.
        season: height of the yearly wave, as a share.
    """

    weekday: float = 1.0
    season: float = 0.15

    def around(
        self, inner: DaySource, world: World, rng: np.random.Generator, first: date, days: int
    ) -> DaySource:
        """Wrap a source; `days` does not matter here."""
        del days
        phase = rng.uniform(0, 2 * np.pi, len(world.products))[world.product_of]
        return _Days(inner, 1 + self.weekday * (WEEKDAYS - 1), self.season, phase, first)


class _Days(WrappedDays):
    def __init__(self, inner: DaySource, week: Array, season: float, phase: Array, first: date) -> None:
        super().__init__(inner)
        self._week, self._season, self._phase, self._first = week, season, phase, first

    def conditions(self, day: date) -> TrueConditions:
        """Demand is what the world says on the first day, were it an average weekday."""
        before = self._inner.conditions(day)
        wave = 1 + self._season * np.sin(2 * np.pi * (day - self._first).days / 365 + self._phase)
        start = 1 + self._season * np.sin(self._phase)
        return replace(before, demand=before.demand * self._week[day.weekday()] * wave / start)
