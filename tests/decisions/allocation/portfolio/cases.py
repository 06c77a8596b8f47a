"""Random portfolios and their optimum as HiGHS finds it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array

from bidopt.decisions.allocation.portfolio import Allocation, Choices, Groups, Limits
from bidopt.decisions.allocation.portfolio.problem import Ints, sums
from bidopt.domain.metrics import Array

Rng = np.random.Generator


def market(rng: Rng, keywords: int, levels: int = 12, *, margins: bool = False) -> Choices:
    """Response curves that bend and are known with noise, of keywords of very different size."""
    size, value, half = (rng.lognormal(0, sd, (keywords, 1)) for sd in (1.0, 0.5, 0.5))
    bid = np.linspace(0.1, 2.5, levels)
    clicks = 10 * size * bid / (bid + half)
    noise = rng.uniform(0.97, 1.03, (2, keywords, levels))
    cost, revenue = np.sort(clicks * bid * 0.8 * noise[0]), clicks * value * 4 * noise[1]
    return Choices(cost, revenue, margin=rng.uniform(0.2, 0.6, keywords) if margins else None)


def campaigns(choices: Choices, *, tight: bool, stock: bool = False) -> Groups:
    """Campaigns of 20 keywords, with a maximum each and a minimum for every third."""
    count = max(choices.keywords // 20, 1)
    member = np.arange(choices.keywords) % count
    full = sums(member, choices.cost[:, -1], count)
    sold = sums(member, choices.revenue[:, -1], count)
    some = np.arange(count) % 3 == 0
    return Groups(
        "campaign",
        member,
        min_cost=np.where(some & tight, 0.15 * full, np.nan),
        max_cost=(0.3 if tight else 0.9) * full,
        max_revenue=np.where(~some & stock, 0.4 * sold, np.nan),
    )


def wild(rng: Rng) -> tuple[Choices, Limits]:
    """A small portfolio without any shape: levels in any order, ties, masks, limits that may contradict."""
    n, levels = int(rng.integers(1, 25)), int(rng.integers(1, 7))
    rising = rng.random() < 0.6
    cost, revenue = rng.random((n, levels)) * 3, rng.random((n, levels)) * 9
    if rising:
        cost, revenue = np.cumsum(cost, axis=1) / 2, np.cumsum(revenue, axis=1) / 2
    if rng.random() < 0.3:
        cost[:, 0] = revenue[:, 0] = 0.0
    if rng.random() < 0.2:
        cost, revenue = np.round(cost, 1), np.round(revenue)
    allowed = rng.random((n, levels)) < (0.7 if rng.random() < 0.4 else 1.0)
    allowed[np.arange(n), rng.integers(0, levels, n)] = True
    margin = (None, np.full(n, 0.4), rng.uniform(0, 1, n))[rng.integers(0, 3)]
    groups = _wild_groups(rng, cost, revenue, stock=margin is None)
    budget = float(rng.uniform(0.1, 1) * cost.max(axis=1).sum()) if rng.random() < 0.7 else None
    target = float(rng.uniform(0.5, 5)) if rng.random() < 0.6 else None
    return Choices(cost, revenue, allowed, margin), Limits(budget, target, groups)


def _wild_groups(rng: Rng, cost: Array, revenue: Array, *, stock: bool) -> tuple[Groups, ...]:
    """None, products, or products within campaigns; only a single kind has stock."""
    kinds, n = int(rng.integers(0, 3)), cost.shape[0]
    products, shops = int(rng.integers(1, 6)), int(rng.integers(1, 3))
    product = rng.integers(-1, products, n)
    campaign: Ints = np.where(
        product >= 0, rng.integers(0, shops, products)[product], rng.integers(-1, shops, n)
    )

    def limited(name: str, member: Ints, size: int) -> Groups:
        full = sums(member, cost.max(axis=1), size)
        sold = sums(member, revenue.max(axis=1), size)

        def some(share: float, low: float, high: float, of: Array) -> Array:
            return np.where(rng.random(size) < share, of * rng.uniform(low, high, size), np.nan)

        stocked = 0.3 if stock and kinds == 1 else 0.0
        return Groups(
            name, member, some(0.4, 0.1, 0.6, full), some(0.5, 0.3, 1, full), some(stocked, 0.3, 1, sold)
        )

    both = (limited("product", np.asarray(product), products), limited("campaign", campaign, shops))
    return both[:kinds]


def objective_of(choices: Choices) -> Array:
    """Objective of every level, shape (n, levels)."""
    if choices.margin is None:
        return choices.revenue
    return choices.margin[:, np.newaxis] * choices.revenue - choices.cost


def _constraints(choices: Choices, limits: Limits) -> tuple[csr_array, Array]:
    """Rows and right sides of `rows @ x <= right` for x of shape (n x levels,)."""
    levels = choices.cost.shape[1]
    cost, revenue = choices.cost.ravel(), choices.revenue.ravel()
    rows, right = [np.zeros(cost.size)], [0.0]
    if limits.budget is not None:
        rows, right = [*rows, cost], [*right, limits.budget]
    if limits.target_roas is not None:
        rows, right = [*rows, limits.target_roas * cost - revenue], [*right, 0.0]
    for groups in limits.groups:
        for g in range(groups.size):
            inside = np.repeat(groups.member == g, levels)
            for sign, amount, limit in (
                (1, cost, groups.max_cost[g]),
                (-1, cost, groups.min_cost[g]),
                (1, revenue, groups.max_revenue[g]),
            ):
                if np.isfinite(limit):
                    rows, right = [*rows, sign * amount * inside], [*right, sign * limit]
    return csr_array(np.array(rows)), np.array(right)


def _one_level_each(choices: Choices) -> csr_array:
    n, levels = choices.cost.shape
    return csr_array((np.ones(n * levels), (np.repeat(np.arange(n), levels), np.arange(n * levels))))


def _most(choices: Choices) -> Array:
    allowed = np.ones(choices.cost.shape, dtype=bool) if choices.allowed is None else choices.allowed
    return allowed.ravel().astype(np.float64)


def lp_optimum(choices: Choices, limits: Limits) -> float | None:
    """Optimum with mixed levels by HiGHS; None when no mix keeps the limits."""
    rows, right = _constraints(choices, limits)
    found = linprog(
        -objective_of(choices).ravel(),
        A_ub=rows,
        b_ub=right,
        A_eq=_one_level_each(choices),
        b_eq=np.ones(choices.keywords),
        bounds=np.stack([np.zeros(choices.cost.size), _most(choices)], axis=1),
        method="highs",
    )
    return -float(found.fun) if found.status == 0 else None


def whole_optimum(choices: Choices, limits: Limits) -> float | None:
    """Optimum with whole levels by HiGHS; None when no levels keep the limits."""
    rows, right = _constraints(choices, limits)
    found = milp(
        -objective_of(choices).ravel(),
        constraints=[
            LinearConstraint(_one_level_each(choices), 1, 1),
            LinearConstraint(rows, -np.inf, right),
        ],
        integrality=np.ones(choices.cost.size),
        bounds=Bounds(0, _most(choices)),
    )
    return -float(found.fun) if found.status == 0 else None


def broken(choices: Choices, limits: Limits, allocation: Allocation) -> Array:
    """By how much whole levels exceed each limit, relative to it, at most 0 where it holds."""
    rows, right = _constraints(choices, limits)
    levels = choices.cost.shape[1]
    chosen = np.zeros(choices.cost.size)
    chosen[np.arange(choices.keywords) * levels + allocation.level] = 1.0
    scale = abs(rows) @ chosen + 1e-9
    excess: Array = (rows @ chosen - right) / scale
    return excess


def scaled(choices: Choices, limits: Limits, factor: float) -> tuple[Choices, Limits]:
    """The same portfolio in another currency."""
    groups = tuple(
        replace(
            g, min_cost=g.min_cost * factor, max_cost=g.max_cost * factor, max_revenue=g.max_revenue * factor
        )
        for g in limits.groups
    )
    budget = None if limits.budget is None else limits.budget * factor
    return (
        replace(choices, cost=choices.cost * factor, revenue=choices.revenue * factor),
        replace(limits, budget=budget, groups=groups),
    )


def shuffled(choices: Choices, limits: Limits, order: Ints) -> tuple[Choices, Limits]:
    """The same portfolio with its keywords in another order."""
    return (
        Choices(
            choices.cost[order],
            choices.revenue[order],
            None if choices.allowed is None else choices.allowed[order],
            None if choices.margin is None else choices.margin[order],
        ),
        replace(limits, groups=tuple(replace(g, member=g.member[order]) for g in limits.groups)),
    )
