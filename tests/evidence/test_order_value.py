"""Order values: shrinkage to product and price, and intervals on known truth."""

from __future__ import annotations

import numpy as np
import pytest

from bidopt.domain.metrics import Array
from bidopt.evidence.belief import Belief
from bidopt.evidence.hierarchy import Hierarchy
from bidopt.evidence.order_value import order_value
from tests.evidence.test_recent_level import days_of


def believed(orders: Array, revenue: Array, price: Array, groups: Hierarchy) -> Belief:
    """Belief from tables of shape (days, n)."""
    days = days_of(orders * 20, orders)
    days.revenue[:] = revenue.ravel()
    return order_value(revenue.sum(axis=0), orders.sum(axis=0), price, groups, days)


@pytest.mark.parametrize("spread", [0.25, 0.8])
def test_intervals_cover_the_truth_however_far_orders_differ(spread: float) -> None:
    """800 words of 20 products sell a little.

    Over 40 other seeds coverage was 0.893 and 0.880, standard deviation 0.013 and 0.015:
    other seeds fail less than once in 40.
    """
    rng = np.random.default_rng(1)
    group = rng.integers(0, 20, 800)
    price = np.full(800, 100.0)
    truth = 100 * np.exp(rng.normal(0.0, 0.3, 20)[group] + rng.normal(0.0, 0.15, 800))
    orders = rng.poisson(np.minimum(rng.pareto(1.2, 800) * 0.1, 3.0), (30, 800)).astype(float)
    shape = 1 / spread**2
    revenue = truth * rng.gamma(np.maximum(orders * shape, 1e-9)) / shape * (orders > 0)
    belief = believed(orders, revenue, price, Hierarchy(group, 20))
    inside = (belief.low <= truth) & (truth <= belief.high)
    assert 0.85 <= inside.mean() <= 0.95
    sold = orders.sum(axis=0) > 0
    raw = revenue.sum(axis=0)[sold] / orders.sum(axis=0)[sold]
    assert np.mean((belief.mean[sold] - truth[sold]) ** 2) < np.mean((raw - truth[sold]) ** 2) / 2


def test_many_orders_speak_for_themselves_and_none_for_the_price() -> None:
    orders = np.array([[400.0, 0.0, 0.0]])
    belief = believed(orders, orders * 80, np.array([100.0, 100.0, 50.0]), Hierarchy(np.array([0, 0, 1]), 2))
    assert belief.mean[0] == pytest.approx(80, rel=0.01)
    assert belief.mean[1] == pytest.approx(80, rel=0.05)
    assert belief.mean[2] == pytest.approx(50, rel=0.1)  # the other product sells below its price
    assert belief.mean[2] < 50
    assert belief.relative_sd[0] < belief.relative_sd[1] < belief.relative_sd[2]


def test_neither_orders_nor_price_leave_the_value_unknown() -> None:
    belief = believed(
        np.zeros((1, 2)), np.zeros((1, 2)), np.full(2, np.nan), Hierarchy(np.zeros(2, dtype=int), 1)
    )
    assert np.isnan(belief.mean).all()
