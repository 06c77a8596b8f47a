"""Plays a market with a recommender, day by day, and sets what came out beside the clairvoyant's best."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bidopt.backtest.clairvoyant import best_day
from bidopt.backtest.drawn_luck import day_weights
from bidopt.backtest.market import SimulatedMarket, TrueDay
from bidopt.backtest.policy_run import PolicyRun
from bidopt.backtest.replay_estimate import Doubt
from bidopt.evidence.evidence import Evidence
from bidopt.recommender import Recommender

Edit = Callable[[Evidence, TrueDay], Evidence]
"""Puts a piece of the truth in place of a belief, for ablations."""


@dataclass(frozen=True)
class Played:
    """What a recommender made of a market.

    Args:
        days: schema TRUE_OUTCOME of the days played, with best_cost and best_revenue, the clairvoyant's of each day.
        seconds: CPU-seconds spent deciding.
    """

    days: pd.DataFrame
    seconds: float


def play_days(
    market: SimulatedMarket, recommender: Recommender, days: int, edit: Edit | None = None
) -> Played:
    """Play `days` days.

    Args:
        market: not played before; its goals are the clairvoyant's, and should be the recommender's.
        recommender: decides each morning from `market.facts()` and nothing else.
        days: how many.
        edit: changes the evidence before policies see it; None for a fair game.
    """
    best, seconds = [], 0.0
    for _ in range(days):
        truth = market.true_day()
        best.append(best_day(truth, market.goals))
        facts, morning = market.facts(), market.morning
        begin = time.process_time()
        evidence = recommender.learn(facts, morning)
        evidence = evidence if edit is None else edit(evidence, truth)
        changes = recommender.decide(evidence).changes
        seconds += time.process_time() - begin
        market.play(changes)
    outcome = market.outcome()
    outcome["best_cost"] = [day.cost for day in best]
    outcome["best_revenue"] = [day.revenue for day in best]
    return Played(outcome, seconds)


def run_of_played(name: str, played: Played, doubt: Doubt) -> PolicyRun:
    """A simulated game as a run to score: expected figures, intervals by drawing blocks of days anew.

    Args:
        name: of the policy.
        played: all days of the game.
        doubt: draws, shared by the policies that are to be compared.
    """
    days = played.days
    rng = np.random.default_rng([doubt.seed, 4])
    weights = np.stack([day_weights(rng, len(days)) for _ in range(doubt.draws)])
    cost, revenue = days["expected_cost"].to_numpy(), days["expected_revenue"].to_numpy()
    unknown = np.full(len(days), np.nan)
    return PolicyRun(
        policy=name,
        dates=tuple(days["date"].dt.strftime("%Y-%m-%d")),
        budget=days["budget"].to_numpy(),
        cost=cost,
        revenue=revenue,
        earned=unknown,
        cost_draws=weights * cost,
        revenue_draws=weights * revenue,
        earned_draws=weights * unknown,
        keyword_days=0,
        best_cost=days["best_cost"].to_numpy(),
        best_revenue=days["best_revenue"].to_numpy(),
    )
