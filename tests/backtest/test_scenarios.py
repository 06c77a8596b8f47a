"""Scenarios are what their names say."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from bidopt.backtest.auction_market import AuctionMarket
from bidopt.backtest.clairvoyant import BestDay, best_day
from bidopt.backtest.scenarios import LANDSCAPES, SCENARIOS, scenario
from bidopt.domain.errors import BidoptError


def best(market: AuctionMarket) -> BestDay:
    return best_day(market.true_day(), market.goals)


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_every_scenario_leaves_room_above_the_hand_bids(name: str) -> None:
    """Hand bids come to between 35 and 80 % of the best; they do in each of the first 8 seeds."""
    market = scenario(name, seed=1)
    facts = market.facts()
    orders = facts.keyword_days["conversions"].sum() / SCENARIOS[name].history_days
    assert 3 < orders < 45
    goals, ideal = market.goals, best(market)
    assert goals.daily_budget is not None
    assert ideal.cost <= goals.daily_budget
    assert ideal.revenue >= goals.target_roas * ideal.cost * (1 - 1e-9)
    assert facts.current_budgets["current_budget"].sum() <= goals.daily_budget
    first = facts.keyword_days["date"].min()
    days = SCENARIOS[name].history_days
    assert first.date() == market.morning - timedelta(days=days)


@pytest.mark.parametrize("family", sorted(LANDSCAPES))
def test_the_target_binds_in_a_steady_market_of_every_family(family: str) -> None:
    ideal = best(scenario("steady", 2, family))
    assert ideal.revenue / ideal.cost == pytest.approx(3.0, rel=0.03)


def test_the_budget_binds_where_it_is_said_to() -> None:
    market = scenario("budget_bound", 2)
    ideal, budget = best(market), market.goals.daily_budget
    assert budget is not None
    assert ideal.cost == pytest.approx(budget, rel=0.03)
    assert ideal.revenue / ideal.cost > 3.3


def test_money_is_plenty_where_only_the_target_binds() -> None:
    market = scenario("roas_bound", 2)
    assert market.goals.daily_budget is not None
    assert best(market).cost < 0.5 * market.goals.daily_budget


def test_a_tight_target_is_five() -> None:
    market = scenario("tight_target", 2)
    assert market.goals.target_roas == 5.0
    assert best(market).revenue / best(market).cost == pytest.approx(5.0, rel=0.03)


def test_the_event_falls_into_the_thirty_days_played() -> None:
    market = scenario("event", 1)
    assert timedelta(days=7) < date(2026, 11, 11) - market.morning < timedelta(days=30)


def test_the_long_tail_is_sparse() -> None:
    """Four words of five sold nothing in the two weeks seen, one to three clicks a word and day."""
    days = scenario("long_tail", 1).facts().keyword_days
    assert len(days) / 14 == 800
    assert days["clicks"].mean() < 4
    assert days["clicks"].median() <= 1
    assert (days.groupby("keyword")["conversions"].sum() == 0).mean() > 0.75
    assert (days["conversions"] > 0).mean() < 0.03


def test_unknown_names_are_refused_with_a_suggestion() -> None:
    with pytest.raises(BidoptError, match="stedy") as refused:
        scenario("stedy", 1)
    assert "steady" in refused.value.hint
    with pytest.raises(BidoptError, match="vickrey"):
        scenario("steady", 1, "vickrey")


def test_scenarios_with_one_seed_share_their_shop() -> None:
    one, other = (scenario(name, 3).world for name in ("steady", "drift"))
    np.testing.assert_array_equal(one.cvr, other.cvr)
