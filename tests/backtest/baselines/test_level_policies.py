"""Baselines that choose among bid levels: Thompson sampling, the point knapsack and the process bandits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from bidopt.backtest.baselines.gaussian_process_bandit import GaussianProcessBandit
from bidopt.backtest.baselines.point_knapsack import PointKnapsack
from bidopt.backtest.baselines.safe_gaussian_process_bandit import SafeGaussianProcessBandit
from bidopt.backtest.baselines.thompson_sampling import ThompsonSampling
from bidopt.decisions.draft import Draft
from bidopt.decisions.policy import Policy, Situation
from bidopt.domain.goals import Goals
from tests.backtest.baselines.mornings import bids_of, budgets_of, morning, week
from tests.conftest import FactsOf

ALL: list[Policy] = [
    ThompsonSampling(),
    PointKnapsack(),
    GaussianProcessBandit(),
    SafeGaussianProcessBandit(),
]
EACH = pytest.mark.parametrize("policy", ALL, ids=lambda p: type(p).__name__)


def moved(keyword: str, elasticity: float, **row: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    """Four weeks in which the bid goes up and down by a third, and clicks with it."""
    rows = week(keyword, days=28, **row)
    bids = 1.5 * np.exp(0.36 * np.sin(np.arange(28)))
    return [
        {**r, "bid": b, **{c: r[c] * (b / 1.5) ** e for c, e in powers(elasticity).items()}}
        for r, b in zip(rows, bids, strict=True)
    ]


def powers(elasticity: float) -> dict[str, float]:
    traffic = dict.fromkeys(("impressions", "clicks", "revenue", "conversions"), elasticity)
    return {**traffic, "cost": elasticity + 1}


@pytest.fixture(scope="module")
def mixed(facts_of: FactsOf) -> Situation:
    """Twelve words from poor to good, most of whose bids have moved."""
    rows = [row for k in range(10) for row in moved(f"k{k}", 0.8, roas=2.4 + 0.2 * k)]
    return morning(facts_of([*rows, *week("bad", roas=1.0, days=28), *week("good", roas=6.0, days=28)]))


def within(situation: Situation, budget: float) -> Situation:
    return replace(situation, goals=Goals(daily_budget=budget))


@EACH
def test_the_better_word_gets_the_higher_bid(mixed: Situation, policy: Policy) -> None:
    bids = bids_of(policy.decide(within(mixed, 220.0)))
    assert bids["good"] > bids["bad"]
    assert bids["bad"] < 1.5


@EACH
def test_a_small_account_budget_brings_bids_down(mixed: Situation, policy: Policy) -> None:
    rich, poor = (policy.decide(within(mixed, money)) for money in (1000.0, 130.0))
    assert bids_of(poor).sum() < bids_of(rich).sum()
    assert budgets_of(poor).sum() <= 130.0 + 1e-6


@EACH
def test_the_same_morning_is_decided_the_same_way(mixed: Situation, policy: Policy) -> None:
    one, other = (policy.decide(mixed).bids for _ in range(2))
    assert one.equals(other)


def on(day: date, situation: Situation) -> Draft:
    return ThompsonSampling().decide(Situation(day, situation.goals, situation.evidence, situation.draft))


def test_draws_differ_from_day_to_day(mixed: Situation) -> None:
    first, second = (bids_of(on(date(2026, 11, day), mixed)) for day in (21, 22))
    assert (first != second).any()


def test_thompson_stays_where_marginal_returns_meet_the_target(facts_of: FactsOf) -> None:
    """With very many clicks draws hardly vary; where clicks ~ bid, the ROI at the best bid is the target."""
    rows = week("a", days=28, roas=3.0, clicks=1e6, cost=1e6)
    rows += [
        row
        for k in (-2, -1, 1, 2)
        for row in week("a", days=28, roas=3.0, clicks=1e6, cost=1e6, bid=1.5, match_type=f"{k}")
    ]
    bids = bids_of(ThompsonSampling(elasticity=1.0).decide(morning(facts_of(rows), Goals(daily_budget=1e9))))
    assert np.abs(np.log(bids / 1.5)).max() < 0.15


def test_the_knapsack_learns_each_words_own_slope(facts_of: FactsOf) -> None:
    """At equal value, money goes to the word whose clicks answer to the bid."""
    facts = facts_of([*moved("steep", 2.0, roas=4.0), *moved("flat", 0.1, roas=4.0)])
    bids = bids_of(PointKnapsack().decide(morning(facts, Goals(daily_budget=45.0))))
    assert bids["steep"] > 1.3 * bids["flat"]


def test_safe_is_more_careful_than_optimistic(mixed: Situation) -> None:
    brave, careful = (p().decide(mixed) for p in (GaussianProcessBandit, SafeGaussianProcessBandit))
    assert bids_of(careful).sum() < 0.9 * bids_of(brave).sum()


def test_without_doubt_both_bandits_choose_alike(mixed: Situation) -> None:
    one = GaussianProcessBandit(deviations=0.0).decide(mixed)
    other = SafeGaussianProcessBandit(deviations=0.0, tolerance=0.0).decide(mixed)
    np.testing.assert_allclose(bids_of(one), bids_of(other))
