"""A market plays what it is told, and its expected figures are the means of what it draws."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bidopt.backtest.auction_day import ARRIVED, SHOCK, HappenedDay, draw_day, expected_day
from bidopt.backtest.auction_market import AuctionMarket
from bidopt.backtest.bid_noise import LogNormalNoise
from bidopt.backtest.controls import Controls
from bidopt.backtest.market import TRUE_OUTCOME
from bidopt.backtest.scenarios import LANDSCAPES, SCENARIOS
from bidopt.domain.changes import BIDS, BUDGETS, KEYWORD_KEY, KEYWORDS, TITLES, Changes
from bidopt.domain.metrics import Array

SMALL = replace(SCENARIOS["steady"], keywords=60, products=5, orders=60.0, twists=())
DAYS = 400


@pytest.fixture
def market() -> AuctionMarket:
    return SMALL.market(2)


def plan(market: AuctionMarket, **columns: Any) -> Changes:  # noqa: ANN401  whatever a table takes
    """A plan for all keywords; budgets as they are unless `budget` is given."""
    budget = columns.pop("budget", None)
    facts = market.facts()
    bids = facts.current_bids[list(KEYWORD_KEY)].assign(
        action="set_bid", bid=facts.current_bids["current_bid"]
    )
    budgets = facts.current_budgets[["platform", "campaign_id"]]
    given = budgets.assign(budget=budget) if budget is not None else budgets.iloc[:0]
    return Changes(
        BIDS.conform(bids.assign(**columns)), BUDGETS.conform(given), KEYWORDS.empty(), TITLES.empty()
    )


def controls(market: AuctionMarket, budget: float = np.inf) -> Controls:
    bids = market.facts().current_bids["current_bid"].to_numpy()
    return Controls(bids, np.zeros(len(bids), dtype=bool), np.full(len(market.world.campaigns), budget))


def drawn(market: AuctionMarket, family: str, in_force: Controls) -> list[HappenedDay]:
    truth = market._days.conditions(market.morning)
    auction = LANDSCAPES[family](market.world, np.random.default_rng(1))
    rngs = [np.random.default_rng([7, day]) for day in range(DAYS)]
    return [draw_day(rng, market.world, auction, truth, in_force) for rng in rngs]


def test_the_same_seed_is_the_same_market_and_another_is_not() -> None:
    one, same, other = (SMALL.market(seed) for seed in (4, 4, 5))
    for market in (one, same, other):
        market.play(plan(market))
    pd.testing.assert_frame_equal(one.facts().keyword_days, same.facts().keyword_days)
    np.testing.assert_array_equal(one.true_day().cost, same.true_day().cost)
    assert one.outcome().equals(same.outcome())
    assert not one.outcome().equals(other.outcome())


@pytest.mark.parametrize("family", sorted(LANDSCAPES))
def test_expected_figures_are_the_means_of_drawn_days(market: AuctionMarket, family: str) -> None:
    """Within 4 standard errors: a false alarm in 1 of 16,000 seeds for each of the two figures."""
    in_force = controls(market)
    days = drawn(market, family, in_force)
    auction = LANDSCAPES[family](market.world, np.random.default_rng(1)).over_shocks(SHOCK)
    truth = market._days.conditions(market.morning)
    cost, revenue = expected_day(market.world, auction, truth, in_force)
    rounding_down = 0.005 * len(market.world.keywords)
    spent = np.array([day.cost.sum() for day in days]) + rounding_down
    sold = np.array([day.order_value.sum() for day in days])
    for sample, expected, more in ((spent, cost, rounding_down), (sold, revenue, 0.0)):
        assert np.mean(sample) == pytest.approx(expected, abs=4 * sample.std() / np.sqrt(DAYS) + more)


def test_orders_arrive_as_their_delay_says(market: AuctionMarket) -> None:
    """Share known after a morning, by the product's own curve; 4 standard errors as above."""
    days = drawn(market, "generalized_second_price", controls(market))
    keyword = np.concatenate([day.order_keyword for day in days])
    lag = np.concatenate([day.order_lag for day in days])
    for age in (1, 3, 7):
        share = ARRIVED[age - 1] ** market.world.lag[keyword]
        error = 4 * np.sqrt((share * (1 - share)).sum()) / len(keyword)
        assert np.mean(lag <= age) == pytest.approx(share.mean(), abs=error)
    assert lag.max() == 15


def test_budgets_cap_what_is_spent_and_thin_the_day_evenly(market: AuctionMarket) -> None:
    free, tight = controls(market), controls(market, budget=20.0)
    whole, cut = (drawn(market, "generalized_second_price", c) for c in (free, tight))
    campaigns, count = market.world.campaign_of, len(market.world.campaigns)

    def spent(day: HappenedDay) -> Array:
        return np.bincount(campaigns, day.cost, minlength=count).astype(np.float64)

    assert all((spent(day) <= 20.0 + 1e-9).all() for day in cut)
    assert np.mean([spent(day).max() for day in whole]) > 40
    impressions, clicks = (
        [np.sum([getattr(day, name).sum() for day in days]) for days in (whole, cut)]
        for name in ("impressions", "clicks")
    )
    assert impressions[1] < 0.8 * impressions[0]
    # clicks and impressions are cut in nearly the same proportion; campaigns differ in click rate
    assert clicks[1] / clicks[0] == pytest.approx(impressions[1] / impressions[0], rel=0.2)


def test_a_campaign_that_runs_out_of_money_has_used_it_up(market: AuctionMarket) -> None:
    """But for cents that are lost in rounding, one a keyword at most."""
    free, tight = controls(market), controls(market, budget=20.0)
    campaigns, count = market.world.campaign_of, len(market.world.campaigns)
    whole, cut = (
        np.stack(
            [
                np.bincount(campaigns, day.cost, minlength=count)
                for day in drawn(market, "generalized_second_price", c)
            ]
        )
        for c in (free, tight)
    )
    short = whole > 20.0 + 0.6
    assert short.any()
    assert (cut[short] >= 20.0 - 0.6).all()
    assert (cut[~short] <= 20.0).all()


def test_luck_does_not_depend_on_what_was_played_before() -> None:
    one, other = SMALL.market(6), SMALL.market(6)
    one.play(plan(one))
    other.play(plan(other, action="pause"))
    for market in (one, other):
        market.play(plan(market, action="resume", bid=0.5, budget=5000.0))
    last = [market.facts().keyword_days.tail(60).reset_index(drop=True) for market in (one, other)]
    assert last[0]["clicks"].equals(last[1]["clicks"])
    np.testing.assert_array_equal(one.true_day().clicks, other.true_day().clicks)


def test_paused_words_buy_nothing_until_resumed(market: AuctionMarket) -> None:
    market.play(plan(market, action="pause"))
    assert market.outcome()["cost"].iloc[-1] == 0
    assert market.outcome()["expected_revenue"].iloc[-1] == 0
    assert (market.facts().current_bids["status"] == "paused").all()
    market.play(plan(market, bid=3.0))
    assert market.outcome()["cost"].iloc[-1] == 0  # a bid wakes nobody
    market.play(plan(market, action="resume", bid=np.nan))
    assert market.outcome()["cost"].iloc[-1] > 0
    assert (market.facts().current_bids["current_bid"] == 3.0).all()


def test_a_plan_in_any_order_with_strangers_moves_what_it_names(market: AuctionMarket) -> None:
    bids = plan(market).bids
    moved = bids.iloc[[40, 3]].assign(bid=[1.11, 2.22], action="set_bid")
    stranger = bids.iloc[[0]].assign(keyword="没有这个词", bid=9.0)
    changes = replace(plan(market), bids=pd.concat([moved, stranger], ignore_index=True))
    before = market.facts().current_bids["current_bid"].to_numpy()
    market.play(changes)
    after = market.facts().current_bids["current_bid"].to_numpy()
    assert (after[40], after[3]) == (1.11, 2.22)
    assert np.flatnonzero(before != after).tolist() == [3, 40]


def test_the_outcome_has_a_row_for_each_day_played(market: AuctionMarket) -> None:
    assert market.outcome().empty
    first = market.morning
    for _ in range(3):
        market.play(plan(market, budget=50.0))
    outcome = TRUE_OUTCOME.check(market.outcome())
    assert outcome["date"].tolist() == list(pd.date_range(first, periods=3, unit="s"))
    assert (outcome["budget"] == 250.0).all()
    assert (outcome["expected_cost"] <= 250.0 + 1e-9).all()
    days = market.facts().keyword_days
    assert outcome["cost"].sum() == pytest.approx(days.loc[days["date"] >= pd.Timestamp(first), "cost"].sum())


def test_the_true_day_agrees_with_what_is_expected_at_its_bids(market: AuctionMarket) -> None:
    truth = market.true_day()
    level = 30
    market.play(plan(market, bid=truth.bids[:, level], budget=1e6))
    outcome = market.outcome().iloc[-1]
    assert outcome["expected_cost"] == pytest.approx(truth.cost[:, level].sum(), rel=1e-9)
    revenue = (truth.clicks[:, level] * truth.value_per_click).sum()
    assert outcome["expected_revenue"] == pytest.approx(revenue, rel=1e-9)
    assert (np.diff(truth.bids, axis=1) > 0).all()
    assert truth.keywords.equals(market.facts().current_bids[list(KEYWORD_KEY)])


def test_hand_bids_were_moved_for_about_a_third_of_the_words() -> None:
    days = SCENARIOS["steady"].market(1).facts().keyword_days
    bids = days["bid"].to_numpy().reshape(14, -1)
    moved = (bids != bids[0]).any(axis=0)
    # binomial of 240 words; 4.5 standard errors are a false alarm in 1 of 100,000 seeds
    assert moved.mean() == pytest.approx(1 / 3, abs=4.5 * np.sqrt(2 / 9 / 240) + 0.02)


def test_noise_is_put_on_wanted_bids_and_noted() -> None:
    noisy = replace(SMALL, noise=LogNormalNoise(0.2)).market(2)
    wanted = noisy.controls.bids
    nothing = replace(plan(noisy), bids=BIDS.empty())
    for _ in range(2):
        noisy.play(nothing)
    np.testing.assert_array_equal(noisy.controls.bids, wanted)  # a drawn bid is no new wish
    facts = noisy.facts()
    last = facts.drawn_bids.tail(60)
    log = facts.keyword_days.tail(60)
    np.testing.assert_array_equal(last["bid"], log["bid"])
    np.testing.assert_allclose(
        last["propensity"], LogNormalNoise(0.2).probability(last["bid"].to_numpy(), wanted)
    )
    assert (last["bid"].to_numpy() != wanted).mean() > 0.5
    noisy.play(plan(noisy, action="pause"))
    assert len(noisy.facts().drawn_bids) == len(facts.drawn_bids)  # nothing is drawn for paused words


def test_without_noise_nothing_is_noted(market: AuctionMarket) -> None:
    assert market.facts().drawn_bids.empty
