"""A simulated shop's record tells what exports would: no more, no less, and the same through files."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bidopt.backtest.auction_market import AuctionMarket
from bidopt.backtest.bid_noise import BidNoise, LogNormalNoise
from bidopt.backtest.scenarios import SCENARIOS
from bidopt.domain.changes import BIDS, BUDGETS, KEYWORD_KEY, KEYWORDS, TITLES, Changes
from bidopt.facts.fact_tables import FactTables, refuse_future
from bidopt.facts.schemas import WORD_LIVES
from bidopt.facts.warehouse import Warehouse
from bidopt.jobs.import_reports import import_inbox
from bidopt.jobs.init_shop import init_shop

WINDOW = 91
SMALL = replace(SCENARIOS["stock_outs"], keywords=30, products=5, orders=60.0)


def some_plan(facts: FactTables, seed: int) -> Changes:
    """Moves bids and budgets, pauses and resumes, leaves some keywords out."""
    rng = np.random.default_rng(seed)
    bids = facts.current_bids.iloc[::2] if seed % 2 else facts.current_bids
    actions = rng.choice(["set_bid", "pause", "resume", "keep"], len(bids), p=[0.5, 0.15, 0.1, 0.25])
    bid = np.round(bids["current_bid"] * rng.lognormal(0.0, 0.2, len(bids)), 2)
    budgets = facts.current_budgets[["platform", "campaign_id", "current_budget"]]
    return Changes(
        BIDS.conform(bids[list(KEYWORD_KEY)].assign(action=actions, bid=bid)),
        BUDGETS.conform(budgets.assign(budget=(budgets["current_budget"] * 1.1).round())),
        KEYWORDS.empty(),
        TITLES.empty(),
    )


def same_facts(one: FactTables, other: FactTables) -> None:
    for name, table in vars(one).items():
        if isinstance(table, pd.DataFrame):
            pd.testing.assert_frame_equal(table, getattr(other, name), obj=name)
        else:
            assert table == getattr(other, name)


@pytest.mark.parametrize("noise", [None, LogNormalNoise(0.2)], ids=["set", "drawn"])
def test_facts_in_process_are_those_of_the_imported_exports(tmp_path: Path, noise: BidNoise | None) -> None:
    # 16 days of history: later on, the oldest stand only in exports of the past, their orders complete
    market = replace(SMALL, history_days=16, noise=noise).market(3)
    shop = init_shop(tmp_path / "shop", name="shop", daily_budget=200.0)
    for morning in range(3):
        market.write_exports(shop.inbox)
        files = import_inbox(shop, market.morning, lambda _: None)
        assert {file.status for file in files} == {"imported"}
        # what became of dropped words stands in the ledger, not in exports: no plan was saved here
        told = replace(market.facts(), word_lives=WORD_LIVES.empty())
        same_facts(told, Warehouse(shop.facts).known_on(market.morning, WINDOW))
        market.play(some_plan(market.facts(), morning))


@pytest.fixture(scope="module")
def mornings() -> tuple[AuctionMarket, list[FactTables]]:
    market = SMALL.market(5)
    told = []
    for morning in range(18):
        told.append(market.facts())
        market.play(some_plan(told[-1], morning))
    return market, told


def test_facts_keep_their_schemas_and_see_no_future(
    mornings: tuple[AuctionMarket, list[FactTables]],
) -> None:
    told = mornings[1]
    for number, facts in list(enumerate(told))[::4]:
        FactTables.of(**{n: t for n, t in vars(facts).items() if isinstance(t, pd.DataFrame)})
        refuse_future(facts, SMALL.first_morning + timedelta(days=number))


def test_orders_are_restated_upwards_until_they_are_complete(
    mornings: tuple[AuctionMarket, list[FactTables]],
) -> None:
    told = mornings[1]
    size = len(told[0].keyword_days)
    early, late = told[0].keyword_days, told[-1].keyword_days.iloc[:size]
    assert (late["conversions"] >= early["conversions"]).all()
    assert (late["revenue"] >= early["revenue"]).all()
    assert late["conversions"].sum() > 1.02 * early["conversions"].sum()
    for column in ("impressions", "clicks", "cost", "bid"):
        assert (late[column] == early[column]).all()
    complete = told[-2].keyword_days.iloc[:size]
    assert (late["conversions"] == complete["conversions"]).all()  # the 15 days are over


def test_restatements_tell_the_growth_of_the_tables(
    mornings: tuple[AuctionMarket, list[FactTables]],
) -> None:
    *_, before, now = mornings[1]
    grown = now.restatements.merge(before.restatements, on=["platform", "age_from", "age_to"], how="left")
    new = grown["conversions_to_x"] - grown["conversions_to_y"].fillna(0.0)
    again = before.keyword_days["date"] >= now.keyword_days["date"].max() - pd.Timedelta(days=15)
    both = now.keyword_days.iloc[: len(before.keyword_days)]
    assert new.sum() == both.loc[again, "conversions"].sum()


def test_every_keyword_has_a_row_a_day_shown_or_not(
    mornings: tuple[AuctionMarket, list[FactTables]],
) -> None:
    days = mornings[1][-1].keyword_days
    assert (days.groupby("date").size() == 30).all()
    unseen = days["impressions"] == 0
    assert unseen.any()
    assert (days["average_rank"].isna() == unseen).all()
    paused = days["status"] == "paused"
    assert paused.any()
    assert (days.loc[paused, ["impressions", "clicks", "cost"]] == 0).all(axis=None)
    assert (days["cost"] * 100).round(6).mod(1).eq(0).all()
    assert (days["cost"] <= days["bid"] * days["clicks"] + 1e-9).all()


def test_exports_hold_sixteen_days_and_are_written_once(tmp_path: Path) -> None:
    market = replace(SMALL, history_days=17).market(5)
    first = market.write_exports(tmp_path)
    assert sum(p.name.startswith("keyword_days") for p in first) == 17
    market.play(some_plan(market.facts(), 0))
    second = market.write_exports(tmp_path)
    assert sorted(p.name for p in second) == [
        "campaigns_2026-07-11.csv",
        "keyword_days_2026-07-11.csv",
        "products_2026-07-11.csv",
    ]
    days = pd.read_csv(tmp_path / "keyword_days_2026-07-11.csv")["date"]
    assert days.nunique() == 16
    assert days.max() == str(date(2026, 7, 10))
