"""The target-ROAS formula and the funding of campaigns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bidopt.decisions.allocation.target_roas import TargetRoas
from bidopt.decisions.draft import Draft, keep_everything
from bidopt.decisions.policy import Situation
from bidopt.domain.goals import Goals
from bidopt.evidence.evidence import EvidenceSettings, gather
from bidopt.evidence.forecast import forecast
from bidopt.facts.fact_tables import FactTables
from tests.conftest import AS_OF, FactsOf

ROW = {
    "impressions": 1e5,
    "clicks": 5000.0,
    "cost": 5000.0,
    "conversions": 500.0,
    "revenue": 50_000.0,
    "bid": 1.2,
}


def decide(facts: FactTables, goals: Goals | None = None, policy: TargetRoas | None = None) -> Draft:
    situation = morning(facts, goals or Goals())
    return (policy or TargetRoas()).decide(situation)


def morning(facts: FactTables, goals: Goals) -> Situation:
    evidence = gather(facts, AS_OF, EvidenceSettings())
    return Situation(AS_OF, goals, evidence, keep_everything(evidence))


def old(**row: Any) -> dict[str, Any]:  # noqa: ANN401
    return {**ROW, "age": 20, **row}


def test_bid_is_value_per_click_over_target(facts_of: FactsOf) -> None:
    bids = decide(facts_of([old(revenue=30_000.0)]), Goals(target_roas=4.0)).bids
    assert bids["action"].tolist() == ["set_bid"]
    assert bids["bid"][0] == pytest.approx(6.0 / 4, rel=0.02)


def test_small_moves_are_not_worth_it(facts_of: FactsOf) -> None:
    bids = decide(facts_of([old(revenue=18_300.0)])).bids
    assert bids["action"].tolist() == ["keep"]
    assert bids["reason"][0].startswith("bid_is_right")


def test_profit_never_bids_more_than_a_click_earns(facts_of: FactsOf) -> None:
    goals = Goals(objective="profit", target_roas=1.0, gross_margin=0.5)
    facts = facts_of(
        [old(), old(product_id="p2", keyword="own margin")],
        products=[{"product_id": "p2", "gross_margin": 0.1}],
    )
    bid = decide(facts, goals).bids.set_index("product_id")["bid"]
    assert bid["p1"] == pytest.approx(10 * 0.5, rel=0.02)
    assert bid["p2"] == pytest.approx(10 * 0.1, rel=0.02)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"status": "paused"}, "not_running"),
        ({"match_type": "package"}, "no_keyword_bid"),
        ({"bid": np.nan, "clicks": 0.0, "cost": 0.0}, "bid_unknown"),
    ],
)
def test_words_that_cannot_be_bid_on_are_kept_with_a_reason(
    facts_of: FactsOf, row: dict[str, Any], reason: str
) -> None:
    bids = decide(facts_of([old(), old(keyword="other", **row)])).bids.set_index("keyword")
    assert (bids["action"]["other"], bids["reason"]["other"]) == ("keep", reason)


def test_more_orders_never_lower_a_bid(facts_of: FactsOf) -> None:
    bids = [
        decide(facts_of([old(conversions=c, revenue=100 * c)], products=[{"price": 100.0}])).bids["bid"][0]
        for c in (0.0, 1.0, 50.0, 400.0, 9000.0)
    ]
    assert bids == sorted(bids)


@pytest.mark.parametrize("factor", [100.0, 0.01])
def test_currency_scales_bids(facts_of: FactsOf, factor: float) -> None:
    one = decide(facts_of([old()])).bids
    other = decide(facts_of([old(cost=5000.0 * factor, revenue=50_000.0 * factor, bid=1.2 * factor)])).bids
    np.testing.assert_allclose(other["bid"], one["bid"] * factor, rtol=1e-9)


def two_campaigns(facts_of: FactsOf, **campaigns: dict[str, float]) -> FactTables:
    rows: list[dict[str, Any]] = [
        {**ROW, "age": age, "campaign_id": name, "product_id": name, "keyword": name, "clicks": 100.0, "cost": 100.0,
         "impressions": 2000.0, "conversions": orders, "revenue": orders * 100}
        for name, orders in (("rich", 9.0), ("poor", 4.0))
        for age in range(16, 30)
    ]  # fmt: skip
    recent = [{**r, "age": r["age"] - 15} for r in rows]
    listed = [
        {"campaign_id": name, **campaigns.get(name, {"daily_budget": 150.0})} for name in ("rich", "poor")
    ]
    return facts_of([*rows, *recent], campaigns=listed)


def budget_of(changes: Draft) -> pd.Series[float]:
    return changes.budgets.set_index("campaign_id")["budget"]


def test_money_goes_first_to_the_campaign_that_returns_most(facts_of: FactsOf) -> None:
    """Both want more than 60; a cut of a fifth for both comes before a raise for the better one."""
    facts = two_campaigns(facts_of, rich={"daily_budget": 60.0}, poor={"daily_budget": 60.0})
    funded = {
        money: budget_of(decide(facts, Goals(daily_budget=money))).to_dict()
        for money in (1000.0, 110.0, 90.0)
    }
    assert funded[1000.0] == pytest.approx({"rich": 78.0, "poor": 78.0})
    assert funded[110.0] == pytest.approx({"rich": 62.0, "poor": 48.0})
    assert funded[90.0] == pytest.approx({"rich": 48.0, "poor": 42.0})


def test_headroom_of_one_never_starves_the_expected_spend_of_another(facts_of: FactsOf) -> None:
    had = {"daily_budget": 170.0}
    facts = two_campaigns(facts_of, rich=had, poor=had)
    changes = decide(facts, Goals(daily_budget=430.0, target_roas=2.0))
    cost = changes.budgets.set_index("campaign_id")["reason"].str.extract(r"cost=([\d.]+)")[0].astype(float)
    assert (budget_of(changes) >= cost.fillna(100) * 0.999).all()


def test_minimum_and_maximum_budgets_hold(facts_of: FactsOf) -> None:
    limits = {
        "rich": {"daily_budget": 150.0, "max_budget": 90.0},
        "poor": {"daily_budget": 150.0, "min_budget": 60.0},
    }
    budgets = budget_of(decide(two_campaigns(facts_of, **limits), Goals(daily_budget=150.0)))
    assert budgets.to_dict() == pytest.approx({"rich": 90.0, "poor": 60.0})


def test_a_campaign_that_no_longer_runs_takes_no_money(facts_of: FactsOf) -> None:
    """An old campaign with a large budget must not starve the one that sells."""
    old_one = [{**ROW, "age": 60, "campaign_id": "old", "keyword": "old"}]
    rows = [
        {**ROW, "age": a, "clicks": 60.0, "cost": 30.0, "conversions": 5.0, "revenue": 250.0}
        for a in range(1, 15)
    ]
    facts = facts_of([*rows, *old_one], campaigns=[{"daily_budget": 60.0}])
    listed = facts.current_budgets.assign(current_budget=[60.0, 1000.0])
    decided = decide(replace(facts, current_budgets=listed), Goals(daily_budget=300.0))
    assert budget_of(decided)["c1"] >= 60
    assert decided.budgets["reason"].tolist()[1] == "campaign_not_running"


def test_an_idle_campaign_is_funded_last_and_nobody_gets_nothing(facts_of: FactsOf) -> None:
    facts = two_campaigns(facts_of, rich={"daily_budget": 80.0}, poor={"daily_budget": 200.0})
    words = facts.current_bids
    paused = words.assign(status=words["status"].where(words["campaign_id"] == "rich", "paused"))
    budgets = budget_of(decide(replace(facts, current_bids=paused), Goals(daily_budget=100.0)))
    assert budgets["rich"] == pytest.approx(99.0)
    assert budgets["poor"] == pytest.approx(1.0)


def test_an_unknown_budget_is_not_guessed(facts_of: FactsOf) -> None:
    facts = two_campaigns(facts_of, rich={"daily_budget": np.nan}, poor={"daily_budget": 150.0})
    budgets = decide(facts).budgets.set_index("campaign_id")
    assert np.isnan(budgets["budget"]["rich"])
    assert budgets["reason"]["rich"] == "budget_unknown"
    assert budgets["budget"]["poor"] <= 150


def test_words_paused_by_hand_bring_nothing(facts_of: FactsOf) -> None:
    situation = morning(facts_of([old(age=1, status="paused")], campaigns=[{"daily_budget": 60.0}]), Goals())
    decided = TargetRoas().decide(situation)
    assert forecast(decided.bids, situation.evidence)["expected_cost"].tolist() == [0]
    assert decided.budgets["budget"].tolist() == [60.0]


def test_refunds_larger_than_sales_are_worth_nothing(facts_of: FactsOf) -> None:
    decided = decide(
        facts_of([old(), old(keyword="refunded", product_id="p2", conversions=-3.0, revenue=-900.0)])
    )
    bid = decided.bids.set_index("keyword")["bid"]
    assert bid["refunded"] >= 0


def test_a_campaign_that_is_cut_off_by_its_budget_and_returns_enough_gets_more(facts_of: FactsOf) -> None:
    facts = two_campaigns(facts_of, rich={"daily_budget": 100.0}, poor={"daily_budget": 1000.0})
    budgets = decide(facts, Goals(daily_budget=2000.0, target_roas=2.0)).budgets.set_index("campaign_id")
    assert budgets["budget"]["rich"] >= 130
    assert budgets["reason"]["rich"].startswith("budget_bound")


def test_a_budget_that_does_not_bind_stays_while_its_campaign_returns_enough(facts_of: FactsOf) -> None:
    facts = two_campaigns(facts_of, rich={"daily_budget": 5000.0}, poor={"daily_budget": 5000.0})
    decided = decide(facts)
    assert budget_of(decided).to_dict() == pytest.approx({"rich": 5000.0, "poor": 5000.0})
    assert decided.budgets["reason"].str.startswith("budget_enough").all()


def test_a_campaign_below_the_target_loses_at_most_a_fifth_a_day(facts_of: FactsOf) -> None:
    facts = two_campaigns(facts_of, rich={"daily_budget": 5000.0}, poor={"daily_budget": 5000.0})
    assert budget_of(decide(facts, Goals(target_roas=50.0))).to_dict() == pytest.approx(
        {"rich": 4000.0, "poor": 4000.0}
    )
