"""What one unit more of each limit is worth, and the bound on the objective that these prices prove."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bidopt.decisions.allocation.portfolio.hull import ROWS_AT_ONCE
from bidopt.decisions.allocation.portfolio.problem import Choices, Ints, Limits
from bidopt.decisions.allocation.portfolio.relaxation import Filling
from bidopt.domain.metrics import Array


@dataclass(frozen=True)
class GroupPrices:
    """Prices of the limits of one kind of groups, in objective per unit.

    Args:
        cost: gain per unit of cost more (maximum binds, above 0) or loss per unit more that must be spent
            (minimum binds, below 0), shape (groups,).
        stock: gain per unit of revenue more that stock could serve, shape (groups,).
    """

    cost: Array
    stock: Array


@dataclass(frozen=True)
class Prices:
    """Multipliers of all limits, all 0 where a limit does not bind.

    Args:
        budget: objective per unit of budget.
        target: objective per unit of revenue - target x cost.
        groups: prices of each kind of groups, in the order of Limits.groups.
        account: price of a unit of cost in the account, before the prices of groups.
        of_revenue: what a unit of revenue of each keyword is worth, target included, shape (n,).
        stop: the keyword's own price of cost when its groups' limits are all put on cost, shape (n,).
    """

    budget: float
    target: float
    groups: tuple[GroupPrices, ...]
    account: float
    of_revenue: Array
    stop: Array


def prices_of(
    choices: Choices, limits: Limits, filling: Filling, budget: float, target: float, unit: float
) -> Prices:
    """Prices that make the filling optimal.

    Args:
        choices: levels of the keywords.
        limits: limits that can be met.
        filling: its groups' thresholds are used.
        budget: multiplier of the budget.
        target: multiplier of the target.
        unit: objective per unit of the filling's keys.
    """
    of_revenue = np.full(choices.keywords, 1.0) if choices.margin is None else choices.margin
    of_revenue = of_revenue + target
    account = float(choices.margin is not None) + budget + target * (limits.target_roas or 0.0)
    stop, unsold = np.full(choices.keywords, account), np.ones(choices.keywords)
    found: list[GroupPrices] = []
    for groups, span in zip(reversed(limits.groups), reversed(filling.ranges), strict=True):
        own = np.clip(
            stop, groups.of_keyword(span.low, -np.inf) * unit, groups.of_keyword(span.high, np.inf) * unit
        )
        by_stock = groups.members(span.by_stock) & (own > stop)
        with np.errstate(divide="ignore", invalid="ignore"):
            # Stock makes a unit of revenue worth less, by the factor that moves the threshold as far.
            factor = np.where(by_stock, np.clip(stop / own, 0.0, 1.0), 1.0)
        inside = groups.member >= 0
        price = GroupPrices(np.zeros(groups.size), np.zeros(groups.size))
        price.cost[groups.member[inside]] = np.where(by_stock, 0.0, unsold * (own - stop))[inside]
        price.stock[groups.member[inside]] = (unsold * of_revenue * (1 - factor))[inside]
        found.append(price)
        unsold, stop = unsold * factor, own
    return Prices(budget, target, tuple(reversed(found)), account, of_revenue, stop)


def bound(choices: Choices, limits: Limits, prices: Prices, slack: float) -> float:
    """Upper bound of the objective over all allocations that keep the limits (Lagrangian duality).

    It holds for any prices, whatever found them, since every allowed level of every keyword is looked at.

    Args:
        choices: levels of the keywords.
        limits: limits to keep; those with a price must be finite.
        prices: multipliers, each at least 0 in its direction.
        slack: what revenue - target x cost must reach; 0, or less when the target cannot be reached.
    """
    per_revenue, per_cost = prices.of_revenue.copy(), np.full(choices.keywords, prices.account)
    total = -prices.target * slack
    if limits.budget is not None:
        total += prices.budget * limits.budget
    for groups, price in zip(limits.groups, prices.groups, strict=True):
        per_cost += groups.of_keyword(price.cost, 0.0)
        per_revenue -= groups.of_keyword(price.stock, 0.0)
        limit = np.where(price.cost > 0, groups.max_cost, groups.min_cost)
        total += float((price.cost[price.cost != 0] * limit[price.cost != 0]).sum())
        total += float((price.stock[price.stock > 0] * groups.max_revenue[price.stock > 0]).sum())
    return total + float(best_values(choices, per_revenue, per_cost).sum())


def best_values(choices: Choices, per_revenue: Array, per_cost: Array) -> Array:
    """Largest per_revenue x revenue - per_cost x cost over the allowed levels of each keyword, shape (n,)."""
    best = np.empty(choices.keywords)
    for begin in range(0, choices.keywords, ROWS_AT_ONCE):
        rows = slice(begin, begin + ROWS_AT_ONCE)
        best[rows] = values(choices, rows, per_revenue, per_cost).max(axis=0)
    return best


def values(choices: Choices, rows: slice | Ints, per_revenue: Array, per_cost: Array) -> Array:
    """per_revenue x revenue - per_cost x cost of the levels of some keywords, shape (levels, rows)."""
    value: Array = choices.revenue[rows].T * per_revenue[rows]
    value -= choices.cost[rows].T * per_cost[rows]
    if choices.allowed is not None:
        value[~choices.allowed[rows].T] = -np.inf
    return value
