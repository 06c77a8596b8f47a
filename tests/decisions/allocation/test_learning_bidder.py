"""The learning bidder on small shops: limits hold, more money and more orders help, and it says what binds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bidopt.decisions.allocation.campaign_budgets import SMALLEST
from bidopt.decisions.allocation.learning_bidder import LearningBidder
from bidopt.decisions.draft import Draft, keep_everything
from bidopt.decisions.policy import Situation
from bidopt.domain.changes import KEYWORDS
from bidopt.domain.goals import Goals
from bidopt.evidence.evidence import EvidenceSettings, gather
from bidopt.evidence.forecast import forecast
from bidopt.facts.fact_tables import FactTables
from tests.conftest import AS_OF, _facts_of

AGES = (*range(1, 6), *range(21, 31))
"""Ages of the reported days; those between belong to 双11."""

CVRS = (0.002, 0.01, 0.02, 0.03, 0.05, 0.08)
"""Orders per click of the words; an order is worth 100 and a click costs about 0.8."""

PLAIN = LearningBidder(trial_share=0.0)
EXACT = LearningBidder(trial_share=0.0, min_change=0.0)


def shop_rows(extra_orders: Mapping[int, float] | None = None, money: float = 1.0) -> list[dict[str, Any]]:
    """Keyword-days of two campaigns of three words each, whose bids moved a little from day to day."""
    rng = np.random.default_rng(4)
    rows: list[dict[str, Any]] = []
    for word, cvr in enumerate(CVRS):
        for age in AGES:
            bid = 1.2 * (1.0, 0.8, 1.25)[age % 3]
            clicks = float(rng.poisson(25 * bid))
            orders = float(rng.poisson(clicks * cvr))
            if age == AGES[-1]:
                orders += (extra_orders or {}).get(word, 0.0)
            rows.append(
                {
                    "keyword": f"word{word}",
                    "campaign_id": f"c{word % 2}",
                    "product_id": f"p{word % 2}",
                    "age": age,
                    "impressions": clicks * 20,
                    "clicks": clicks,
                    "cost": clicks * bid * 0.7 * money,
                    "conversions": orders,
                    "revenue": orders * 100.0 * money,
                    "bid": bid * money,
                }
            )
    return rows


def facts(
    rows: Sequence[Mapping[str, Any]] | None = None,
    products: Sequence[Mapping[str, Any]] = (),
    budget: float = 120.0,
    **limits: float,
) -> FactTables:
    campaigns = [{"campaign_id": c, "daily_budget": budget, **limits} for c in ("c0", "c1")]
    return _facts_of(shop_rows() if rows is None else rows, campaigns=campaigns, products=products)


def morning(known: FactTables, **goals: Any) -> Situation:  # noqa: ANN401
    evidence = gather(known, AS_OF, EvidenceSettings())
    return Situation(AS_OF, Goals(**goals), evidence, keep_everything(evidence))


def plan(situation: Situation, policy: LearningBidder = PLAIN) -> Draft:
    return policy.decide(situation)


def totals(situation: Situation, draft: Draft) -> tuple[float, float]:
    """Expected cost and revenue of a plan."""
    expected = forecast(draft.bids, situation.evidence)
    return float(expected["expected_cost"].sum()), float(expected["expected_revenue"].sum())


def bids_of(draft: Draft) -> pd.Series[float]:
    return draft.bids.set_index("keyword")["bid"]


def notes_of(draft: Draft) -> set[str]:
    return {note.split(" ")[0] for note in draft.notes}


@pytest.fixture(scope="module")
def usual() -> Situation:
    return morning(facts())


@pytest.mark.parametrize("target", [1.5, 2.5, 4.0])
def test_the_plan_keeps_the_target(usual: Situation, target: float) -> None:
    situation = replace(usual, goals=Goals(target_roas=target))
    cost, revenue = totals(situation, plan(situation))
    assert revenue >= target * cost


def test_a_target_out_of_reach_is_said_and_the_worst_words_come_down(usual: Situation) -> None:
    situation = replace(usual, goals=Goals(target_roas=40.0))
    draft = plan(situation)
    assert "target_out_of_reach" in notes_of(draft)
    base = situation.evidence.keywords.set_index("keyword")["base_bid"]
    assert bids_of(draft)["word0"] < base["word0"]
    before = totals(situation, situation.draft.with_bids(situation.draft.bids.assign(bid=base.to_numpy())))
    after = totals(situation, draft)
    assert after[1] / after[0] > before[1] / before[0]


@pytest.mark.parametrize("money", [40.0, 150.0, 1000.0])
def test_budgets_and_expected_cost_stay_within_the_account(usual: Situation, money: float) -> None:
    situation = replace(usual, goals=Goals(daily_budget=money, target_roas=1.5))
    draft = plan(situation)
    assert draft.budgets["budget"].sum() <= money + 1e-6
    if "budget_below_cheapest" not in notes_of(draft):
        assert totals(situation, draft)[0] <= money


def test_words_to_add_get_their_test_money_from_the_accounts_budget(usual: Situation) -> None:
    situation = replace(usual, goals=Goals(daily_budget=80.0, target_roas=1.5))
    words = KEYWORDS.conform(
        {"keyword": ["新词", "免费"], "kind": ["add", "negative"], "expected_cost": [15.0, 50.0]}
    )
    words = words.assign(platform="native", campaign_id="c0")
    adding = situation.with_draft(situation.draft.with_keywords(words))
    assert adding.words_cost.tolist() == [15.0, 0.0]
    alone, beside = plan(situation), plan(adding)
    assert totals(situation, beside)[0] + 15.0 <= 80.0
    assert totals(situation, alone)[0] > 65.0
    assert beside.budgets["budget"].sum() <= 80.0 + 1e-6
    assert beside.budgets["budget"][0] > alone.budgets["budget"][0]


def test_better_words_are_bid_higher(usual: Situation) -> None:
    bids = bids_of(plan(replace(usual, goals=Goals(target_roas=6.0))))
    assert bids["word5"] > bids["word2"] > bids["word0"]


def test_bids_stay_within_the_reach_of_a_day(usual: Situation) -> None:
    for target in (0.5, 3.0, 50.0):
        draft = plan(replace(usual, goals=Goals(target_roas=target)))
        change = draft.bids["bid"].to_numpy() / usual.evidence.keywords["base_bid"].to_numpy()
        assert change.max() <= 1 + PLAIN.raise_by + 1e-9
        assert change.min() >= 1 - PLAIN.cut_by - 1e-9


@settings(max_examples=8, deadline=None)
@given(
    word=st.integers(0, 5), more=st.sampled_from([1.0, 3.0, 20.0, 200.0]), money=st.sampled_from([None, 60.0])
)
def test_more_orders_never_lower_a_bid(word: int, more: float, money: float | None) -> None:
    before, after = (
        bids_of(plan(morning(facts(shop_rows(extra)), daily_budget=money, target_roas=3.0), EXACT))
        for extra in ({}, {word: more})
    )
    assert after[f"word{word}"] >= before[f"word{word}"] * (1 - 1e-9)


@pytest.mark.parametrize("factor", [100.0, 0.1])
def test_currency_scales_bids_and_budgets(usual: Situation, factor: float) -> None:
    goals = Goals(daily_budget=150.0)
    one = plan(replace(usual, goals=goals), LearningBidder())
    scaled = morning(facts(shop_rows(money=factor), budget=120.0 * factor), daily_budget=150.0 * factor)
    other = plan(scaled, LearningBidder())
    np.testing.assert_allclose(other.bids["bid"], one.bids["bid"] * factor, rtol=1e-6)
    np.testing.assert_allclose(other.budgets["budget"], one.budgets["budget"] * factor, rtol=1e-2)


def test_row_order_does_not_matter(usual: Situation) -> None:
    known = facts()
    shuffled = replace(
        known,
        keyword_days=known.keyword_days.sample(frac=1, random_state=1, ignore_index=True),
        current_bids=known.current_bids.sample(frac=1, random_state=2, ignore_index=True),
        current_budgets=known.current_budgets.iloc[::-1].reset_index(drop=True),
    )
    one, other = plan(usual, LearningBidder()), plan(morning(shuffled), LearningBidder())
    np.testing.assert_allclose(one.bids["bid"], other.bids["bid"], rtol=1e-9)
    np.testing.assert_allclose(one.budgets["budget"], other.budgets["budget"], rtol=1e-9)
    assert one.bids["keyword"].equals(other.bids["keyword"])


def revenues(usual: Situation, goals: Sequence[Goals]) -> list[float]:
    """Expected revenue of the plan under each of several goals, rounding to real bids set aside."""
    situations = [replace(usual, goals=goal) for goal in goals]
    return [totals(situation, plan(situation, EXACT))[1] for situation in situations]


def test_a_looser_target_never_lowers_revenue(usual: Situation) -> None:
    found = revenues(usual, [Goals(target_roas=target) for target in (6.0, 4.0, 3.0, 2.0, 1.0)])
    assert all(more >= less * (1 - 1e-3) for less, more in pairwise(found))
    assert found[-1] > found[0]


def test_more_budget_never_lowers_revenue(usual: Situation) -> None:
    money = (30.0, 60.0, 90.0, 120.0, 200.0, 1000.0)
    found = revenues(usual, [Goals(target_roas=1.0, daily_budget=m) for m in money])
    assert all(more >= less * (1 - 1e-3) for less, more in pairwise(found))
    assert found[-1] > found[0]


def test_a_sold_out_campaign_gets_the_smallest_budget_and_its_bids_stay() -> None:
    situation = morning(facts(products=[{"product_id": "p0", "stock": 0.0}]), daily_budget=200.0)
    draft = plan(situation)
    budgets = draft.budgets.set_index("campaign_id")
    assert budgets["budget"]["c0"] == SMALLEST
    assert budgets["reason"]["c0"] == "budget_sold_out"
    assert budgets["budget"]["c1"] > 10 * SMALLEST
    gone = (draft.bids["campaign_id"] == "c0").to_numpy()
    assert (draft.bids["action"][gone] == "keep").all()
    assert (draft.bids["reason"][gone] == "sold_out").all()
    expected = forecast(draft.bids, situation.evidence)
    assert expected["expected_cost"][gone].sum() == 0


def test_a_word_of_unknown_value_is_left_alone() -> None:
    strange = {"keyword": "strange", "campaign_id": "c1", "product_id": "p9", "bid": 2.0}
    rows = [*shop_rows(), *({**strange, "age": age, "impressions": 50.0} for age in AGES)]
    situation = morning(facts(rows))
    worth = situation.evidence.value_per_click
    unknown = replace(
        worth, mean=np.where(situation.evidence.keywords["keyword"] == "strange", np.nan, worth.mean)
    )
    draft = plan(replace(situation, evidence=replace(situation.evidence, value_per_click=unknown)))
    row = draft.bids.set_index("keyword").loc["strange"]
    assert (row["action"], row["reason"]) == ("keep", "value_unknown")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"status": "paused"}, "not_running"),
        ({"match_type": "package"}, "no_keyword_bid"),
        ({"bid": np.nan, "clicks": 0.0, "cost": 0.0}, "bid_unknown"),
    ],
)
def test_words_that_cannot_be_bid_on_are_kept_with_a_reason(row: dict[str, Any], reason: str) -> None:
    other = {
        "keyword": "other",
        "campaign_id": "c1",
        "product_id": "p1",
        "clicks": 5.0,
        "cost": 4.0,
        "bid": 1.0,
    }
    rows = [*shop_rows(), *({**other, **row, "age": age, "impressions": 50.0} for age in AGES)]
    found = plan(morning(facts(rows))).bids.set_index("keyword").loc["other"]
    assert (found["action"], found["reason"]) == ("keep", reason)


def test_notes_say_what_binds_and_what_more_of_it_would_bring(usual: Situation) -> None:
    short = plan(replace(usual, goals=Goals(target_roas=1.0, daily_budget=70.0)))
    assert "worth_of_budget" in notes_of(short)
    assert "worth_of_target" not in notes_of(short)
    choosy = plan(replace(usual, goals=Goals(target_roas=6.0, daily_budget=5000.0)))
    assert "worth_of_target" in notes_of(choosy)
    assert "worth_of_budget" not in notes_of(choosy)
    assert (choosy.bids["limited_by"] != "").any()
    for draft in (short, choosy):
        assert "portfolio" in notes_of(draft)
        assert notes_of(draft) <= set(LearningBidder.reasons)
        assert set(draft.bids["limited_by"]) <= {"", *LearningBidder.limits}
        codes = pd.concat([draft.bids["reason"], draft.budgets["reason"]]).str.split(" ").str[0]
        assert set(codes) <= set(LearningBidder.reasons)


def test_trials_cost_at_most_their_share() -> None:
    """Words that are new and little known are tried; what their raises cost is bounded whatever their number."""
    new = [
        {"keyword": f"new{k}", "campaign_id": "c1", "product_id": "p1", "age": age, "impressions": 40.0,
         "clicks": 1.0, "cost": 0.8, "bid": 1.2}
        for k in range(12) for age in (1, 2, 3)
    ]  # fmt: skip
    situation = morning(facts([*shop_rows(), *new]), target_roas=6.0)
    without = forecast(plan(situation, EXACT).bids, situation.evidence)["expected_cost"]
    tried = []
    for share in (0.0, 0.01, 0.05, 0.3):
        draft = plan(situation, LearningBidder(trial_share=share, trial_doubt=0.2, min_change=0.0))
        on_trial = draft.bids["reason"].str.startswith("bid_on_trial")
        extra = (forecast(draft.bids, situation.evidence)["expected_cost"] - without)[on_trial].sum()
        assert 0 <= extra <= share * without.sum() + 1e-9
        cost, revenue = totals(situation, draft)
        assert revenue >= 6.0 * cost
        tried.append(int(on_trial.sum()))
    assert tried == sorted(tried)
    assert tried[0] == 0 < tried[-1]


def test_profit_looks_at_margins() -> None:
    """Words of the product with the small margin are bid lower than for revenue, and than those of the other."""
    products = [{"product_id": "p0", "gross_margin": 0.9}, {"product_id": "p1", "gross_margin": 0.05}]
    situation = morning(facts(products=products), target_roas=0.5, objective="profit", gross_margin=0.5)
    profit = bids_of(plan(situation))
    revenue = bids_of(plan(replace(situation, goals=Goals(target_roas=0.5))))
    thin = ["word1", "word3", "word5"]
    assert (profit[thin] <= revenue[thin] + 1e-9).all()
    assert profit["word3"] < revenue["word3"]
    assert profit["word4"] > profit["word3"]


def test_the_campaigns_limits_hold() -> None:
    situation = morning(facts(max_budget=30.0, min_budget=20.0), daily_budget=500.0, target_roas=1.0)
    draft = plan(situation)
    assert (draft.budgets["budget"] <= 30.0 + 1e-9).all()
    assert (draft.budgets["budget"] >= 20.0 - 1e-9).all()


def test_a_shop_without_words_has_an_empty_plan() -> None:
    situation = morning(_facts_of([]))
    assert len(plan(situation).bids) == 0


def test_words_of_a_campaign_that_stopped_neither_move_nor_take_money() -> None:
    situation = morning(facts(), daily_budget=120.0)
    campaigns = situation.evidence.campaigns.assign(running=[False, True])
    situation = replace(situation, evidence=replace(situation.evidence, campaigns=campaigns))
    stopped = (situation.draft.bids["campaign_id"] == "c0").to_numpy()
    draft = plan(situation)
    assert (draft.bids["reason"][stopped] == "not_running").all()
    assert forecast(draft.bids, situation.evidence)["expected_cost"][stopped].sum() == 0


def test_a_sold_out_campaign_leaves_its_money_aside_where_the_account_has_no_budget_of_its_own() -> None:
    """Else the others would have it for good, or the account would grow when the campaign comes back."""
    sold_out = [{"product_id": "p0", "stock": 0.0}]
    situation = morning(facts(products=sold_out))
    assert plan(situation).budgets["budget"].sum() <= 120.0 + SMALLEST + 0.01
    evidence = morning(facts(products=[{"product_id": "p0", "stock": 9.0}])).evidence
    closed = evidence.campaigns.assign(current_budget=[SMALLEST, 120.0], recent_budget=[120.0, 120.0])
    back = Situation(AS_OF, Goals(), replace(evidence, campaigns=closed), keep_everything(evidence))
    assert back.account_budget == 240.0


def test_budgets_that_suffice_stay_where_the_account_has_no_budget_of_its_own() -> None:
    situation = morning(facts(budget=5000.0), target_roas=1.0)
    budgets = plan(situation).budgets
    assert budgets["budget"].tolist() == [5000.0, 5000.0]
    assert budgets["reason"].str.split(" ").str[0].tolist() == ["budget_enough"] * 2
    one_short = situation.evidence.campaigns.assign(current_budget=[10.0, 5000.0])
    situation = replace(situation, evidence=replace(situation.evidence, campaigns=one_short))
    short, rich = plan(situation).budgets["budget"]
    assert short == 20.0  # as far as a day may raise it
    assert short + rich <= 5010.0
