"""Policies that replay a log together decide as each would alone, learning everything for itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bidopt.backtest.hand_bids import HandBids
from bidopt.backtest.log_replay import LogReplay
from bidopt.backtest.logged_days import read_log
from bidopt.backtest.replay import replay, run_of
from bidopt.backtest.replay_estimate import Doubt
from bidopt.backtest.scenarios import SCENARIOS
from bidopt.decisions.allocation.learning_bidder import LearningBidder
from bidopt.decisions.pruning.test_and_prune import TestAndPrune
from bidopt.evidence.evidence import EvidenceSettings
from bidopt.recommender import Recommender
from bidopt.settings.backtest_settings import contender, usual_limits

DAYS = 5
SMALL = replace(
    SCENARIOS["roas_bound"], keywords=60, products=5, history_days=24, hand=HandBids(moved=0.9, headroom=3.0)
)


@pytest.mark.parametrize("half_lives", [(45.0, 45.0), (45.0, 10.0)])
def test_policies_play_together_as_they_play_alone(half_lives: tuple[float, float]) -> None:
    market = SMALL.market(2)
    end = market.morning
    log = read_log(market, end - timedelta(days=DAYS), end - timedelta(days=1), end, EvidenceSettings())
    one, other = (EvidenceSettings(half_life_days=days) for days in half_lives)
    shop = Recommender(market.goals, one, (TestAndPrune(), LearningBidder()), usual_limits())
    names = ("keep_bids", "three_day_rule", "proportional_roi")
    together = {"shop": shop} | {
        name: contender(name).recommender(replace(shop, evidence=other)) for name in names
    }

    found, doubt = replay(market, log, together, doubt=Doubt(40)), Doubt(40)
    assert found["shop"].bids_set
    assert found["three_day_rule"].dropped
    for name, recommender in together.items():
        alone = LogReplay(market, log, recommender.goals, doubt=doubt)
        for _ in range(DAYS):
            alone.play(recommender.recommend(alone.facts(), alone.morning).changes)
        assert found[name].to_json() == run_of(name, alone, log).to_json()
