"""The truth of a day before any luck, and the source it comes from, which twists wrap."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date

import numpy as np

from bidopt.backtest.world import World
from bidopt.domain.metrics import Array


@dataclass(frozen=True)
class TrueConditions:
    """What a day is like; arrays have a row per keyword, `stock` one per product.

    Args:
        demand: expected searches.
        cvr: mature orders per click while there is stock.
        shift: log of what rivals bid against their level.
        sellable: share of the day's orders that stock allows.
        lag: exponent on the arrival curve of orders; above 1 they come later.
        stock: units in stock on the next morning.
    """

    demand: Array
    cvr: Array
    shift: Array
    sellable: Array
    lag: Array
    stock: Array


class DaySource(ABC):
    """Tells what each day is like. A twist wraps a source and changes one thing."""

    @abstractmethod
    def conditions(self, day: date) -> TrueConditions:
        """What `day` is like, given what has been played before it."""

    @abstractmethod
    def played(self, day: date, bids: Array) -> None:
        """Told after a day: the bids in force, shape (n,), 0 where paused. Days come in order."""


class OrdinaryDays(DaySource):
    """Every day is like every other.

    Args:
        world: the shop.
    """

    def __init__(self, world: World) -> None:
        n = len(world.keywords)
        self._day = TrueConditions(
            demand=world.demand,
            cvr=world.cvr,
            shift=np.zeros(n),
            sellable=np.ones(n),
            lag=world.lag,
            stock=world.products["stock"].to_numpy(),
        )

    def conditions(self, day: date) -> TrueConditions:  # noqa: ARG002  no day is special
        """The same for all days."""
        return self._day

    def played(self, day: date, bids: Array) -> None:
        """Nobody learns."""


class WrappedDays(DaySource):
    """A source with a twist; by itself it changes nothing.

    Args:
        inner: the source to change.
    """

    def __init__(self, inner: DaySource) -> None:
        self._inner = inner

    def conditions(self, day: date) -> TrueConditions:
        """The inner source's conditions."""
        return self._inner.conditions(day)

    def played(self, day: date, bids: Array) -> None:
        """Passed on to the inner source."""
        self._inner.played(day, bids)


class Twist(ABC):
    """A kind of change in the market; its fields say how strong it is."""

    @abstractmethod
    def around(
        self, inner: DaySource, world: World, rng: np.random.Generator, first: date, days: int
    ) -> DaySource:
        """Wrap a source.

        Args:
            inner: the source to change.
            world: the shop.
            rng: draws what nobody knows in advance.
            first: first day of the history.
            days: how many days are drawn ahead; later days are like the last of them.
        """
