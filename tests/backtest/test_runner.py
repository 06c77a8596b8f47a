"""Days are played and set beside the clairvoyant's best, and that best is one nobody beats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from pydantic import ConfigDict

from bidopt.backtest.auction_market import AuctionMarket
from bidopt.backtest.clairvoyant import best_day
from bidopt.backtest.market import TRUE_OUTCOME, TrueDay
from bidopt.backtest.replay_estimate import Doubt
from bidopt.backtest.runner import Edit, Played, play_days, run_of_played
from bidopt.backtest.scenarios import LANDSCAPES, SCENARIOS
from bidopt.backtest.scorecard import scored
from bidopt.decisions.allocation.target_roas import TargetRoas
from bidopt.decisions.draft import Draft, put
from bidopt.decisions.policy import Policy, Situation
from bidopt.domain.goals import Goals
from bidopt.domain.metrics import Array
from bidopt.domain.reasons import ReasonText
from bidopt.evidence.evidence import Evidence, EvidenceSettings
from bidopt.recommender import Recommender

SMALL = replace(SCENARIOS["drift"], keywords=60, products=5, orders=60.0)
NOTHING = 1e-9
"""A bid that buys nothing; a paused word would have to be resumed."""


class Clairvoyant(Policy):
    """Plays the best bids of a market it can see into; money never runs out in a campaign."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    market: AuctionMarket
    reasons: ClassVar[Mapping[str, ReasonText]] = {}

    def decide(self, situation: Situation) -> Draft:
        draft, best = situation.draft, best_day(self.market.true_day(), situation.goals)
        words, campaigns = (np.ones(len(table), dtype=bool) for table in (draft.bids, draft.budgets))
        bids = put(draft.bids, words, action="set_bid", bid=np.maximum(best.bids, NOTHING))
        return draft.with_bids(bids).with_budgets(put(draft.budgets, campaigns, budget=1e6))


def play(market: AuctionMarket, policy: Policy, days: int, edit: Edit | None = None) -> Played:
    return play_days(market, Recommender(market.goals, EvidenceSettings(), (policy,), ()), days, edit)


def bought(truth: TrueDay, level: Array) -> tuple[float, float]:
    """Cost and revenue of one bid level per keyword; -1 buys nothing."""
    rows, on = np.arange(len(level)), level >= 0
    cost = np.where(on, truth.cost[rows, level], 0.0)
    revenue = np.where(on, truth.clicks[rows, level] * truth.value_per_click, 0.0)
    return float(cost.sum()), float(revenue.sum())


def test_days_follow_each_other_with_the_best_of_each_beside() -> None:
    market, same = SMALL.market(3), SMALL.market(3)
    first = market.morning
    played = play(market, TargetRoas(), days=3)
    days = played.days
    assert list(days.columns) == [*TRUE_OUTCOME.names, "best_cost", "best_revenue"]
    assert days["date"].tolist() == [pd.Timestamp(first + timedelta(days=n)) for n in range(3)]
    assert market.morning == first + timedelta(days=3)
    assert played.seconds > 0
    first_best = best_day(same.true_day(), same.goals)
    assert (days["best_cost"].iloc[0], days["best_revenue"].iloc[0]) == (first_best.cost, first_best.revenue)


@pytest.mark.parametrize("family", sorted(LANDSCAPES))
def test_the_clairvoyants_own_bids_bring_its_best_day_after_day(family: str) -> None:
    """Markets drift, so that a best set beside the wrong day would show."""
    market = SMALL.market(4, family)
    days = play(market, Clairvoyant(market=market), days=3).days
    np.testing.assert_allclose(days["expected_revenue"], days["best_revenue"], rtol=1e-3)
    np.testing.assert_allclose(days["expected_cost"], days["best_cost"], rtol=1e-3)
    assert days["best_revenue"].std() > 0.01 * days["best_revenue"].mean()


@pytest.mark.parametrize("family", sorted(LANDSCAPES))
def test_no_drawn_bids_that_keep_the_goals_beat_the_clairvoyant(family: str) -> None:
    """Drawn: each word's own least marginal ROAS around a common one, from far apart to nearly the same."""
    market = SMALL.market(5, family)
    truth, goals = market.true_day(), market.goals
    assert goals.daily_budget is not None
    best, rng = best_day(truth, goals).revenue, np.random.default_rng(1)
    revenue = truth.clicks * truth.value_per_click[:, None]
    shares = []
    for _ in range(2000):
        least = np.exp(rng.uniform(-1, 3) + rng.uniform(0, 1.5) * rng.normal(size=len(revenue)))
        gain = revenue - least[:, None] * truth.cost
        level = np.where(gain.max(axis=1) > 0, gain.argmax(axis=1), -1)
        cost, earned = bought(truth, level)
        if cost <= goals.daily_budget and earned >= goals.target_roas * cost:
            shares.append(earned / best)
    assert len(shares) > 500
    assert 0.95 < max(shares) <= 1 + 1e-3  # bids come in steps of a grid: the last one may be missed


def test_the_best_day_keeps_budget_and_target_and_looser_goals_never_bring_less() -> None:
    truth = SMALL.market(6).true_day()

    def best(target: float, budgets: Sequence[float]) -> list[float]:
        revenues = []
        for budget in budgets:
            day = best_day(truth, Goals(target_roas=target, daily_budget=budget))
            assert day.cost <= budget
            assert day.revenue >= target * day.cost
            level = (truth.bids == day.bids[:, None]).argmax(axis=1)
            assert bought(truth, np.where(day.bids > 0, level, -1)) == pytest.approx((day.cost, day.revenue))
            revenues.append(day.revenue)
        return revenues

    table = np.array([best(target, (20.0, 200.0, 2000.0, 20000.0)) for target in (2.0, 3.0, 5.0, 50.0)])
    assert (np.diff(table, axis=1) >= -1e-9).all()
    assert (np.diff(table, axis=0) <= 1e-9).all()
    assert table[0, -1] > 2 * table[2, -1]


def test_a_day_without_a_budget_is_bound_by_the_target_alone() -> None:
    truth = SMALL.market(6).true_day()
    free, rich = (best_day(truth, Goals(target_roas=3.0, daily_budget=money)) for money in (None, 1e9))
    assert free.revenue == rich.revenue
    assert free.revenue / free.cost == pytest.approx(3.0, rel=0.02)


def test_edited_evidence_is_what_the_policy_decides_from() -> None:
    mornings = []

    def worth_twice(evidence: Evidence, truth: TrueDay) -> Evidence:
        mornings.append(evidence.as_of)
        assert truth.value_per_click.shape == (len(evidence.keywords),)
        return replace(evidence, value_per_click=evidence.value_per_click.scaled(2.0))

    fair, edited = SMALL.market(7), SMALL.market(7)
    first = fair.morning
    played = [play(fair, TargetRoas(), days=2), play(edited, TargetRoas(), days=2, edit=worth_twice)]
    assert mornings == [first, first + timedelta(days=1)]
    spent = [one.days["expected_cost"].iloc[0] for one in played]
    assert spent[1] > 1.2 * spent[0]
    assert played[0].days["best_revenue"].iloc[0] == played[1].days["best_revenue"].iloc[0]


def test_a_game_is_scored_with_its_share_of_the_clairvoyants_best() -> None:
    played = play(SMALL.market(3), TargetRoas(), days=3)
    (score,) = scored([run_of_played("target_roas", played, Doubt(draws=40))])
    share = played.days["expected_revenue"].sum() / played.days["best_revenue"].sum()
    assert score.clairvoyant.value == pytest.approx(share)
    assert score.clairvoyant.low <= share <= score.clairvoyant.high
    assert score.totals.cost.value == pytest.approx(played.days["expected_cost"].sum())
