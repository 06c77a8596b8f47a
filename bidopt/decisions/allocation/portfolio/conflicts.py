"""Limits that cannot all hold: which ones, by how much, and what is kept instead."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bidopt.decisions.allocation.portfolio.hull import Start
from bidopt.decisions.allocation.portfolio.problem import Groups, Limits, Mask
from bidopt.decisions.allocation.portfolio.relaxation import Filling
from bidopt.domain.metrics import Array

TOLERANCE = 1e-9  # relative; money is exact to cents, sums of a million amounts to about 1e-10


@dataclass(frozen=True)
class Conflict:
    """One limit that cannot hold.

    Args:
        code: stable name of what is wrong:
            budget_below_cheapest: the cheapest levels cost more than the budget;
            minima_above_budget: the groups' minima together do;
            max_below_cheapest: the cheapest levels of a group cost more than its maximum;
            stock_below_cheapest: they sell more than its stock;
            min_out_of_reach: a group cannot spend its minimum within its levels, maximum and stock;
            minima_above_max: minima of inner groups exceed the maximum of their outer group;
            minima_above_stock: they sell more than its stock, and are dropped;
            target_out_of_reach: no allocation within the other limits has the target ROAS;
            no_exact_levels: the limits hold on average over levels but no whole levels were found that do.
        settings: the limits that contradict each other, as fields of Limits and Groups.
        limit: what was asked, in money or as ROAS.
        attained: what the allocation returned has instead.
        excess: by how much it misses, in money per day; for the target the revenue that is missing.
        kind: name of the kind of group; "" for the account.
        group: number of the group; -1 for the account.
    """

    code: str
    settings: tuple[str, ...]
    limit: float
    attained: float
    excess: float
    kind: str = ""
    group: int = -1


def above(value: Array | float, limit: Array | float) -> Mask:
    """Whether a value exceeds its limit by more than rounding noise; an infinite limit is never exceeded."""
    return np.asarray(value - limit > TOLERANCE * np.maximum(np.abs(value), 1e-300))


def fit_cheapest(limits: Limits, start: Start) -> tuple[Limits, tuple[Conflict, ...]]:
    """Limits raised until the cheapest levels keep them, and what had to give."""
    found: list[Conflict] = []
    kinds: list[Groups] = []
    for groups in limits.groups:
        cost, revenue = groups.total(start.cost), groups.total(start.revenue)
        for code, name, limit, least in (
            ("max_below_cheapest", "max_cost", groups.max_cost, cost),
            ("stock_below_cheapest", "max_revenue", groups.max_revenue, revenue),
        ):
            found += _of_groups(code, (name,), groups, limit, least, above(least, limit))
        most, stock = np.maximum(groups.max_cost, cost), np.maximum(groups.max_revenue, revenue)
        kinds.append(replace(groups, max_cost=most, max_revenue=stock))
    limits, cheapest = replace(limits, groups=tuple(kinds)), float(start.cost.sum())
    if limits.budget is not None and above(cheapest, limits.budget):
        excess = cheapest - limits.budget
        found.append(Conflict("budget_below_cheapest", ("budget",), limits.budget, cheapest, excess))
        limits = replace(limits, budget=cheapest)
    return limits, tuple(found)


def fit_minima(limits: Limits, filling: Filling) -> tuple[Limits, tuple[Conflict, ...]]:
    """Limits whose minima can be spent, and what had to give.

    Minima yield to every other limit; those that are too large together shrink by one factor, counted from
    the cheapest levels.

    Args:
        limits: limits that the cheapest levels keep.
        filling: shows what the minima force.
    """
    start, held = filling.steps.start, np.flatnonzero(filling.shares.held)
    part, keyword = filling.shares.held[held], filling.steps.keyword[held]
    forced, earned = part * filling.steps.cost[held], part * filling.steps.revenue[held]
    found: list[Conflict] = []
    kinds = list(limits.groups)
    at_stock = np.zeros(start.cost.size, dtype=np.bool_)
    for i, (groups, span) in enumerate(zip(limits.groups, filling.ranges, strict=True)):
        cheapest = groups.total(start.cost)
        extra = groups.total_of(keyword, forced)
        spent, tight = cheapest + extra, above(cheapest + extra, groups.max_cost)
        if tight.any():
            both = ("min_cost", "max_cost")
            found += _of_groups("minima_above_max", both, groups, groups.max_cost, spent, tight)
            factor = np.where(tight, (groups.max_cost - cheapest) / np.where(tight, extra, 1.0), 1.0)
            kinds[:i] = [_shrunk(inner, start, groups.of_keyword(factor, 1.0)) for inner in kinds[:i]]
            spent = np.minimum(spent, groups.max_cost)
        sold = groups.total(start.revenue) + groups.total_of(keyword, earned)
        unsold = above(sold, groups.max_revenue)
        if unsold.any():
            found += _of_groups(
                "minima_above_stock", ("min_cost", "max_revenue"), groups, groups.max_revenue, sold, unsold
            )
            kinds[:i] = [
                _shrunk(inner, start, groups.of_keyword(np.where(unsold, 0.0, 1.0), 1.0))
                for inner in kinds[:i]
            ]
        at_stock |= groups.members(span.by_stock)
        stocked = groups.total(at_stock.astype(np.float64)) > 0
        short, crossed = above(groups.min_cost, spent), groups.min_cost > groups.max_cost
        for other, where in (
            ("max_cost", short & crossed),
            ("max_revenue", short & ~crossed & stocked),
            ("allowed", short & ~crossed & ~stocked),
        ):
            found += _of_groups(
                "min_out_of_reach", ("min_cost", other), groups, groups.min_cost, spent, where
            )
        kinds[i] = replace(kinds[i], min_cost=np.where(short, spent, groups.min_cost))
    limits = replace(limits, groups=tuple(kinds))
    cheapest_all, extra_all = float(start.cost.sum()), float(forced.sum())
    if not found and limits.budget is not None and above(cheapest_all + extra_all, limits.budget):
        excess = cheapest_all + extra_all - limits.budget
        both = ("min_cost", "budget")
        found.append(Conflict("minima_above_budget", both, limits.budget, limits.budget, excess))
        factor = np.full(start.cost.size, (limits.budget - cheapest_all) / extra_all)
        limits = replace(limits, groups=tuple(_shrunk(groups, start, factor) for groups in limits.groups))
    return limits, tuple(found)


def _shrunk(groups: Groups, start: Start, factor: Array) -> Groups:
    """Groups with minima brought nearer to the cheapest cost by a factor per keyword (n,)."""
    cheapest, own = groups.total(start.cost), np.ones(groups.size)
    own[groups.member[groups.member >= 0]] = factor[groups.member >= 0]
    needed = np.maximum(groups.min_cost - cheapest, 0.0)
    return replace(groups, min_cost=np.where(needed > 0, cheapest + needed * own, groups.min_cost))


def _of_groups(
    code: str, settings: tuple[str, ...], groups: Groups, limit: Array, attained: Array, where: Mask
) -> list[Conflict]:
    return [
        Conflict(
            code,
            settings,
            float(limit[g]),
            float(attained[g]),
            float(abs(limit[g] - attained[g])),
            groups.name,
            int(g),
        )
        for g in np.flatnonzero(where)
    ]


def missed(limits: Limits, cost: Array, revenue: Array, slack: float) -> tuple[Conflict, ...]:
    """Limits that mixed levels would keep but the whole levels found do not.

    Args:
        limits: limits that can be met, apart from the target.
        cost: cost of each keyword at its level, shape (n,).
        revenue: revenue of each keyword at its level, shape (n,).
        slack: below 0 when the target cannot be reached, which is reported elsewhere.
    """
    code = "no_exact_levels"
    found: list[Conflict] = []
    for groups in limits.groups:
        spent, sold = groups.total(cost), groups.total(revenue)
        for name, limit, has, where in (
            ("min_cost", groups.min_cost, spent, above(groups.min_cost, spent)),
            ("max_cost", groups.max_cost, spent, above(spent, groups.max_cost)),
            ("max_revenue", groups.max_revenue, sold, above(sold, groups.max_revenue)),
        ):
            found += _of_groups(code, (name,), groups, limit, has, where)
    spent_all, sold_all = float(cost.sum()), float(revenue.sum())
    if limits.budget is not None and above(spent_all, limits.budget):
        found.append(Conflict(code, ("budget",), limits.budget, spent_all, spent_all - limits.budget))
    target = limits.target_roas
    if target is not None and slack == 0 and above(target * spent_all, sold_all):
        roas, short = sold_all / spent_all, target * spent_all - sold_all
        found.append(Conflict(code, ("target_roas",), target, roas, short))
    return tuple(found)
