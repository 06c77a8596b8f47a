"""What bids could reach in expectation if every curve were known; scenarios are measured out with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bidopt.domain.metrics import Array


@dataclass(frozen=True)
class Frontier:
    """The best reachable totals per day, from spending most to spending least.

    Args:
        least_roas: marginal revenue / cost at which each point stops buying, ascending.
        clicks, cost, revenue, orders: totals of the account, in that order.
    """

    least_roas: Array
    clicks: Array
    cost: Array
    revenue: Array
    orders: Array

    def at_roas(self, target: float) -> int:
        """Place of the largest spend whose revenue / cost reaches `target`."""
        return int(np.argmax(self.revenue >= target * self.cost))


def frontier(clicks: Array, cost: Array, value_per_click: Array, order_value: Array) -> Frontier:
    """Trace the frontier.

    Args:
        clicks: expected per day, shape (n, levels), ascending bids.
        cost: the same.
        value_per_click: currency, shape (n,).
        order_value: currency, shape (n,).
    """
    revenue = clicks * value_per_click[:, None]
    least = np.geomspace(0.02, 50.0, 400)
    rows = np.arange(len(clicks))
    chosen = np.stack([np.argmax(revenue - theta * cost, axis=1) for theta in least])  # (points, n)
    sold = revenue[rows, chosen]
    return Frontier(
        least_roas=least,
        clicks=clicks[rows, chosen].sum(axis=1),
        cost=cost[rows, chosen].sum(axis=1),
        revenue=sold.sum(axis=1),
        orders=(sold / order_value).sum(axis=1),
    )
