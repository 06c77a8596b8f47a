"""What a bid buys: clicks and cost per day of each keyword along a grid of bids."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.auction_shape import STEP

STEPS: Array = np.arange(-25, 26).astype(np.float64) * STEP
"""Logarithms of the grid's bids relative to the keyword's anchor bid, shape (steps,)."""


@dataclass(frozen=True)
class BidResponse:
    """Daily traffic of each keyword against its bid; monotone in the bid.

    Args:
        base_bid: bid in force, shape (n,), NaN where unknown: traffic is then the same at every bid.
        anchor: bid in the middle of the grid, shape (n,), NaN where no bid is known.
        clicks_grid: clicks per day expected at anchor * exp(STEPS), shape (n, steps).
        cost_grid: cost per day at the same bids, shape (n, steps), currency.
        spread_grid: standard deviation of log clicks, shape (n, steps): how little is known of the traffic there.
    """

    base_bid: Array
    anchor: Array
    clicks_grid: Array
    cost_grid: Array
    spread_grid: Array

    @property
    def clicks(self) -> Array:
        """Clicks per day at the bid in force, shape (n,)."""
        return self.clicks_at(self.base_bid)

    @property
    def cpc(self) -> Array:
        """Cost per click at the bid in force, shape (n,); NaN where unknown."""
        return ratio(self.cost_at(self.base_bid), self.clicks)

    @property
    def click_price(self) -> Array:
        """Bid that buys half of all clicks to be had, shape (n,): what rivals make a click cost; NaN where unknown."""
        enough = self.clicks_grid >= self.clicks_grid[:, -1:] / 2
        return np.where(self.base_bid > 0, self.anchor * np.exp(STEPS[np.argmax(enough, axis=1)]), np.nan)

    def widened(self, variance: Array | float) -> BidResponse:
        """The response with more doubt: `variance` of log clicks, shape (n, 1) or one for all, comes on top."""
        return replace(self, spread_grid=np.sqrt(self.spread_grid**2 + variance))

    def scaled(self, demand: float) -> BidResponse:
        """The response on a day of `demand` times as many searches."""
        return replace(self, clicks_grid=self.clicks_grid * demand, cost_grid=self.cost_grid * demand)

    def clicks_at(self, bid: Array) -> Array:
        """Clicks per day at `bid`, of shape (n,) or (n, m); the base bid's where either bid is unknown."""
        return self._along(self.clicks_grid, bid)

    def cost_at(self, bid: Array) -> Array:
        """Cost per day at `bid`, of shape (n,) or (n, m); nothing where no cost per click is known."""
        return self._along(self.cost_grid, bid)

    def spread_at(self, bid: Array) -> Array:
        """Standard deviation of log clicks at `bid`, of shape (n,) or (n, m)."""
        return self._along(self.spread_grid, bid)

    def _along(self, grid: Array, bid: Array) -> Array:
        """Linear interpolation over log bid; beyond the grid its ends."""
        flat = bid.ndim == 1
        wanted = bid[:, None] if flat else bid
        known = (wanted > 0) & (self.base_bid > 0)[:, None]
        base = np.where(self.base_bid > 0, self.base_bid, 1.0)[:, None]
        anchor = np.where(self.anchor > 0, self.anchor, 1.0)[:, None]
        place = np.log(np.where(known, wanted, base) / anchor) / STEP + len(STEPS) // 2
        place = np.clip(place, 0.0, len(STEPS) - 1 - 1e-9)
        left = place.astype(np.int64)
        share = place - left
        rows = np.arange(len(grid))[:, None]
        values: Array = grid[rows, left] * (1 - share) + grid[rows, left + 1] * share
        return values[:, 0] if flat else values
