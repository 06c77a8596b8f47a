"""The market driven by the daily batch on exported files comes out as the market driven in process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from bidopt.backtest.auction_market import AuctionMarket
from bidopt.backtest.scenarios import SCENARIOS
from bidopt.domain.changes import Changes
from bidopt.jobs.init_shop import init_shop
from bidopt.jobs.run_day import run_day
from bidopt.jobs.shop import Shop

DAYS = 4


def small_market() -> AuctionMarket:
    """A shop small enough for a few runs through files."""
    return replace(SCENARIOS["steady"], keywords=40, products=3).market(seed=5)


def in_process(shop: Shop) -> tuple[list[Changes], pd.DataFrame]:
    """The plans and what they brought, with the shop's settings."""
    market, plans = small_market(), []
    for _ in range(DAYS):
        plans.append(shop.settings.recommender.recommend(market.facts(), market.morning).changes)
        market.play(plans[-1])
    return plans, market.outcome()


def through_files(shop: Shop) -> tuple[list[Changes], pd.DataFrame]:
    """The same by exporting, running the batch and playing what it published."""
    market, plans = small_market(), []
    for _ in range(DAYS):
        market.write_exports(shop.inbox)
        plans.append(run_day(shop, market.morning, lambda _: None).plan.changes)
        market.play(plans[-1])
    return plans, market.outcome()


def test_files_and_process_give_the_same_plans_and_the_same_shop(tmp_path: Path) -> None:
    goals = small_market().goals
    shop = init_shop(tmp_path / "shop", target_roas=goals.target_roas, daily_budget=goals.daily_budget)
    direct, outcome = in_process(shop)
    filed, filed_outcome = through_files(shop)
    for one, other in zip(direct, filed, strict=True):
        assert (one.bids["action"] == "set_bid").sum() > 0
        pd.testing.assert_frame_equal(one.bids, other.bids)
        pd.testing.assert_frame_equal(one.budgets, other.budgets)
    pd.testing.assert_frame_equal(outcome, filed_outcome)
