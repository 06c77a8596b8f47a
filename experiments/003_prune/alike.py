"""Markets whose words are all alike and just pay: every word dropped there is a false alarm."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np
from arms import by_hand, judge_of, play

from bidopt.backtest.auction_market import AuctionMarket
from bidopt.backtest.landscapes import generalized_second_price
from bidopt.backtest.world import draw_world
from bidopt.decisions.pruning.test_and_prune import TestAndPrune
from bidopt.domain.goals import Goals

_MORNING = date(2026, 7, 10)
_SETTINGS = {
    "spend_without_sales": "false_alarms",
    "poor_value": "drop_below",
    "low_click_rate": "drop_below",
    "low_quality_score": "drop_below",
    "no_impressions": None,
    "duplicate_keyword": "drop_below",
}


def market_of_equals(seed: int, price_share: float) -> AuctionMarket:
    """A shop in which each word's value per click is exactly the least that pays at its own price, with many clicks."""
    rng = np.random.default_rng([seed, 1])
    world = draw_world(rng, 8, 240, _MORNING, junk=0.0)
    world = replace(world.scaled(demand=20.0), ctr=np.full(240, 0.05))
    auction = generalized_second_price.landscape(world, rng)
    goals = Goals(target_roas=3.0, daily_budget=1e6)
    truth = AuctionMarket(seed, world, auction, goals, _MORNING).true_day()
    middle = truth.bids.shape[1] * 2 // 3
    cpc = truth.cost[:, middle] / truth.clicks[:, middle]
    cvr = np.minimum(price_share * goals.target_roas * cpc / world.order_value, 0.3)
    return AuctionMarket(seed, replace(world, cvr=cvr), auction, goals, _MORNING)


def false_alarms(seed: int, days: int) -> Iterator[tuple[str, int, int, float]]:
    """Rule, words it alone dropped, words, and the false-alarm rate its setting states."""
    for rule, setting in _SETTINGS.items():
        off = {name: {"enabled": False} for name in _SETTINGS if name != rule}
        policy = TestAndPrune.model_validate(off)
        market = market_of_equals(seed, policy.price_share)
        life = play(market, by_hand(judge_of(policy)), days)
        stated = getattr(getattr(policy, rule), setting) if setting else 0.0
        yield rule, int((~np.isnan(life.dropped_on)).sum()), len(life.dropped_on), stated
