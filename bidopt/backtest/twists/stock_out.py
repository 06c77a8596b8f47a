"""Products that sell out and are restocked: clicks go on costing money while nothing can be bought."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from bidopt.backtest.days import DaySource, TrueConditions, Twist, WrappedDays
from bidopt.backtest.world import Ints, World
from bidopt.domain.metrics import Array

_RUNDOWN = 10
"""Days over which stock falls before it is gone."""


@dataclass(frozen=True)
class StockOut(Twist):
    """A share of the products sells out once.

    Args:
        share: of products, at least one.
        earliest, latest: days after the first between which a product sells out.
        shortest, longest: days until it is restocked.
    """

    share: float = 0.3
    earliest: int = 16
    latest: int = 34
    shortest: int = 4
    longest: int = 8

    def around(
        self, inner: DaySource, world: World, rng: np.random.Generator, first: date, days: int
    ) -> DaySource:
        """Wrap a source; a product sells out in the course of its day, and is back on a morning."""
        del days
        count = len(world.products)
        hit = rng.permutation(count) < max(round(self.share * count), 1)
        gone = np.where(hit, rng.integers(self.earliest, self.latest + 1, count), np.iinfo(np.int32).max)
        back = gone + rng.integers(self.shortest, self.longest + 1, count)
        return _Days(inner, gone, back, rng.uniform(0.3, 0.8, count), world, first)


class _Days(WrappedDays):
    def __init__(
        self, inner: DaySource, gone: Ints, back: Ints, last_share: Array, world: World, first: date
    ) -> None:
        super().__init__(inner)
        self._gone, self._back, self._last_share = gone, back, last_share
        self._product_of, self._first = world.product_of, first

    def conditions(self, day: date) -> TrueConditions:
        """The inner source's day; on the day on which a product sells out some orders still come."""
        before = self._inner.conditions(day)
        today = (day - self._first).days
        out = (today >= self._gone) & (today < self._back)
        sellable = np.where(out, np.where(today == self._gone, self._last_share, 0.0), 1.0)
        return replace(
            before,
            sellable=before.sellable * sellable[self._product_of],
            stock=np.floor(before.stock * self._left(today + 1)),
        )

    def _left(self, morning: int) -> Array:
        """Share of the usual stock on a morning, by product."""
        out = (morning > self._gone) & (morning < self._back)
        falling = np.clip((self._gone + 1 - morning) / _RUNDOWN, 0.0, 1.0)
        return np.where(out, 0.0, np.where(morning < self._back, falling, 1.0))
