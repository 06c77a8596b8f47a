"""The efficient steps of keywords."""

from __future__ import annotations

import numpy as np
import pytest

from bidopt.decisions.allocation.portfolio.hull import efficient_steps
from bidopt.decisions.allocation.portfolio.problem import Choices
from bidopt.domain.metrics import Array


def hull(cost: Array, revenue: Array) -> list[int]:
    """Upper hull of one keyword by Andrew's monotone chain."""
    corners: list[int] = []
    for j in sorted(range(len(cost)), key=lambda j: (cost[j], -revenue[j], j)):
        if corners and cost[j] == cost[corners[-1]]:
            continue
        while len(corners) > 1:
            a, b = corners[-2:]
            run, rise = cost[j] - cost[a], revenue[j] - revenue[a]
            if (revenue[b] - revenue[a]) * run > rise * (cost[b] - cost[a]):
                break
            corners.pop()
        corners.append(j)
    return corners


def test_steps_are_the_upper_hull_whatever_the_shape() -> None:
    rng = np.random.default_rng(1)
    cost, revenue = (
        rng.integers(low, high, (9000, 6)).astype(np.float64) for low, high in ((0, 9), (-3, 20))
    )
    steps = efficient_steps(Choices(cost, revenue))
    levels: list[list[int]] = [[int(level)] for level in steps.start.level]
    for keyword, level in zip(steps.keyword.tolist(), steps.level.tolist(), strict=True):
        levels[keyword].append(level)
    assert levels == [hull(*curve) for curve in zip(cost, revenue, strict=True)]


@pytest.mark.parametrize("weighted", [False, True])
def test_best_steps_come_first_and_each_keywords_own_in_order(*, weighted: bool) -> None:
    rng = np.random.default_rng(2)
    steps = efficient_steps(Choices(rng.random((500, 8)).cumsum(axis=1), rng.random((500, 8)).cumsum(axis=1)))
    weight = rng.random(500)
    ordered, keys = steps.best_first(weight if weighted else None)
    factor = weight[ordered.keyword] if weighted else 1.0
    np.testing.assert_array_equal(keys, factor * ordered.slope)
    assert (np.diff(keys) <= 1e-9 * keys[1:]).all()
    by_keyword = np.lexsort((np.arange(ordered.keyword.size), ordered.keyword))
    same = np.diff(ordered.keyword[by_keyword]) == 0
    assert (np.diff(ordered.level[by_keyword])[same] > 0).all()


def test_levels_out_of_reach_are_no_steps() -> None:
    cost, revenue = np.array([[0.0, 1.0, 2.0, 3.0]]), np.array([[0.0, 9.0, 10.0, 10.5]])
    steps = efficient_steps(Choices(cost, revenue, np.array([[True, False, True, False]])))
    assert (steps.start.level.tolist(), steps.level.tolist(), steps.slope.tolist()) == ([0], [2], [5.0])


def test_equal_steps_go_to_the_lower_row_first() -> None:
    curve = np.tile([0.0, 1.0, 2.0], (4, 1))
    steps, _ = efficient_steps(Choices(curve, curve * [1, 3, 2])).best_first()
    assert steps.keyword[:4].tolist() == [0, 1, 2, 3]
