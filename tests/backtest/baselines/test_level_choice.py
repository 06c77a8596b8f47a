"""The choice of levels under budget and target."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from bidopt.backtest.baselines.level_choice import choose_levels

RNG = np.random.default_rng(3)


def curves(n: int, levels: int = 5) -> tuple[np.ndarray, np.ndarray]:
    bid = np.linspace(0.4, 2.0, levels)
    clicks = RNG.uniform(5, 50, (n, 1)) * bid ** RNG.uniform(0.3, 1.2, (n, 1))
    return clicks * RNG.uniform(1, 6, (n, 1)), clicks * bid


@pytest.mark.parametrize(("budget", "target"), [(150.0, 0.5), (1e9, 3.0), (200.0, 3.0)])
def test_it_is_near_the_best_of_all_choices_and_keeps_the_limits(budget: float, target: float) -> None:
    revenue, cost = curves(6)
    rows = np.arange(6)
    feasible = [
        revenue[rows, list(pick)].sum()
        for pick in itertools.product(range(5), repeat=6)
        if cost[rows, list(pick)].sum() <= budget
        and revenue[rows, list(pick)].sum() >= target * cost[rows, list(pick)].sum()
    ]
    level = choose_levels(revenue, revenue, cost, budget=budget, target=target)
    spent, earned = cost[rows, level].sum(), revenue[rows, level].sum()
    assert spent <= budget
    assert earned >= target * spent * (1 - 1e-6)
    assert earned >= 0.85 * max(feasible)  # six keywords: whole levels leave a gap to the LP


def test_with_many_words_it_uses_the_whole_budget() -> None:
    revenue, cost = curves(300)
    level = choose_levels(revenue, revenue, cost, budget=6000.0, target=0.1)
    assert cost[np.arange(300), level].sum() == pytest.approx(6000.0, rel=0.01)


def test_where_nothing_keeps_the_limits_the_cheapest_levels_are_taken() -> None:
    revenue, cost = curves(6)
    level = choose_levels(revenue, revenue, cost, budget=None, target=1000.0)
    assert (level == 0).all()
