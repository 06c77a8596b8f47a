"""From a shop's facts to what plans would have brought, and refusals that say why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from bidopt.backtest.auction_market import AuctionMarket
from bidopt.backtest.off_policy.evaluate import evaluate
from bidopt.backtest.off_policy.randomised_log import OffPolicyError, randomised_log
from bidopt.facts.fact_tables import FactTables
from tests.backtest.off_policy.conftest import DAYS, SMALL


@pytest.fixture(scope="module")
def facts(market: AuctionMarket) -> FactTables:
    """What is known once the orders of the first two of those weeks have come."""
    return market.facts()


def plan(market: AuctionMarket, factor: float = 1.0) -> pd.DataFrame:
    return market.world.keywords.assign(bid=np.round(market.controls.bids * factor, 2))


def test_plans_are_ordered_by_what_they_spend_and_known_to_be(
    market: AuctionMarket, facts: FactTables
) -> None:
    plans = {"less": plan(market, 0.85), "same": plan(market), "more": plan(market, 1.15)}
    told = evaluate(facts, plans, first=market.morning - timedelta(days=DAYS))
    for estimator in ("ips", "snips", "dr"):
        cost = {name: said.figures[estimator]["cost"].value for name, said in told.items()}
        assert cost["less"] < cost["same"] < cost["more"]
    more, less = (told[name].figures["dr"]["cost"] for name in ("more", "less"))
    assert more.minus(less).interval()[0] > 0
    assert set(told["same"].figures["dr"]) == {"clicks", "cost", "conversions", "revenue", "profit"}


def test_a_plan_that_cannot_be_judged_does_not_stop_the_others(
    market: AuctionMarket, facts: FactTables
) -> None:
    told = evaluate(
        facts, {"same": plan(market), "far": plan(market, 5.0)}, first=market.morning - timedelta(days=DAYS)
    )
    assert told["same"].refused is None
    assert "超出了历史试过的范围" in str(told["far"].refused)
    assert told["far"].figures == {}


def test_a_plan_may_differ_from_day_to_day(market: AuctionMarket, facts: FactTables) -> None:
    days = [market.morning - timedelta(days=DAYS - i) for i in range(DAYS)]
    each = [plan(market, 1 + 0.1 * (i % 2)).assign(date=pd.Timestamp(day)) for i, day in enumerate(days)]
    daily = pd.concat(each, ignore_index=True).astype({"date": "datetime64[s]"})
    told = evaluate(facts, {"daily": daily, "low": plan(market), "high": plan(market, 1.1)}, first=days[0])
    cost = {name: said.figures["dr"]["cost"].value for name, said in told.items()}
    assert cost["low"] < cost["daily"] < cost["high"]


def test_only_days_whose_orders_are_complete_are_used(market: AuctionMarket, facts: FactTables) -> None:
    log = randomised_log(facts, market.morning - timedelta(days=DAYS))
    assert len(log.dates) == DAYS - 15 + 1
    assert log.dates[-1] == pd.Timestamp(market.morning - timedelta(days=15))


def test_a_drawn_keyword_day_that_no_report_tells_brought_nothing(
    market: AuctionMarket, facts: FactTables
) -> None:
    first = market.morning - timedelta(days=DAYS)
    days = facts.keyword_days
    seen = replace(facts, keyword_days=days[days["impressions"] > 0].reset_index(drop=True))
    whole, left = randomised_log(facts, first), randomised_log(seen, first)
    assert len(left.bid) == len(whole.bid)
    assert left.outcomes["cost"].sum() == whole.outcomes["cost"].sum()


def test_a_day_that_no_report_tells_is_left_out(market: AuctionMarket, facts: FactTables) -> None:
    first = market.morning - timedelta(days=DAYS)
    days = facts.keyword_days
    gap = replace(facts, keyword_days=days[days["date"] != pd.Timestamp(first) + pd.Timedelta(days=3)])
    assert len(randomised_log(gap, first).dates) == len(randomised_log(facts, first).dates) - 1


def test_a_log_without_chance_is_refused(facts: FactTables) -> None:
    with pytest.raises(OffPolicyError, match="没有随机出价记录"):
        evaluate(replace(facts, drawn_bids=facts.drawn_bids.iloc[:0]), {})


def test_probabilities_of_nothing_are_refused(facts: FactTables) -> None:
    with pytest.raises(OffPolicyError, match="没有出价概率 propensity"):
        evaluate(replace(facts, drawn_bids=facts.drawn_bids.assign(propensity=0.0)), {})


def test_days_that_budgets_cut_short_are_refused(market: AuctionMarket, facts: FactTables) -> None:
    tight = facts.budget_days.assign(daily_budget=1.0)
    with pytest.raises(OffPolicyError, match="发生在日限额花完的计划日"):
        evaluate(replace(facts, budget_days=tight), {}, first=market.morning - timedelta(days=DAYS))


def test_plans_that_would_outspend_their_budgets_are_refused(
    market: AuctionMarket, facts: FactTables
) -> None:
    key = ["date", "campaign_id"]
    spent = facts.keyword_days.groupby(key, as_index=False)["cost"].sum()
    spent["budget"] = 1.2 * spent.groupby("campaign_id")["cost"].transform("mean")
    budgets = facts.budget_days.merge(spent[spent["cost"] < 0.9 * spent["budget"]], on=key)
    budgets = budgets.assign(daily_budget=budgets["budget"])[facts.budget_days.columns]
    told = evaluate(
        replace(facts, budget_days=budgets),
        {"same": plan(market), "more": plan(market, 1.3)},
        first=market.morning - timedelta(days=DAYS),
    )
    assert told["same"].refused is None
    assert "会花完日限额" in str(told["more"].refused)


def test_before_any_day_is_complete_there_is_nothing_to_say() -> None:
    with pytest.raises(OffPolicyError, match="还没有成交已到齐的日子"):
        evaluate(SMALL.market(4).facts(), {})
