"""The response model finds a common answer to bids, and never sees the day it predicts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bidopt.backtest.off_policy.blocks import blocks_of
from bidopt.backtest.off_policy.outcome_model import cross_fitted, fit
from tests.backtest.off_policy.drawn_logs import N, draw_log, draw_truth


def test_a_common_slope_is_found() -> None:
    """Clicks answer with a power of 1.2, cost with 2.2; standard errors of about 0.02 here."""
    rng = np.random.default_rng(1)
    truth = replace(draw_truth(rng), slope=np.full(N, 1.2))
    log = draw_log(rng, truth, days=60, shock=0.0)
    model = fit(log, np.ones(len(log.bid), dtype=bool))
    assert model.curve["clicks"][0] == pytest.approx(1.2, abs=0.1)
    assert model.curve["cost"][0] == pytest.approx(2.2, abs=0.1)


def test_a_day_is_predicted_from_other_days() -> None:
    rng = np.random.default_rng(2)
    log = draw_log(rng, draw_truth(rng))
    blocks, day = blocks_of(log, 1), log.day == 7
    changed = replace(
        log, outcomes={name: np.where(day, 100.0, values) for name, values in log.outcomes.items()}
    )
    before, after = (cross_fitted(table, blocks).predict(log.bid) for table in (log, changed))
    np.testing.assert_array_equal(before["cost"][day], after["cost"][day])
    assert (before["cost"][~day] != after["cost"][~day]).any()


def test_paused_words_bring_nothing() -> None:
    rng = np.random.default_rng(3)
    log = draw_log(rng, draw_truth(rng))
    told = cross_fitted(log, blocks_of(log, 1)).predict(np.zeros(len(log.bid)))
    assert all((values == 0).all() for values in told.values())


def test_profit_is_revenue_at_the_margin_less_cost() -> None:
    rng = np.random.default_rng(4)
    log = replace(draw_log(rng, draw_truth(rng)), margin=np.full(N * 30, 0.4))
    told = cross_fitted(log, blocks_of(log, 1)).predict(log.bid)
    np.testing.assert_allclose(told["profit"], 0.4 * told["revenue"] - told["cost"])
