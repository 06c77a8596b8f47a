"""Shadow prices are the slopes of the optimum."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bidopt.decisions.allocation.portfolio import Limits, allocate
from tests.decisions.allocation.portfolio.cases import campaigns, market


@pytest.mark.parametrize("margins", [False, True])
def test_price_of_the_budget_is_what_more_of_it_brings(*, margins: bool) -> None:
    choices = market(np.random.default_rng(1), 400, margins=margins)
    limits = Limits(0.15 * float(choices.cost[:, -1].sum()), None, (campaigns(choices, tight=True),))
    assert limits.budget is not None
    answer = allocate(choices, limits)
    more = allocate(choices, replace(limits, budget=limits.budget + 0.01))
    assert answer.shadow_price_budget > 0
    assert (more.lp_objective - answer.lp_objective) / 0.01 == pytest.approx(
        answer.shadow_price_budget, rel=1e-3
    )
    assert answer.shadow_price_target == 0


@pytest.mark.parametrize(("margins", "target"), [(False, 7.0), (True, 9.0)])
def test_price_of_the_target_is_what_raising_it_costs(*, margins: bool, target: float) -> None:
    choices = market(np.random.default_rng(2), 400, margins=margins)
    limits = Limits(None, target, (campaigns(choices, tight=False),))
    answer = allocate(choices, limits)
    higher = allocate(choices, replace(limits, target_roas=target + 1e-5))
    assert answer.shadow_price_target < 0
    assert answer.shadow_price_budget == 0
    slope = (higher.lp_objective - answer.lp_objective) / 1e-5
    assert slope == pytest.approx(answer.shadow_price_target, rel=1e-2)


@pytest.mark.parametrize(
    ("field", "share", "sign"), [("max_cost", 0.2, 1.0), ("min_cost", 0.08, -1.0), ("max_revenue", 0.13, 1.0)]
)
def test_prices_of_groups_are_what_their_limits_cost(field: str, share: float, sign: float) -> None:
    choices = market(np.random.default_rng(3), 400)
    groups = campaigns(choices, tight=True, stock=True)
    limits = Limits(share * float(choices.cost[:, -1].sum()), None, (groups,))
    answer = allocate(choices, limits)
    (price,) = answer.group_prices
    prices = sign * (price.stock if field == "max_revenue" else price.cost)
    at = int(prices.argmax())
    assert prices[at] > 0
    moved = getattr(groups, field).copy()
    moved[at] += 0.01
    other = allocate(choices, replace(limits, groups=(replace(groups, **{field: moved}),)))
    slope = (other.lp_objective - answer.lp_objective) / 0.01
    assert slope == pytest.approx(sign * prices[at], rel=1e-2)


def test_theta_is_the_return_on_the_last_unit_spent() -> None:
    choices = market(np.random.default_rng(4), 400)
    full = float(choices.cost[:, -1].sum())
    scarce, ample = (allocate(choices, Limits(budget=full * share)) for share in (0.1, 0.5))
    assert scarce.theta == pytest.approx(scarce.shadow_price_budget)
    assert scarce.theta > ample.theta > 0
    assert allocate(choices, Limits()).theta == 0
