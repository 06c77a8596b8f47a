"""A sales event such as 双11: pre-heat, peak and hang-over; its dates stand in the calendar, its size does not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from bidopt.backtest.days import DaySource, TrueConditions, Twist, WrappedDays
from bidopt.backtest.world import World
from bidopt.domain.metrics import Array


@dataclass(frozen=True)
class Phase:
    """Factors of some days; each product has its own demand and cvr.

    Args:
        first, last: days of the phase, both included.
        demand: factor on searches, shape (n,).
        cvr: factor on orders per click, shape (n,).
        rivals: factor on what rivals bid.
        lag: exponent on the arrival curve of orders; above 1 they come later.
    """

    first: date
    last: date
    demand: Array
    cvr: Array
    rivals: float = 1.0
    lag: float = 1.0


@dataclass(frozen=True)
class Event(Twist):
    """An event around `peak`.

    Args:
        peak: first day of the peak.
        peak_days: its length; `preheat_days` come before it, `hangover_days` after it.
    """

    peak: date
    peak_days: int = 1
    preheat_days: int = 7
    hangover_days: int = 5

    def around(
        self, inner: DaySource, world: World, rng: np.random.Generator, first: date, days: int
    ) -> DaySource:
        """Wrap a source with an event whose sizes are drawn, the same for all products but for some noise."""
        del first, days
        own = rng.lognormal(0.0, 0.1, (6, len(world.products)))[:, world.product_of]
        end = self.peak + timedelta(days=self.peak_days)
        day = timedelta(days=1)
        preheat = Phase(
            self.peak - self.preheat_days * day,
            self.peak - day,
            rng.uniform(1.35, 1.65) * own[0],
            np.minimum(rng.uniform(0.6, 0.8) * own[1], 0.95),
            rivals=rng.uniform(1.0, 1.15),
            lag=rng.uniform(1.6, 2.4),  # carts wait for the peak
        )
        peak = Phase(
            self.peak,
            end - day,
            rng.uniform(2.0, 4.0) * own[2],
            rng.uniform(1.5, 3.0) * own[3],
            rivals=rng.uniform(1.5, 2.5),
            lag=0.7,
        )
        hangover = Phase(
            end, end + (self.hangover_days - 1) * day, rng.uniform(0.5, 0.7) * own[4], 0.85 * own[5]
        )
        return _Days(inner, (preheat, peak, hangover))


class _Days(WrappedDays):
    def __init__(self, inner: DaySource, phases: tuple[Phase, ...]) -> None:
        super().__init__(inner)
        self._phases = phases

    def conditions(self, day: date) -> TrueConditions:
        """The inner source's day, changed by the phase it falls in."""
        before = self._inner.conditions(day)
        phase = next((p for p in self._phases if p.first <= day <= p.last), None)
        if phase is None:
            return before
        return replace(
            before,
            demand=before.demand * phase.demand,
            cvr=np.minimum(before.cvr * phase.cvr, 0.5),
            shift=before.shift + np.log(phase.rivals),
            lag=before.lag * phase.lag,
        )
