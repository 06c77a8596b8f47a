"""One level per keyword on its way to the answer, and the moves that could improve it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bidopt.decisions.allocation.portfolio.conflicts import TOLERANCE
from bidopt.decisions.allocation.portfolio.hull import ROWS_AT_ONCE
from bidopt.decisions.allocation.portfolio.ordering import descending
from bidopt.decisions.allocation.portfolio.prices import values
from bidopt.decisions.allocation.portfolio.problem import Choices, Groups, Ints
from bidopt.decisions.allocation.portfolio.solution import Solution
from bidopt.domain.metrics import Array


@dataclass(frozen=True)
class Plan:
    """Levels of all keywords.

    Args:
        choices: levels to choose from.
        solution: optimum of the relaxed problem; its prices say what a level loses of the bound.
        level: level of each keyword, shape (n,).
        cost: what each keyword costs there, shape (n,).
        revenue: what it brings there, shape (n,).
    """

    choices: Choices
    solution: Solution
    level: Ints
    cost: Array
    revenue: Array

    def excess(self) -> tuple[float, float]:
        """What cost exceeds the budget by, and what revenue - target x cost lacks; below 0 is room."""
        limits = self.solution.limits
        cost, revenue = float(self.cost.sum()), float(self.revenue.sum())
        over = short = -np.inf
        if limits.budget is not None:
            over = cost - limits.budget * (1 + TOLERANCE)
        if limits.target_roas is not None:
            short = self.solution.slack - revenue + limits.target_roas * (1 - TOLERANCE) * cost
        return over, short


@dataclass(frozen=True)
class Moves:
    """One other level for each of some keywords, all of shape (rows,).

    Args:
        rows: the keywords.
        level: where they could go.
        loss: what that loses of the bound, or per unit of relief; inf where there is no such level.
        cost: change of cost.
        revenue: change of revenue.
    """

    rows: Ints
    level: Ints
    loss: Array
    cost: Array
    revenue: Array

    def best_first(self, kinds: Sequence[Groups]) -> Ints:
        """Places of the moves by loss, ties by cost, at most one of each group of `kinds`."""
        order = np.flatnonzero(np.isfinite(self.loss))
        order = order[descending(self.cost[order])]
        order = order[descending(-self.loss[order])]
        for groups in kinds:
            member = groups.member[self.rows[order]]
            apart = np.where(member >= 0, member, groups.size + np.arange(order.size))
            order = order[np.sort(np.unique(apart, return_index=True)[1])]
        return order


def planned(choices: Choices, solution: Solution, level: Ints) -> Plan:
    """The plan with these levels."""
    rows = np.arange(choices.keywords)
    return Plan(choices, solution, level, choices.cost[rows, level], choices.revenue[rows, level])


def moved(plan: Plan, moves: Moves, chosen: Ints) -> Plan:
    """The plan after some of the moves, given by their places."""
    rows, level, cost, revenue = moves.rows[chosen], plan.level.copy(), plan.cost.copy(), plan.revenue.copy()
    level[rows] = moves.level[chosen]
    cost[rows], revenue[rows] = (
        table[rows, level[rows]] for table in (plan.choices.cost, plan.choices.revenue)
    )
    return replace(plan, level=level, cost=cost, revenue=revenue)


def best_moves(
    plan: Plan, rows: Ints, kinds: Sequence[Groups], relief: tuple[float, float] | None = None
) -> Moves:
    """The other level of each of some keywords that loses least of the bound.

    Args:
        plan: present levels.
        rows: the keywords.
        kinds: groups whose limits each move must keep by itself, or bring no further from holding.
        relief: weights of revenue and of saved cost in what is lacking; levels are then judged by what they
            lose per unit of it, and those that bring none are left out.
    """
    choices, prices = plan.choices, plan.solution.prices
    limits = [_rooms_of_rows(plan, rows, groups) for groups in kinds]
    other, loss = np.empty(rows.size, dtype=np.int64), np.empty(rows.size)
    for begin in range(0, rows.size, ROWS_AT_ONCE):
        some = slice(begin, begin + ROWS_AT_ONCE)
        part = rows[some]
        value = values(choices, part, prices.of_revenue, prices.stop)
        lost = value.max(axis=0) - value
        if kinds or relief is not None:
            cost = choices.cost[part].T - plan.cost[part]
            revenue = choices.revenue[part].T - plan.revenue[part]
            for least, most, stock in limits:
                lost[(cost < least[some]) | (cost > most[some]) | (revenue > stock[some])] = np.inf
            if relief is not None:
                gain = relief[0] * revenue - relief[1] * cost
                lost = np.where(gain > 0, lost / np.where(gain > 0, gain, 1.0), np.inf)
        here = np.arange(part.size)
        lost[plan.level[part], here] = np.inf
        other[some] = lost.argmin(axis=0)
        loss[some] = lost[other[some], here]
    d_cost = choices.cost[rows, other] - plan.cost[rows]
    return Moves(rows, other, loss, d_cost, choices.revenue[rows, other] - plan.revenue[rows])


def rooms(plan: Plan, groups: Groups) -> tuple[Array, Array, Array]:
    """How cost of each group must and may change, and its revenue may, each of shape (groups,)."""
    cost, revenue = groups.total(plan.cost), groups.total(plan.revenue)
    spare = TOLERANCE * cost
    return (
        groups.min_cost - cost - spare,
        groups.max_cost - cost + spare,
        groups.max_revenue - revenue + TOLERANCE * np.abs(revenue),
    )


def _rooms_of_rows(plan: Plan, rows: Ints, groups: Groups) -> tuple[Array, Array, Array]:
    """The rooms of the groups of some keywords; a limit that does not hold yet leaves room for no move."""
    least, most, stock = rooms(plan, groups)
    return (
        groups.of_keyword(np.minimum(least, 0.0), -np.inf)[rows],
        groups.of_keyword(np.maximum(most, 0.0), np.inf)[rows],
        groups.of_keyword(np.maximum(stock, 0.0), np.inf)[rows],
    )
