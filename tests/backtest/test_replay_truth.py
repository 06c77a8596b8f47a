"""The replay estimate against the truth of a simulated market: what other bids would really have brought."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from bidopt.backtest.controls import Controls
from bidopt.backtest.hand_bids import HandBids
from bidopt.backtest.logged_days import read_log
from bidopt.backtest.replay_cells import OwnDays
from bidopt.backtest.replay_estimate import Doubt, estimate
from bidopt.backtest.scenarios import SCENARIOS
from bidopt.evidence.evidence import EvidenceSettings

SEEDS, DAYS, DRAWS = range(6), 14, 10
MARKET = replace(
    SCENARIOS["steady"], keywords=120, products=6, history_days=28, hand=HandBids(moved=0.9, headroom=3.0)
)
FACTORS = (0.6, 0.8, 1.0, 1.25, 1.6)


@pytest.mark.slow
def test_scaled_bids_are_estimated_as_they_turn_out() -> None:
    """All bids scaled alike, 30 estimates: their errors average out, and their intervals hold the truth.

    Were each interval right at exactly 95 %, fewer than 24 of 30 would hold with a chance below 0.001; those of one
    log hold or fail together, which makes misses come in fives, so that two logs of six may fail.
    """
    errors, held = [], []
    for seed in SEEDS:
        market = MARKET.market(seed)
        end = market.morning
        log = read_log(market, end - timedelta(days=DAYS), end - timedelta(days=1), end, EvidenceSettings())
        for factor in FACTORS:
            own = OwnDays(log.bid * factor, log.in_play & ~log.paused, log.budget)
            found = estimate(log, own, Doubt())
            truth = sum(
                market.mean_outcome(
                    day.date(), Controls(own.bid[:, i], ~own.running[:, i], own.budget[:, i]), DRAWS
                )[0]
                for i, day in enumerate(log.dates)
            )
            low, high = np.quantile(found.cost.sum(axis=1), [0.025, 0.975])
            errors.append(found.days["cost"].sum() / truth - 1)
            held.append(low <= truth <= high)
    print(np.round(np.reshape(errors, (len(SEEDS), -1)), 3), np.mean(held))  # noqa: T201  pytest -s shows them
    assert abs(np.mean(errors)) < 0.06
    assert np.sum(held) >= 20
