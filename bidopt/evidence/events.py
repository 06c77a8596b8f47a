"""Shopping events: days on which buyers, rivals and conversion rates are not as usual.

Dates are known, sizes are not: the table holds middling sizes seen in the trade, and the days of the event that have
passed tell how much of them is true this time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from bidopt.domain.metrics import Array
from bidopt.evidence.demand import Demand
from bidopt.evidence.keyword_index import Ints


@dataclass(frozen=True)
class Phase:
    """One phase of an event, in logarithms relative to ordinary days.

    Args:
        first, last: (month, day), both included.
        demand: rise of searches.
        conversion: rise of the conversion rate.
        rivals: rise of the rivals' bids.
    """

    first: tuple[int, int]
    last: tuple[int, int]
    demand: float
    conversion: float
    rivals: float


PHASES = (
    Phase((6, 8), (6, 15), 0.3, -0.25, 0.1),  # 618: carts fill
    Phase((6, 16), (6, 18), 0.9, 0.6, 0.5),
    Phase((6, 19), (6, 22), -0.4, -0.1, -0.1),
    Phase((11, 1), (11, 10), 0.4, -0.3, 0.15),  # 双11
    Phase((11, 11), (11, 11), 1.1, 0.7, 0.6),
    Phase((11, 12), (11, 15), -0.4, -0.1, -0.1),
    Phase((12, 12), (12, 12), 0.4, 0.3, 0.3),  # 双12
)

_BELIEF, _DOUBT, _NOISE = 0.3, 0.4, 0.25
"""Share of the table's sizes expected before any of the event's days is seen, its standard deviation, and the noise of
a day's size."""

_MEMORY = 0.75
"""Weight of an event's day in today's expectation relative to the day after it."""

_ENOUGH, _PROVEN, _MIDDLING = 3, 0.4, 0.9
"""Days that show whether there is an event; share from which there is one; share a new phase is then expected to have."""


@dataclass(frozen=True)
class Calendar:
    """The days up to the decision day, by age, today first; arrays of shape (ages,).

    Args:
        weekday: of the decision day, Monday 0.
        ordinary: whether no event moves the day.
        demand, conversion, rivals: what an event does to the day, in logarithms; 0 on ordinary days.
    """

    weekday: int
    ordinary: npt.NDArray[np.bool_]
    demand: Array
    conversion: Array
    rivals: Array

    def as_seen(self, age: Ints) -> Calendar:
        """The calendar of a shop with rows of these ages.

        Days of an event tell nothing where no ordinary day stands beside them to compare with, as in a shop that
        opened during the event: they are then taken as ordinary.
        """
        if self.ordinary[age].any() or not len(age):
            return self
        today = np.arange(len(self.ordinary)) == 0
        demand, conversion, rivals = (
            np.where(today, effect, 0.0) for effect in (self.demand, self.conversion, self.rivals)
        )
        return Calendar(self.weekday, self.ordinary | ~today, demand, conversion, rivals)

    def scaled(self, share: float) -> Calendar:
        """The same days with events of `share` times their size."""
        return replace(
            self,
            demand=self.demand * share,
            conversion=self.conversion * share,
            rivals=self.rivals * share,
        )


def calendar_of(as_of: date, ages: int) -> Calendar:
    """The days `as_of` - age, age = 0 .. ages - 1, with the middling sizes of their events."""
    effects = np.zeros((3, ages))
    ordinary = np.ones(ages, dtype=bool)
    for age in range(ages):
        day = as_of - timedelta(days=age)
        for phase in PHASES:
            if phase.first <= (day.month, day.day) <= phase.last:
                effects[:, age] = phase.demand, phase.conversion, phase.rivals
                ordinary[age] = False
    return Calendar(as_of.weekday(), ordinary, *effects)


def size_of_past(calendar: Calendar, demand: Demand) -> float:
    """Share of the table's sizes that the events of the past days had."""
    return _learned(calendar, demand, memory=1.0)


def size_of_today(calendar: Calendar, demand: Demand) -> float:
    """Share of the table's sizes that today's event is taken to have.

    Within a phase the days before it tell; a phase that begins today is taken to be of middling size if the phases
    before it showed that there is an event at all.
    """
    learned = _learned(calendar, demand, _MEMORY)
    seen = np.count_nonzero(~calendar.ordinary[1:] & demand.measured[1:])
    if calendar.demand[0] == calendar.demand[1] or seen < _ENOUGH:
        return learned
    return _MIDDLING * min(learned / _PROVEN, 1.0)


def _learned(calendar: Calendar, demand: Demand, memory: float) -> float:
    """Ridge regression of the days' demand on the table's; `memory` weighs a day relative to the day after it."""
    seen = ~calendar.ordinary & demand.measured
    seen[0] = False
    weight = memory ** np.flatnonzero(seen) / _NOISE**2
    table, found = calendar.demand[seen], demand.log_factor[seen]
    precision = 1 / _DOUBT**2 + (weight * table**2).sum()
    share = (_BELIEF / _DOUBT**2 + (weight * table * found).sum()) / precision
    return float(np.clip(share, 0.0, 1.5))
