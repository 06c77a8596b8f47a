"""Noise states the probability of what it draws."""

from __future__ import annotations

import numpy as np
import pytest

from bidopt.backtest.bid_noise import BidNoise, LevelNoise, LogNormalNoise

NOISES = [LogNormalNoise(0.1), LogNormalNoise(0.4), LevelNoise((0.8, 1.0, 1.2), (0.25, 0.5, 0.25))]
WANTED = [0.05, 0.07, 0.33, 1.0, 6.4]
DRAWS = 20_000


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("wanted", WANTED)
def test_bids_are_drawn_as_often_as_stated(noise: BidNoise, wanted: float) -> None:
    """Each bid seen, within 5 standard errors: over all bids and cases a false alarm in about 1 of 2,000 seeds."""
    drawn = noise.draw(np.random.default_rng(1), np.full(DRAWS, wanted))
    bids, counts = np.unique(drawn, return_counts=True)
    stated = noise.probability(bids, np.full(len(bids), wanted))
    often = stated > 5 / DRAWS
    error = np.sqrt(stated * (1 - stated) / DRAWS)
    assert (np.abs(counts / DRAWS - stated) <= 5 * error + 1e-12)[often].all()


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("wanted", WANTED)
def test_the_probabilities_of_all_bids_add_up_to_one(noise: BidNoise, wanted: float) -> None:
    cents = np.arange(1, 10_000) / 100
    stated = noise.probability(cents, np.full(len(cents), wanted))
    assert stated.sum() == pytest.approx(1)
    assert (stated >= 0).all()
    assert stated[:4].tolist() == [0.0] * 4  # below what platforms take


def test_levels_that_round_to_one_bid_share_its_probability() -> None:
    noise = LevelNoise((0.98, 1.0, 1.02), (0.25, 0.5, 0.25))
    assert noise.probability(np.array([0.2]), np.array([0.2])).tolist() == [1.0]


def test_far_out_a_probability_is_small_and_not_nothing() -> None:
    assert 0 < LogNormalNoise(0.1).probability(np.array([2.0]), np.array([1.0]))[0] < 1e-9
