"""Rivals who answer: those displaced by higher bids raise theirs within days, up to a private limit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from bidopt.backtest.days import DaySource, TrueConditions, Twist, WrappedDays
from bidopt.backtest.world import World
from bidopt.domain.metrics import Array


@dataclass(frozen=True)
class ReactiveRivals(Twist):
    """A share of each keyword's rivals keeps its rank against us.

    Args:
        share: of rivals who answer; the others do not, so the market moves by this share of each answer.
        smallest, largest: a day's raise, as a share.
        most: limit of all raises, as a share; each keyword's rivals have their own below it.
    """

    share: float = 0.4
    smallest: float = 0.05
    largest: float = 0.15
    most: float = 0.6

    def around(
        self, inner: DaySource, world: World, rng: np.random.Generator, first: date, days: int
    ) -> DaySource:
        """Wrap a source; what rivals are used to is what was bid on the first days."""
        del first, days
        n = len(world.keywords)
        return _Days(
            inner,
            step=np.log1p(rng.uniform(self.smallest, self.largest, n)),
            limit=np.log1p(rng.uniform(0.2, 1.0, n) * self.most),
            wait=rng.integers(1, 4, n),
            share=self.share,
        )


class _Days(WrappedDays):
    def __init__(
        self,
        inner: DaySource,
        *,
        step: Array,
        limit: Array,
        wait: np.ndarray[tuple[int], np.dtype[np.int64]],
        share: float,
    ) -> None:
        super().__init__(inner)
        self._step, self._limit, self._wait, self._share = step, limit, wait, share
        self._usual: Array | None = None
        self._displaced = np.zeros(len(step), dtype=np.int64)
        self._raised = np.zeros(len(step))

    def conditions(self, day: date) -> TrueConditions:
        """The inner source's day, with rivals where their answers have brought them."""
        before = self._inner.conditions(day)
        return replace(before, shift=before.shift + self._share * self._raised)

    def played(self, day: date, bids: Array) -> None:
        """Rivals above whom we have moved raise once they have waited; they relent when we fall back."""
        super().played(day, bids)
        if self._usual is None:
            self._usual = np.maximum(bids, 1e-9)
        ahead = np.log(np.maximum(bids, 1e-9) / self._usual) - self._raised
        self._displaced = np.where(ahead > 0, self._displaced + 1, 0)
        raises = (self._displaced >= self._wait) * np.minimum(self._step, np.maximum(ahead, 0.0))
        relents = np.minimum(self._step, np.clip(-ahead, 0.0, self._raised))
        self._raised = np.clip(self._raised + raises - relents, 0.0, self._limit)
