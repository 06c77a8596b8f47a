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


def test_events_move_a_belief_as_bayes_says() -> None:
    """Checked against the weights of 400,000 drawn truths; off by more than the bounds less than once in 1e4 runs."""
    before, n = Belief(np.array([0.05]), np.array([2.0]), np.array([0.2])), 400_000
    rate = Belief(np.full(n, 0.05), np.full(n, 2.0), np.full(n, 0.2)).draw(np.random.default_rng(6))
    for events in (0, 1, 3):
        weight = np.exp(-40 * rate) * (40 * rate) ** events
        after = before.after(np.array([float(events)]), np.array([40.0]))
        np.testing.assert_allclose(after.mean[0], (weight * rate).sum() / weight.sum(), rtol=0.02)
        np.testing.assert_allclose(after.nil, weight[rate == 0].sum() / weight.sum(), atol=0.005)


def test_a_choice_after_a_test_is_worth_what_playing_it_earns() -> None:
    """Tests are drawn and judged by the belief; off by more than 2 % less than once in 1e4 runs."""
    rng, n, cost = np.random.default_rng(7), 400_000, 0.06
    belief = Belief(np.full(n, 0.05), np.full(n, 1.5), np.full(n, 0.1))
    rate, clicks = belief.draw(rng), np.full(n, 30.0)
    kept = belief.after(rng.poisson(rate * clicks).astype(float), clicks).mean > cost
    promised = belief.expected_above_after(cost, clicks)
    np.testing.assert_allclose(promised[0], np.where(kept, rate - cost, 0.0).mean(), rtol=0.02)


def test_a_longer_test_is_worth_more_up_to_knowing_the_truth() -> None:
    clicks = np.array([0.0, 1.0, 10.0, 100.0, 1e7])
    for mean in (0.03, 0.08):
        belief = Belief(np.full(5, mean), np.full(5, 2.0), np.full(5, 0.1))
        worth = belief.expected_above_after(0.05, clicks)
        assert (np.diff(worth) >= -1e-12).all()
        np.testing.assert_allclose(worth[0], max(mean - 0.05, 0.0))
        np.testing.assert_allclose(worth[-1], belief.expected_above(0.05)[-1], rtol=1e-3)
