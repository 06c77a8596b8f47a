"""The best level for every keyword within all limits, with proof, prices and reasons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from bidopt.decisions.allocation.portfolio.clips import NOISE
from bidopt.decisions.allocation.portfolio.conflicts import Conflict, above, missed
from bidopt.decisions.allocation.portfolio.hull import Steps, efficient_steps
from bidopt.decisions.allocation.portfolio.prices import GroupPrices, bound
from bidopt.decisions.allocation.portfolio.problem import Choices, Groups, Ints, Limits, check_together
from bidopt.decisions.allocation.portfolio.relaxation import fill
from bidopt.decisions.allocation.portfolio.rounding import rounded
from bidopt.decisions.allocation.portfolio.solution import Solution, solve


class LimitedBy(IntEnum):
    """What keeps a keyword from a level that would bring more of the objective by itself."""

    NOTHING = 0
    BUDGET = 1
    TARGET = 2
    GROUP_MAX = 3
    GROUP_MIN = 4  # or what makes it spend more than it is worth to the account
    STOCK = 5
    REACH = 6  # its level lies at the edge of those allowed


@dataclass(frozen=True)
class Allocation:
    """One level per keyword.

    Args:
        level: level of each keyword, shape (n,).
        cost: expected cost per day in total.
        revenue: expected revenue per day in total.
        objective: revenue, or profit where margins were given.
        lp_objective: what no allocation within the limits can exceed: optimum when keywords may mix levels,
            proven by the prices. Limits in conflict are taken as far as they can be met.
        gap: (lp_objective - objective) / |lp_objective|; at most this much is lost by rounding to levels.
            Below 0 only where a conflict says that a limit is missed.
        theta: least revenue per extra cost for which a keyword is raised, at margin 1 and outside limits of
            groups; a keyword of another margin needs theta x (1 + mu) / (margin + mu).
        shadow_price_budget: objective that one more unit of budget brings, at least 0.
        shadow_price_target: objective that a target ROAS higher by 1 brings, at most 0.
        group_prices: prices of the limits of each kind of groups, in the order of Limits.groups.
        limited_by: LimitedBy code of each keyword, shape (n,).
        conflicts: limits that cannot all hold; empty when every limit holds.
    """

    level: Ints
    cost: float
    revenue: float
    objective: float
    lp_objective: float
    gap: float
    theta: float
    shadow_price_budget: float
    shadow_price_target: float
    group_prices: tuple[GroupPrices, ...]
    limited_by: npt.NDArray[np.int8]
    conflicts: tuple[Conflict, ...]


def allocate(choices: Choices, limits: Limits) -> Allocation:
    """Choose a level for every keyword so that revenue, or profit, is largest within the limits.

    The relaxation in which keywords mix levels is solved exactly (multiple-choice knapsack: Sinha and
    Zoltners 1979; groups are clips on their own paths), its prices bound what any allocation can reach, and
    rounding then exchanges levels until whole levels are near that bound. Equal inputs give equal outputs;
    of steps alike to about 9 digits, the keyword of the lower row comes first.

    Args:
        choices: what each level of each keyword costs and brings.
        limits: what must hold in total. Limits that cannot all hold do not fail but are named in
            `conflicts`: the target gives way to all others, minima to maxima, stock and budget, and these to
            the cheapest levels, each by as little as possible.

    Raises:
        SchemaError: groups and choices do not fit together.
    """
    check_together(choices, limits)
    steps = efficient_steps(choices)
    solution = solve(choices, limits, steps)
    plan = rounded(choices, solution)
    prices, filling = solution.prices, solution.filling

    level, cost, revenue = plan.level, plan.cost, plan.revenue
    objective = float(
        revenue.sum() if choices.margin is None else (choices.margin * revenue).sum() - cost.sum()
    )
    most = bound(choices, solution.limits, prices, solution.slack)
    conflicts = solution.conflicts
    if solution.slack < 0 and limits.target_roas is not None:
        conflicts += _target_conflict(solution, steps, cost.sum(), revenue.sum())
    return Allocation(
        level=level,
        cost=float(cost.sum()),
        revenue=float(revenue.sum()),
        objective=objective,
        lp_objective=most,
        gap=(most - objective) / abs(most) if most else 0.0,
        theta=prices.account / (1 + prices.target),
        shadow_price_budget=prices.budget,
        shadow_price_target=0.0 - prices.target * filling.cost,
        group_prices=prices.groups,
        limited_by=_limited_by(choices, solution, level),
        conflicts=conflicts + missed(solution.limits, cost, revenue, solution.slack),
    )


def _target_conflict(solution: Solution, steps: Steps, cost: float, revenue: float) -> tuple[Conflict, ...]:
    """The target beside those limits each of which alone keeps it out of reach."""
    limits, target = solution.limits, solution.limits.target_roas or 0.0
    if not above(target * solution.filling.cost, solution.filling.revenue):
        return ()
    without = {"budget": replace(limits, budget=None)}
    without |= {name: _opened(limits, name) for name in ("min_cost", "max_cost", "max_revenue")}
    against, ordered = [], steps.best_first()
    for name, fewer in without.items():
        freed = fill(fewer, *ordered, target, None)
        if freed.revenue >= target * freed.cost:
            against.append(name)
    return (
        Conflict(
            "target_out_of_reach",
            ("target_roas", *against),
            limit=target,
            attained=float(revenue / cost) if cost > 0 else 0.0,
            excess=float(target * cost - revenue),
        ),
    )


def _opened(limits: Limits, name: str) -> Limits:
    """The limits without those of groups that have this name."""
    fields = ("min_cost", "max_cost", "max_revenue")
    kinds = (
        Groups(g.name, g.member, *(getattr(g, f) if f != name else np.full(g.size, np.nan) for f in fields))
        for g in limits.groups
    )
    return replace(limits, groups=tuple(kinds))


def _limited_by(choices: Choices, solution: Solution, level: Ints) -> npt.NDArray[np.int8]:
    steps = solution.filling.steps
    worth = steps.slope
    if choices.margin is not None:
        worth = choices.margin[steps.keyword] * steps.slope - 1.0
    wants = np.zeros(choices.keywords, dtype=np.bool_)
    wants[steps.keyword[(worth > 0) & (solution.filling.taken < 1 - NOISE)]] = True
    code = np.full(choices.keywords, LimitedBy.NOTHING, dtype=np.int8)
    if solution.prices.target > 0:
        code[wants] = LimitedBy.TARGET
    if solution.prices.budget > 0:
        code[wants] = LimitedBy.BUDGET
    for groups, price in zip(reversed(solution.limits.groups), reversed(solution.prices.groups), strict=True):
        of_cost = groups.of_keyword(price.cost, 0.0)
        code[wants & (of_cost > 0)] = LimitedBy.GROUP_MAX
        code[wants & (groups.of_keyword(price.stock, 0.0) > 0)] = LimitedBy.STOCK
        code[of_cost < 0] = LimitedBy.GROUP_MIN
    if choices.allowed is not None:
        allowed, last = choices.allowed, choices.allowed.shape[1] - 1
        lowest, highest = allowed.argmax(axis=1), last - allowed[:, ::-1].argmax(axis=1)
        edge = ((level == lowest) & (lowest > 0)) | ((level == highest) & (highest < last))
        code[edge] = LimitedBy.REACH
    return code
