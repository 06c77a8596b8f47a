"""A simulated shop whose bids were drawn by chance for weeks, what the policies would bid, and what that brings in truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from bidopt.backtest.auction_market import AuctionMarket
from bidopt.backtest.baselines.paced_value import PacedValue
from bidopt.backtest.baselines.proportional_roi import ProportionalRoi
from bidopt.backtest.baselines.target_roas_shrunk import TargetRoasShrunk
from bidopt.backtest.bid_noise import BidNoise, LogNormalNoise
from bidopt.backtest.logged_days import FactHistory
from bidopt.backtest.market import TrueDay
from bidopt.backtest.scenarios import SCENARIOS
from bidopt.decisions.allocation.learning_bidder import LearningBidder
from bidopt.decisions.policy import Policy
from bidopt.decisions.pruning.test_and_prune import TestAndPrune
from bidopt.domain.changes import BIDS, BUDGETS, KEYWORDS, TITLES, Changes
from bidopt.domain.metrics import Array
from bidopt.evidence.evidence import EvidenceSettings
from bidopt.facts.fact_tables import FactTables
from bidopt.recommender import Recommender

NOISE, STEP = LogNormalNoise(0.25), 0.30
"""What the log has tried around every bid, and how far a policy may move one: within it."""

AFTERWARDS = 14
"""Further days that are played until the orders of the last evaluated day are complete."""

PLENTY = 1e6
"""Daily budget of every campaign: money never runs out."""

RANKED = ("cost", "revenue", "profit")
TOLD = (*RANKED, "roas", "gain")
"""All outcomes told; the gain is of revenue, over keeping all bids."""

POLICIES: Mapping[str, Policy] = {
    "proportional_roi": ProportionalRoi(),
    "target_roas_shrunk": TargetRoasShrunk(),
    "paced_value": PacedValue(),
    "learning_bidder": LearningBidder(),
    "test_and_prune": TestAndPrune(),
}
SCALED = {"keep_bids": 1.0, "all_down_20": 0.8, "all_up_20": 1.2}


@dataclass(frozen=True)
class LoggedShop:
    """What estimators may see of a shop, and the truth.

    Args:
        history: tells the facts of any morning.
        morning: the last, on which all orders of the evaluated days are known.
        first: first day to evaluate on; the policies have decided on its morning.
        last: last day to evaluate on.
        plans: policy -> KEYWORD_KEY columns and bid, 0 where paused; in force on all days.
        truth: policy -> outcome -> expected per day over the days, before any luck.
    """

    history: FactHistory
    morning: date
    first: date
    last: date
    plans: Mapping[str, pd.DataFrame]
    truth: Mapping[str, Mapping[str, float]]


def logged_shop(seed: int, days: int, policies: Mapping[str, Policy], noise: BidNoise = NOISE) -> LoggedShop:
    """Two weeks by hand, then `days` days at the same bids; every bid of every day is drawn around the hand's.

    Args:
        seed: of the market.
        days: to evaluate on.
        policies: that decide once, on the first morning; beside them stand SCALED and `random_30`.
        noise: on every bid of every day.
    """
    market = replace(SCENARIOS["steady"], noise=noise).market(seed)
    facts, first = market.facts(), market.morning
    bids = _scaled(market, seed) | _decided(market, facts, policies)
    nothing = BIDS.empty(), KEYWORDS.empty(), TITLES.empty()
    budgets = facts.current_budgets[["platform", "campaign_id"]].assign(budget=PLENTY)
    richer = Changes(nothing[0], BUDGETS.conform(budgets), *nothing[1:])
    margin = market.world.products["gross_margin"].to_numpy()[market.world.product_of]
    brought: dict[str, list[Array]] = {name: [] for name in bids}
    last = first
    for day in range(days + AFTERWARDS):
        if day < days:
            truth, last = market.true_day(), market.morning
            for name, bid in bids.items():
                brought[name].append(_expected(truth, bid, margin))
        market.play(richer)
    plans = {name: market.world.keywords.assign(bid=bid) for name, bid in bids.items()}
    means = {name: np.mean(values, axis=0).tolist() for name, values in brought.items()}
    return LoggedShop(
        market,
        market.morning,
        first,
        last,
        plans,
        {n: dict(zip(RANKED, m, strict=True)) for n, m in means.items()},
    )


def _scaled(market: AuctionMarket, seed: int) -> dict[str, Array]:
    """Bids that need no policy, shape (n,)."""
    by_hand = market.controls.bids
    moved = np.random.default_rng([seed, 9]).uniform(1 - STEP, 1 + STEP, len(by_hand))
    bids = {name: by_hand * factor for name, factor in SCALED.items()} | {"random_30": by_hand * moved}
    return {name: np.round(bid, 2) for name, bid in bids.items()}


def _decided(market: AuctionMarket, facts: FactTables, policies: Mapping[str, Policy]) -> dict[str, Array]:
    """What each policy bids from this morning on, shape (n,); 0 where it pauses."""
    by_hand = market.controls.bids
    made: dict[str, Array] = {}
    if not policies:
        return made
    base = Recommender(market.goals, EvidenceSettings(), (), ())
    evidence = base.learn(facts, market.morning)
    for name, policy in policies.items():
        plan = replace(base, policies=(policy,)).decide(evidence).changes.bids
        moves = (plan["action"] == "set_bid").to_numpy()
        bid = np.clip(np.where(moves, plan["bid"], by_hand), by_hand * (1 - STEP), by_hand * (1 + STEP))
        made[name] = np.where(plan["action"] == "pause", 0.0, np.round(bid, 2))
    return made


def _expected(truth: TrueDay, bid: Array, margin: Array) -> Array:
    """Cost, revenue and profit of a day at one bid per keyword, between the grid's bids by log bid."""
    rows, grid = np.arange(len(bid)), truth.bids
    left = np.clip((grid <= bid[:, None]).sum(axis=1) - 1, 0, grid.shape[1] - 2)
    low, high = grid[rows, left], grid[rows, left + 1]
    share = np.clip(np.log(np.maximum(bid, 1e-9) / low) / np.log(high / low), 0.0, 1.0)

    def at(height: Array) -> Array:
        between: Array = height[rows, left] * (1 - share) + height[rows, left + 1] * share
        return np.where(bid > 0, between, 0.0)

    cost, revenue = at(truth.cost), at(truth.clicks) * truth.value_per_click
    return np.array([cost.sum(), revenue.sum(), (revenue * margin - cost).sum()])
