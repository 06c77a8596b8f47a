"""The line to beat: one multiplier paced by budget and ROI together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bidopt.backtest.baselines.paced_value import PacedValue
from bidopt.domain.goals import Goals
from bidopt.domain.metrics import Array
from bidopt.domain.reasons import decode
from tests.backtest.baselines.mornings import Loop, bids_of, morning, week
from tests.conftest import FactsOf

VALUE: Array = np.geomspace(1.0, 8.0, 12)


def shop(facts_of: FactsOf, budget: float, bid: float, elasticity: float = 0.9) -> Loop:
    goals = Goals(target_roas=3.0, daily_budget=budget)
    return Loop(facts_of, goals, np.full(12, 30.0), VALUE, np.full(12, bid), elasticity)


def moves(values: list[float]) -> Array:
    return np.abs(np.diff(np.log(values)))


@pytest.mark.parametrize(("bid", "elasticity"), [(0.5, 0.4), (4.0, 0.9), (0.5, 1.6)])
def test_where_roi_binds_it_settles_at_the_target_in_about_a_week(
    facts_of: FactsOf, bid: float, elasticity: float
) -> None:
    loop = shop(facts_of, 1e5, bid, elasticity)
    loop.run(PacedValue(), history=10, days=16)
    assert np.allclose(loop.roas[-8:], 3.0, rtol=0.06)
    assert (moves(loop.roas[-8:]) < 0.05).all()


@pytest.mark.parametrize("elasticity", [0.4, 1.6])
def test_where_the_budget_binds_unthrottled_spend_settles_at_the_budget(
    facts_of: FactsOf, elasticity: float
) -> None:
    loop = shop(facts_of, 150.0, 2.0, elasticity)
    loop.run(PacedValue(), history=10, days=18)
    assert loop.wanted_cost[9] > 2.5 * 150
    assert np.allclose(loop.wanted_cost[-8:], 150.0, rtol=0.2)
    assert min(loop.roas[-8:]) > 3.0


def test_all_bids_are_value_over_one_multiplier(facts_of: FactsOf) -> None:
    rows = [row for k in range(6) for row in week(f"k{k}", roas=1.0 + k)]
    decided = PacedValue().decide(morning(facts_of(rows)))
    moved = decided.bids[decided.bids["action"] == "set_bid"]
    told = [decode(reason)[1] for reason in moved["reason"]]
    assert len(moved) >= 4
    assert len({numbers["multiplier"] for numbers in told}) == 1
    worth = [numbers["value"] / numbers["multiplier"] for numbers in told]
    np.testing.assert_allclose(moved["bid"], worth, rtol=1e-4)


def test_with_room_on_both_sides_the_multiplier_falls_by_at_most_a_step(facts_of: FactsOf) -> None:
    facts = facts_of([*week("a", roas=9.0), *week("b", roas=9.0)])
    bids = bids_of(PacedValue(largest_step=0.2).decide(morning(facts, Goals(daily_budget=1e5))))
    assert bids["a"] == pytest.approx(1.5 * np.exp(0.2), rel=0.01)


def test_the_larger_of_both_needs_is_met_and_they_are_not_added_up(facts_of: FactsOf) -> None:
    """Each limit alone asks for a cut; together they ask for the deeper one, not for both."""
    situation = morning(facts_of([*week("a", roas=2.4), *week("b", roas=2.4)]))

    def bid(target: float, budget: float) -> float:
        goals = Goals(target_roas=target, daily_budget=budget)
        decided = PacedValue(largest_step=1.0).decide(replace(situation, goals=goals))
        return float(bids_of(decided)["a"])

    roi, money, both = bid(3.0, 1e5), bid(0.5, 30.0), bid(3.0, 30.0)
    assert max(roi, money) < 1.5
    assert both == pytest.approx(min(roi, money))


def test_a_shop_that_has_sold_nothing_is_left_alone(facts_of: FactsOf) -> None:
    decided = PacedValue().decide(morning(facts_of(week("a", roas=0.0))))
    assert decided.bids["action"].tolist() == ["keep"]
