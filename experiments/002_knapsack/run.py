"""Measures the portfolio allocator beside HiGHS and beside one NumPy sum over the same tables, in one run.

Usage: OMP_NUM_THREADS=1 python experiments/002_knapsack/run.py [--sizes 1000 3000 10000 100000] [--seconds 120]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

from bidopt.decisions.allocation.portfolio import Allocation, Choices, Groups, Limits, allocate

LEVELS, TARGET = 12, 3.0
HIGHS_UP_TO = {False: 10_000, True: 3_000}  # keywords, without and with margins; beyond it only costs time


def market(keywords: int, seed: int, *, margins: bool) -> Choices:
    """Response curves that bend, known with 3 % noise, of keywords of very different size (lognormal)."""
    rng = np.random.default_rng(seed)
    size, value, half = (rng.lognormal(0, sd, (keywords, 1)) for sd in (1.0, 0.5, 0.5))
    bid = np.linspace(0.1, 2.5, LEVELS)
    clicks = 10 * size * bid / (bid + half)
    noise = rng.uniform(0.97, 1.03, (2, keywords, LEVELS))
    cost, revenue = np.sort(clicks * bid * 0.8 * noise[0]), clicks * value * 4 * noise[1]
    return Choices(cost, revenue, margin=rng.uniform(0.2, 0.6, keywords) if margins else None)


def limits_of(choices: Choices, *, tight: bool) -> Limits:
    """A fifth of the money that all keywords could spend, and campaigns of 20 keywords.

    Tight: at most 30 % of what a campaign could spend, at least 15 % for every third. Loose: at most 90 %.
    """
    count = choices.keywords // 20
    member = np.arange(choices.keywords) % count
    full = np.bincount(member, choices.cost[:, -1], count)
    least = np.where(tight & (np.arange(count) % 3 == 0), 0.15 * full, np.nan)
    groups = Groups("campaign", member, least, np.where(tight, 0.3, 0.9) * full, np.full(count, np.nan))
    return Limits(0.2 * float(full.sum()), TARGET, (groups,))


def highs(choices: Choices, limits: Limits, seconds: float) -> tuple[float, float | None]:
    """CPU-seconds that HiGHS takes, and its optimum with mixed levels; None without a result in time."""
    n, levels = choices.cost.shape
    cost, revenue, (groups,) = choices.cost.ravel(), choices.revenue.ravel(), limits.groups
    columns = np.arange(n * levels)
    each = csr_array((np.ones(n * levels), (columns // levels, columns)))
    of_group = csr_array((cost, (np.repeat(groups.member, levels), columns)))
    has = groups.min_cost > 0
    account = csr_array(np.stack([cost, TARGET * cost - revenue]))
    gain = revenue if choices.margin is None else np.repeat(choices.margin, levels) * revenue - cost
    begin = time.process_time()
    found = linprog(
        -gain,
        A_ub=vstack([of_group, -of_group[has], account]).tocsr(),
        b_ub=np.concatenate([groups.max_cost, -groups.min_cost[has], [limits.budget, 0.0]]),
        A_eq=each,
        b_eq=np.ones(n),
        method="highs",
        options={"time_limit": seconds},
    )
    return time.process_time() - begin, -float(found.fun) if found.status == 0 else None


def clock(work: Callable[[], object], times: int) -> float:
    """Median CPU-seconds of some repeats: other work on the machine then counts less than with a wall clock."""
    taken = []
    for _ in range(times):
        begin = time.process_time()
        work()
        taken.append(time.process_time() - begin)
    return statistics.median(taken)


def missed(choices: Choices, limits: Limits, answer: Allocation) -> int:
    """Limits that the levels chosen do not keep, to 9 digits."""
    (groups,) = limits.groups
    cost = choices.cost[np.arange(choices.keywords), answer.level]
    spent = np.bincount(groups.member, cost, groups.size)
    account = (answer.cost > (limits.budget or 0) * (1 + 1e-9)) + (answer.revenue < TARGET * answer.cost)
    over, under = spent > groups.max_cost * (1 + 1e-9), spent < groups.min_cost * (1 - 1e-9)
    return int(account + over.sum() + under.sum())


def compare(keywords: int, seconds: float, *, tight: bool, margins: bool) -> None:
    choices = market(keywords, keywords, margins=margins)
    limits = limits_of(choices, tight=tight)
    answer = allocate(choices, limits)
    ours, total = [], []
    for _ in range(7 if keywords >= 100_000 else 15):  # turn about, so that both see the same machine
        total.append(clock(lambda: choices.cost.sum() + choices.revenue.sum(), 5))
        ours.append(clock(lambda: allocate(choices, limits), 1))
    own, anchor = statistics.median(ours), statistics.median(total)
    theirs = "not run"
    equal = ""
    if keywords <= HIGHS_UP_TO[margins]:
        took, optimum = highs(choices, limits, seconds)
        theirs = f"{took:.2f} s = {took / own:.0f} x" if optimum else f"none in {took:.0f} s"
        equal = f"{abs(answer.lp_objective / optimum - 1):.0e}" if optimum else "-"
    print(
        f"| {keywords:,} | {'profit' if margins else 'revenue'} | {'tight' if tight else 'loose'} | {own * 1e3:.1f} ms "
        f"| {own / anchor:.0f} | {theirs} | {equal} | {answer.gap:.4%} | {missed(choices, limits, answer)} |",
        flush=True,
    )


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--sizes", type=int, nargs="+", default=[1_000, 3_000, 10_000, 100_000])
    arguments.add_argument("--seconds", type=float, default=120.0, help="time limit of HiGHS")
    asked = arguments.parse_args()
    print(
        "| keywords | objective | campaigns | ours | x sum | HiGHS | LP differs | rounding loses | missed |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for keywords in asked.sizes:
        for margins in (False, True):
            for tight in (False, True):
                compare(keywords, asked.seconds, tight=tight, margins=margins)


if __name__ == "__main__":
    main()
