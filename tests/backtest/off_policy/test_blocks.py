"""Blocks of days, and what a figure is without each of them."""

from __future__ import annotations

import numpy as np
import pytest

from bidopt.backtest.off_policy.blocks import Estimate, blocks_of
from bidopt.backtest.off_policy.randomised_log import OffPolicyError
from tests.backtest.off_policy.drawn_logs import N, draw_log, draw_truth


@pytest.mark.parametrize("held", [1, 3, 7])
def test_blocks_are_as_long_as_drawn_bids_stay(held: int) -> None:
    """Bids are drawn to the cent, so that a new draw is hardly ever the old bid; seen in each of 50 seeds."""
    rng = np.random.default_rng(held)
    log = draw_log(rng, draw_truth(rng), days=70, held=held)
    blocks = blocks_of(log)
    assert len(blocks.days) == 70 // held
    assert blocks.days.sum() == 70


def test_days_left_over_belong_to_the_last_block() -> None:
    rng = np.random.default_rng(1)
    blocks = blocks_of(draw_log(rng, draw_truth(rng), days=30), 3)
    assert blocks.days.tolist() == [3.0] * 10
    blocks = blocks_of(draw_log(rng, draw_truth(rng), days=32), 3)
    assert blocks.days.tolist() == [3.0] * 9 + [5.0]
    assert blocks.sums(np.ones(32 * N)).tolist() == [3.0 * N] * 9 + [5.0 * N]


def test_a_few_days_give_no_interval() -> None:
    rng = np.random.default_rng(1)
    log = draw_log(rng, draw_truth(rng), days=20)
    with pytest.raises(OffPolicyError, match="日志只有 20 天，按每段 3 天只有 6 段"):
        blocks_of(log, 3)


def test_the_jackknife_of_a_mean_is_its_standard_error() -> None:
    values = np.random.default_rng(2).normal(size=40)
    figure = Estimate(values.mean(), (values.sum() - values) / 39)
    assert figure.error == pytest.approx(values.std(ddof=1) / np.sqrt(40))
    low, high = figure.interval(0.95)
    assert (high - low) / 2 / figure.error == pytest.approx(2.0227, abs=1e-4)  # Student's t, 39 degrees
