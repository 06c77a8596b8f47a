"""Folds on simulated shops whose truth is known: to see whether tuning finds what is there, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bidopt.backtest.folds import Folds, Takings
from bidopt.backtest.scenarios import Scenario
from bidopt.recommender import Recommender


class ScenarioFolds(Folds):
    """Markets of one kind, played from their first morning; a unit is one market, each fold has its own.

    Args:
        scenario: kind of market; its goals are those that the recommender is given.
        seed: of the markets.
        folds: how many.
        days: played of each market.
        markets: of a fold; the last, which decides, has three times as many.
    """

    def __init__(self, scenario: Scenario, seed: int, *, folds: int, days: int, markets: int) -> None:
        self._scenario, self._seed, self._folds, self._days, self._markets = (
            scenario,
            seed,
            folds,
            days,
            markets,
        )

    @property
    def count(self) -> int:
        """How many."""
        return self._folds

    def play(self, recommender: Recommender, fold: int) -> Takings:
        """The true expectation of what the recommender's bids bring: luck moves what it sees, not what is counted."""
        markets = self._markets * (3 if fold == self._folds - 1 else 1)
        sums = np.array([self._brought(recommender, [self._seed, fold, unit]) for unit in range(markets)])
        cost, revenue = sums.T
        return Takings(cost, revenue, revenue, np.full(markets, float(self._days)))

    def _brought(self, recommender: Recommender, place: list[int]) -> tuple[float, float]:
        seed = int(np.random.default_rng(place).integers(2**31))
        market = self._scenario.market(seed)
        deciding = replace(recommender, goals=market.goals)
        for _ in range(self._days):
            market.play(deciding.recommend(market.facts(), market.morning).changes)
        outcome = market.outcome()
        return float(outcome["expected_cost"].sum()), float(outcome["expected_revenue"].sum())
