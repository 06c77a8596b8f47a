"""Walk-forward folds on markets fitted to a shop: each fold is fitted to what was known on its first morning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from bidopt.backtest.fitted_market import FittedMarket
from bidopt.backtest.folds import Folds, Takings
from bidopt.backtest.shop_fit import ShopFit
from bidopt.recommender import Recommender, as_simulated

Run = Callable[[Callable[..., Any], Sequence[tuple[Any, ...]]], Iterable[Any]]
"""Calls a function of a module with each of the arguments, maybe in other processes, and gives the results in order."""

_DRAW, _LUCK = 51, 52  # streams of chance


class FittedFolds(Folds):
    """Drawn shops, played for some days from the first morning of each fold; a unit is one drawn shop.

    Args:
        fits: of the shop on the first morning of each fold, the oldest first.
        days: of a fold.
        draws: shops drawn for each fold; the last, which decides, gets three times as many.
        seed: of draws and luck.
        run: does the work.
    """

    def __init__(self, fits: Sequence[ShopFit], *, days: int, draws: int, seed: int, run: Run) -> None:
        self._fits, self._days, self._draws, self._seed, self._run = fits, days, draws, seed, run

    @property
    def count(self) -> int:
        """How many."""
        return len(self._fits)

    def play(self, recommender: Recommender, fold: int) -> Takings:
        """What the recommender is expected to bring; luck moves what it sees, not what is counted."""
        draws = self._draws * (3 if fold == self.count - 1 else 1)
        able = as_simulated(recommender)
        pieces = [(self._fits[fold], able, self._days, [self._seed, fold, draw]) for draw in range(draws)]
        cost, revenue, worth = (
            np.array(column) for column in zip(*self._run(brought_by, pieces), strict=True)
        )
        return Takings(cost, revenue, worth, np.full(draws, float(self._days)))


def brought_by(
    fit: ShopFit, recommender: Recommender, days: int, seed: Sequence[int]
) -> tuple[float, float, float]:
    """Expected cost, revenue and worth of one drawn shop over the days."""
    goals = recommender.goals
    shop = fit.draw(np.random.default_rng([*seed, _DRAW]))
    luck = int(np.random.default_rng([*seed, _LUCK]).integers(2**31))
    market = FittedMarket(luck, fit, shop, goals)
    for _ in range(days):
        market.play(recommender.recommend(market.facts(), market.morning).changes)
    brought = market.brought()
    cost, revenue = float(brought["expected_cost"].sum()), float(brought["expected_revenue"].sum())
    profit = float(brought["expected_profit"].sum())
    return cost, revenue, profit if goals.objective == "profit" else revenue
