"""Beliefs: coverage on known truth, shrinkage, and products."""

from __future__ import annotations

import numpy as np

from bidopt.evidence.belief import Belief, fit_strength, gamma_posterior
from bidopt.evidence.hierarchy import Hierarchy, pooled_rate


def test_intervals_of_a_pooled_rate_cover_the_truth() -> None:
    """90 % intervals over 4,000 keywords cover 85-95 %; a correct method fails this less than once in 1e9 runs."""
    rng = np.random.default_rng(1)
    groups = rng.integers(0, 40, 4_000)
    group_mean = 0.03 * rng.gamma(8, 1 / 8, 40)
    truth = group_mean[groups] * rng.gamma(4, 1 / 4, 4_000)
    clicks = rng.pareto(1.2, 4_000) * 30
    orders = rng.poisson(clicks * truth).astype(float)
    belief, _ = pooled_rate(
        orders, clicks, Hierarchy(groups, 40), prior_rate=0.02, prior_exposure=100, strength=60
    )
    inside = np.mean((belief.low <= truth) & (truth <= belief.high))
    assert 0.85 <= inside <= 0.95
    raw = np.divide(orders, clicks, out=np.zeros(4_000), where=clicks > 0)
    assert np.mean((belief.mean - truth) ** 2) < np.mean((raw - truth) ** 2) / 2


def test_strength_follows_how_alike_the_rows_are() -> None:
    rng = np.random.default_rng(2)
    clicks, mean = np.full(2_000, 200.0), np.full(2_000, 0.05)
    alike = fit_strength(rng.poisson(clicks * 0.05).astype(float), clicks, mean, 60)
    unlike = fit_strength(rng.poisson(clicks * 0.05 * rng.gamma(1, 1, 2_000)).astype(float), clicks, mean, 60)
    assert alike > 10 * unlike
    assert abs(np.log(unlike * 0.05)) < 0.5  # true shape is 1


def test_without_data_the_default_strength_stands() -> None:
    assert abs(fit_strength(np.zeros(3), np.zeros(3), np.full(3, 0.02), 60) - 60) < 1e-6


def test_more_orders_raise_the_mean_and_orders_may_outnumber_clicks() -> None:
    belief = gamma_posterior(np.array([0.0, 1.0, 30.0]), np.full(3, 10.0), np.full(3, 0.02), 60)
    assert (np.diff(belief.mean) > 0).all()
    assert (belief.low <= belief.mean).all()
    assert (belief.mean <= belief.high).all()


def test_product_of_beliefs_combines_relative_variances() -> None:
    rng = np.random.default_rng(3)
    one, two = Belief(np.array([2.0]), np.array([5.0])), Belief(np.array([3.0]), np.array([9.0]))
    drawn = rng.gamma(5, 2 / 5, 400_000) * rng.gamma(9, 3 / 9, 400_000)
    both = one.times(two)
    assert abs(both.mean[0] - drawn.mean()) < 0.03
    assert abs(both.mean[0] ** 2 / both.shape[0] - drawn.var()) < 0.2
