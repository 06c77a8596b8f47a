"""Beliefs: quantiles, products, draws."""

from __future__ import annotations

import numpy as np

from bidopt.evidence.belief import Belief


def test_product_of_beliefs_combines_relative_variances() -> None:
    rng = np.random.default_rng(3)
    one, two = Belief(np.array([2.0]), np.array([5.0])), Belief(np.array([3.0]), np.array([9.0]))
    drawn = rng.gamma(5, 2 / 5, 400_000) * rng.gamma(9, 3 / 9, 400_000)
    both = one.times(two)
    assert abs(both.mean[0] - drawn.mean()) < 0.03
    assert abs(both.mean[0] ** 2 / both.shape[0] - drawn.var()) < 0.2


def test_a_chance_of_nothing_moves_quantiles_and_spread() -> None:
    one, n = Belief(np.array([2.0]), np.array([6.0]), np.array([0.3])), 200_000
    drawn = Belief(np.full(n, 2.0), np.full(n, 6.0), np.full(n, 0.3)).draw(np.random.default_rng(4))
    # 200,000 draws: each figure is off by more than these bounds less than once in 1e4 runs.
    np.testing.assert_allclose(drawn.mean(), one.mean[0], rtol=0.01)
    np.testing.assert_allclose(drawn.std() / 2.0, one.relative_sd[0], rtol=0.01)
    np.testing.assert_allclose((drawn == 0).mean(), 0.3, atol=0.005)
    np.testing.assert_allclose(np.quantile(drawn, 0.95), one.high[0], rtol=0.01)
    assert one.low[0] == 0
    rarely = Belief(np.full(n, 2.0), np.full(n, 6.0), np.full(n, 0.02))
    drawn = rarely.draw(np.random.default_rng(5))
    np.testing.assert_allclose(np.quantile(drawn, 0.05), rarely.low[0], rtol=0.03)


def test_a_product_is_nothing_where_either_is() -> None:
    one = Belief(np.array([1.0]), np.array([9.0]), np.array([0.5]))
    both = one.times(Belief(np.array([3.0]), np.array([4.0]), np.array([0.2])))
    np.testing.assert_allclose(both.nil, 0.6)
    np.testing.assert_allclose(both.mean, 3.0)


def test_the_chance_of_a_quantile_is_its_own() -> None:
    """0.95 is above the 5 % quantile and 0.05 above the 95 % one, with and without a chance of nothing."""
    for nil in (0.0, 0.02):
        one = Belief(np.array([2.0]), np.array([6.0]), np.array([nil]))
        np.testing.assert_allclose(one.chance_of(one.low), 0.95)
        np.testing.assert_allclose(one.chance_of(one.high), 0.05)
    unknown = Belief(np.array([np.nan]), np.array([6.0]))
    assert np.isnan(unknown.chance_of(1.0)).all()
