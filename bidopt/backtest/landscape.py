"""What bids buy in an auction, per search: tables over the strength of a bid, shared by all market families."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from bidopt.domain.metrics import Array, ratio

STRENGTHS: Array = np.linspace(-4.0, 4.0, 201)
"""log(bid x quality / rivals' level) at which tables are kept; beyond them curves are flat."""

_STEP = float(STRENGTHS[1] - STRENGTHS[0])


@dataclass(frozen=True)
class Traffic:
    """Expected per day, in the shape of the bids; `rank` is NaN where nothing is shown."""

    impressions: Array
    clicks: Array
    cost: Array
    rank: Array


@dataclass(frozen=True)
class Landscape:
    """An auction, tabulated.

    Args:
        tables: shape (classes, len(STRENGTHS), 4), per search: share shown; examination, the sum of the examination
            rates of the positions won; examination x price in units of level / quality; sum of positions.
        class_of: competition class of each keyword, shape (n,).
        ctr: clicks per examined search, shape (n,).
        level: centre of rivals' rank scores, currency, shape (n,).
        premium: factor on every price paid, shape (n,) or one for all; above 1 platforms charge more than the bid.
    """

    tables: Array
    class_of: npt.NDArray[np.int64]
    ctr: Array
    level: Array
    premium: Array | float = 1.0

    def traffic(self, bids: Array, demand: Array, shift: Array, quality: Array) -> Traffic:
        """What bids buy on a day.

        Args:
            bids: shape (n,) or (n, levels), currency; 0 buys nothing.
            demand: searches, shape (n,).
            shift: log of what rivals bid today against their level, shape (n,).
            quality: factor on the bid, shape (n,).
        """
        column = (slice(None),) + (None,) * (bids.ndim - 1)
        price = (self.level * np.exp(shift) / quality)[column]  # of a strength of 0
        strength = np.log(np.maximum(bids / price, 1e-9))
        shown, examined, paid, ranks = np.moveaxis(self._read(strength, self.class_of[column]), -1, 0)
        clicks = (demand * self.ctr)[column] * examined
        # A winner pays a cent above what would have kept the position, never more than the bid.
        cpc = np.minimum(ratio(paid, examined) * price + 0.01, bids)
        if not isinstance(self.premium, float):
            cpc = cpc * self.premium[column]
        return Traffic(
            impressions=demand[column] * shown,
            clicks=clicks,
            cost=np.where(clicks > 0, clicks * cpc, 0.0),
            rank=ratio(ranks, shown),
        )

    def over_shocks(self, sd: float) -> Landscape:
        """The landscape of a day whose rivals' shift is yet to be drawn, normal with mean 0 and `sd`."""
        usual, dearer = _kernel(sd, 0.0), _kernel(sd, 1.0)
        shown, examined, paid, ranks = np.moveaxis(self.tables, 2, 0)
        averaged = [shown @ usual.T, examined @ usual.T, paid @ dearer.T, ranks @ usual.T]
        return replace(self, tables=np.stack(averaged, axis=2))

    def _read(self, strength: Array, row: npt.NDArray[np.int64]) -> Array:
        """Tables at a strength, linear between grid points; shape (*strength.shape, 4)."""
        left, part = _between(strength)
        part = part[..., None]
        found: Array = self.tables[row, left] * (1 - part) + self.tables[row, left + 1] * part
        return found


def _between(strength: Array) -> tuple[npt.NDArray[np.int64], Array]:
    """Grid point at or below each strength, and how far it lies towards the next one."""
    place = np.clip((strength - STRENGTHS[0]) / _STEP, 0.0, len(STRENGTHS) - 1.001)
    left = place.astype(np.int64)
    return left, place - left


@cache
def _kernel(sd: float, growth: float) -> Array:
    """Matrix that averages a table over shocks: E[exp(growth x shock) table(strength - shock)]."""
    shocks = np.linspace(-4.5 * sd, 4.5 * sd, 601)
    weights = np.exp(-0.5 * (shocks / sd) ** 2)
    weights *= np.exp(growth * shocks) / weights.sum()
    left, part = _between(STRENGTHS[:, None] - shocks)
    count = len(STRENGTHS)
    row = np.arange(count)[:, None] * count
    lower = np.bincount((row + left).ravel(), ((1 - part) * weights).ravel(), minlength=count**2)
    upper = np.bincount((row + left + 1).ravel(), (part * weights).ravel(), minlength=count**2)
    return np.reshape(lower + upper, (count, count)).astype(np.float64)
