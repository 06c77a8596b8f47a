"""Limits that cannot all hold are named with their numbers, and give way as little as possible."""

from __future__ import annotations

import numpy as np
import pytest

from bidopt.decisions.allocation.portfolio import Allocation, Choices, Conflict, Groups, Limits, allocate

COST = np.tile([10.0, 20.0, 30.0], (4, 1))
REVENUE = np.tile([40.0, 60.0, 70.0], (4, 1))
CHOICES = Choices(COST, REVENUE)


def campaigns(**limits: list[float]) -> Groups:
    none = np.full(2, np.nan)
    given = {name: np.array(values, dtype=np.float64) for name, values in limits.items()}
    member = np.array([0, 0, 1, 1])
    return Groups(
        "campaign",
        member,
        given.get("min_cost", none),
        given.get("max_cost", none),
        given.get("max_revenue", none),
    )


def only(answer: Allocation) -> Conflict:
    (conflict,) = answer.conflicts
    return conflict


def test_budget_below_the_cheapest_levels() -> None:
    answer = allocate(CHOICES, Limits(budget=30.0))
    assert answer.level.tolist() == [0, 0, 0, 0]
    assert only(answer) == Conflict("budget_below_cheapest", ("budget",), 30.0, 40.0, 10.0)


def test_target_out_of_reach_comes_as_near_as_it_can() -> None:
    answer = allocate(CHOICES, Limits(target_roas=5.0))
    assert answer.level.tolist() == [0, 0, 0, 0]
    assert only(answer) == Conflict("target_out_of_reach", ("target_roas",), 5.0, 4.0, 40.0)


def test_target_that_only_a_minimum_keeps_out_of_reach() -> None:
    answer = allocate(CHOICES, Limits(target_roas=3.5, groups=(campaigns(min_cost=[50.0, np.nan]),)))
    conflict = only(answer)
    assert (conflict.code, conflict.settings) == ("target_out_of_reach", ("target_roas", "min_cost"))
    assert conflict.attained == pytest.approx(answer.revenue / answer.cost)
    assert answer.cost == pytest.approx(70.0)


def test_target_that_needs_more_money_than_there_is() -> None:
    """Cheap levels return little here, dear ones much: only spending more reaches the target."""
    rising = Choices(COST, np.tile([10.0, 80.0, 120.0], (4, 1)))
    assert allocate(rising, Limits(target_roas=3.0)).conflicts == ()
    conflict = only(allocate(rising, Limits(budget=50.0, target_roas=3.0)))
    assert conflict.settings == ("target_roas", "budget")


def test_maximum_below_the_cheapest_levels_of_a_group() -> None:
    conflict = only(allocate(CHOICES, Limits(groups=(campaigns(max_cost=[15.0, 50.0]),))))
    assert conflict == Conflict("max_below_cheapest", ("max_cost",), 15.0, 20.0, 5.0, "campaign", 0)


def test_stock_below_what_the_cheapest_levels_sell() -> None:
    conflict = only(allocate(CHOICES, Limits(groups=(campaigns(max_revenue=[np.nan, 60.0]),))))
    assert conflict == Conflict("stock_below_cheapest", ("max_revenue",), 60.0, 80.0, 20.0, "campaign", 1)


@pytest.mark.parametrize(
    ("limits", "settings", "attained"),
    [
        ({"min_cost": [90.0, np.nan]}, ("min_cost", "allowed"), 60.0),
        ({"min_cost": [50.0, np.nan], "max_cost": [40.0, np.nan]}, ("min_cost", "max_cost"), 40.0),
        ({"min_cost": [50.0, np.nan], "max_revenue": [120.0, np.nan]}, ("min_cost", "max_revenue"), 40.0),
    ],
)
def test_minimum_out_of_reach(
    limits: dict[str, list[float]], settings: tuple[str, str], attained: float
) -> None:
    answer = allocate(CHOICES, Limits(groups=(campaigns(**limits),)))
    conflict = only(answer)
    assert (conflict.code, conflict.settings) == ("min_out_of_reach", settings)
    assert conflict.attained == pytest.approx(attained)
    assert COST[np.arange(4), answer.level][:2].sum() == pytest.approx(attained)


def test_minima_that_exceed_the_budget_shrink_alike() -> None:
    answer = allocate(CHOICES, Limits(budget=80.0, groups=(campaigns(min_cost=[60.0, 60.0]),)))
    assert only(answer) == Conflict("minima_above_budget", ("min_cost", "budget"), 80.0, 80.0, 40.0)
    assert answer.cost == pytest.approx(80.0)
    assert COST[np.arange(4), answer.level].reshape(2, 2).sum(axis=1).tolist() == [40.0, 40.0]


def test_minima_of_products_that_exceed_the_maximum_of_their_campaign() -> None:
    none = np.full(2, np.nan)
    products = Groups(
        "product", np.arange(4), np.array([30.0, 30.0, np.nan, np.nan]), *[np.full(4, np.nan)] * 2
    )
    outer = Groups("campaign", np.array([0, 0, 1, 1]), none, np.array([40.0, np.nan]), none)
    answer = allocate(CHOICES, Limits(groups=(products, outer)))
    conflict = only(answer)
    assert (conflict.code, conflict.kind, conflict.group) == ("minima_above_max", "campaign", 0)
    assert (conflict.limit, conflict.attained, conflict.excess) == (40.0, 60.0, 20.0)
    assert COST[np.arange(4), answer.level][:2].sum() == pytest.approx(40.0)


def test_limits_that_only_mixed_levels_keep_are_named() -> None:
    exact = campaigns(min_cost=[25.0, np.nan], max_cost=[27.0, np.nan])
    conflict = only(allocate(CHOICES, Limits(groups=(exact,))))
    assert (conflict.code, conflict.settings, conflict.group) == ("no_exact_levels", ("min_cost",), 0)
    assert conflict.excess == pytest.approx(5.0)


def test_a_target_is_reached_by_spending_more_than_profit_asks_for() -> None:
    """At a margin of 0.4 the second step loses money by itself, but lifts the ROAS of a poor first level."""
    choices = Choices(COST, np.tile([10.0, 32.0, 34.0], (4, 1)), margin=np.full(4, 0.4))
    assert allocate(choices, Limits()).level.tolist() == [0, 0, 0, 0]
    reached = allocate(choices, Limits(target_roas=1.5))
    assert sorted(reached.level.tolist()) == [0, 1, 1, 1]  # 3 of 4 suffice: 128 / 70
    assert reached.conflicts == ()
