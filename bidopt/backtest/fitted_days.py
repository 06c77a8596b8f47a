"""What the days ahead are like in a market fitted to a shop: its week, its recent level, and the shopping events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from bidopt.backtest.days import DaySource, TrueConditions
from bidopt.backtest.world import World
from bidopt.domain.metrics import Array
from bidopt.evidence.demand import Demand
from bidopt.evidence.events import calendar_of

_RECENT = 56
"""Days that tell the week's pattern."""


@dataclass(frozen=True)
class Week:
    """Demand by weekday.

    Args:
        log_factor: of Monday to Sunday against their mean, shape (7,).
        spread: standard deviation of the log of a day's demand around that.
        level: log of today's level, its weekday left aside, relative to an ordinary day.
    """

    log_factor: Array
    spread: float
    level: float

    def demand(self, day: date) -> float:
        """Expected demand of a day relative to an ordinary one."""
        return float(np.exp(self.level + self.log_factor[day.weekday()]))


def learn_week(demand: Demand, as_of: date) -> Week:
    """The week's pattern, from the days measured around their moving average.

    Args:
        demand: of the days by age; entry 0 is the forecast for `as_of`.
        as_of: decision morning.
    """
    ages = np.arange(1, min(len(demand.log_factor), _RECENT + 1))
    ages = ages[demand.measured[ages]]
    effect, spread = np.zeros(7), 0.0
    if len(ages) >= 7:
        logs = demand.log_factor[ages]
        around = np.array([logs[np.abs(ages - age) <= 3].mean() for age in ages])
        weekday = (as_of.weekday() - ages) % 7
        count = np.bincount(weekday, minlength=7)
        effect = np.bincount(weekday, logs - around, minlength=7) / (count + 1)
        spread = float(np.std(logs - around - effect[weekday]))
    return Week(effect, spread, float(demand.log_factor[0] - effect[as_of.weekday()]))


class FittedDays(DaySource):
    """Days by the shop's own week, with the shopping events of the calendar at the size they are taken to have.

    Args:
        world: demand is that of an ordinary day, cvr without an event.
        week: of the shop.
        event: share of an event's usual effects.
        stock: units per product; products without any sell nothing, NaN is unknown and sells.
    """

    def __init__(self, world: World, week: Week, event: float, stock: Array) -> None:
        self._world, self._week, self._event, self._stock = world, week, event, stock
        gone = np.append(stock <= 0, np.False_)[world.product_of]  # -1: of no product known
        self._sellable = np.where(gone, 0.0, 1.0)

    def conditions(self, day: date) -> TrueConditions:
        """Nothing that was played before matters."""
        event, n = calendar_of(day, 1).scaled(self._event), len(self._world.keywords)
        demand = self._week.demand(day) * np.exp(event.demand[0])
        return TrueConditions(
            demand=self._world.demand * demand,
            cvr=np.minimum(self._world.cvr * np.exp(event.conversion[0]), 1.0),
            shift=np.full(n, event.rivals[0]),
            sellable=self._sellable,
            lag=self._world.lag,
            stock=self._stock,
        )

    def played(self, day: date, bids: Array) -> None:
        """Nobody learns."""
