"""What a bid buys: first version, constant elasticity around what the keyword does today.

Without bid changes in the log the response cannot be learned, so it is assumed and stated: clicks move with
(bid / base bid) ** elasticity and the cost per click in proportion to the bid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bidopt.domain.metrics import Array
from bidopt.evidence.belief import Belief


@dataclass(frozen=True)
class BidResponse:
    """Daily traffic of each keyword at its base bid; arrays of shape (n,).

    Args:
        base_bid: bid at which the traffic below was seen; NaN where unknown.
        clicks: clicks per day.
        cpc: cost per click; NaN where unknown.
        elasticity: d log(clicks) / d log(bid).
    """

    base_bid: Array
    clicks: Array
    cpc: Array
    elasticity: float

    def clicks_at(self, bid: Array) -> Array:
        """Clicks per day at `bid`, shape (n,); the base bid's where either bid is unknown."""
        clicks: Array = self.clicks * self._move(bid) ** self.elasticity
        return clicks

    def cost_at(self, bid: Array) -> Array:
        """Cost per day at `bid`, shape (n,); nothing where the cost per click is unknown."""
        return self.clicks_at(bid) * np.nan_to_num(self.cpc) * self._move(bid)

    def _move(self, bid: Array) -> Array:
        known = (bid > 0) & (self.base_bid > 0)
        return np.where(known, bid / np.where(known, self.base_bid, 1.0), 1.0)


def forecast(bids: pd.DataFrame, response: BidResponse, value_per_click: Belief) -> pd.DataFrame:
    """The bids table with its expected columns filled in for the bids it now holds.

    Args:
        bids: schema BIDS.
        response: aligned with `bids`.
        value_per_click: aligned with `bids`.

    Returns:
        A new table; paused rows expect nothing.
    """
    bid = bids["bid"].to_numpy()
    running = (bids["action"] != "pause").to_numpy()
    clicks = np.where(running, response.clicks_at(bid), 0.0)
    return bids.assign(
        expected_clicks=clicks,
        expected_cost=np.where(running, response.cost_at(bid), 0.0),
        expected_revenue=clicks * value_per_click.mean,
        revenue_low=clicks * value_per_click.low,
        revenue_high=clicks * value_per_click.high,
    )
