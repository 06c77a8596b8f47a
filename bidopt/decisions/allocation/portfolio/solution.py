"""The optimum of the relaxed problem with its prices, for one margin or for a margin per keyword."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bidopt.decisions.allocation.portfolio.conflicts import Conflict, above, fit_cheapest, fit_minima
from bidopt.decisions.allocation.portfolio.hull import Steps
from bidopt.decisions.allocation.portfolio.prices import Prices, prices_of
from bidopt.decisions.allocation.portfolio.problem import Choices, Limits
from bidopt.decisions.allocation.portfolio.relaxation import Filling, fill
from bidopt.domain.metrics import Array

DEAREST_TARGET = 1e6  # largest multiplier of the target; beyond, rounding noise would drown the objective
MOST_CUTS = 60


@dataclass(frozen=True)
class Solution:
    """Optimum of the relaxed problem.

    Args:
        limits: limits that can be met.
        filling: steps taken.
        prices: multipliers of the limits.
        slack: what revenue - target x cost can reach at most, if that is below 0, else 0.
        conflicts: what had to give; the target is not looked at.
    """

    limits: Limits
    filling: Filling
    prices: Prices
    slack: float
    conflicts: tuple[Conflict, ...]


def solve(choices: Choices, limits: Limits, steps: Steps) -> Solution:
    """Solve the relaxation exactly.

    With one margin for all, the order of the steps never changes, and budget and target together stop the
    account at one threshold. With a margin per keyword the multiplier of the target changes the order, so
    that it is searched for outside.

    Args:
        choices: levels of the keywords.
        limits: what must hold.
        steps: efficient steps of the keywords.
    """
    limits, conflicts = fit_cheapest(limits, steps.start)
    margin = np.ones(choices.keywords) if choices.margin is None else choices.margin
    first = float(margin[0]) if margin.size else 1.0
    alike = first > 0 and bool((margin == first).all())
    price_of_cost = 0.0 if choices.margin is None else 1.0
    ordered, keys = steps.best_first(None if alike else margin)
    worth, target = (price_of_cost / first, limits.target_roas) if alike else (price_of_cost, None)
    while True:
        filling = fill(limits, ordered, keys, worth, target)
        limits, more = fit_minima(limits, filling)
        conflicts += more
        if not more:
            break
    if alike:
        prices, slack = _one_margin(choices, limits, filling, first, price_of_cost)
    else:
        filling, prices, slack = _many_margins(choices, margin, limits, steps, filling)
    return Solution(limits, filling, prices, slack, conflicts)


def _one_margin(
    choices: Choices, limits: Limits, filling: Filling, margin: float, price_of_cost: float
) -> tuple[Prices, float]:
    """Prices of budget and target from the one threshold on slopes."""
    gain = margin * filling.threshold - price_of_cost
    budget = gain if filling.limit == "budget" else 0.0
    target = 0.0
    if filling.limit == "target" and limits.target_roas is not None:
        apart = limits.target_roas - filling.threshold
        target = min(gain / apart, DEAREST_TARGET) if apart else DEAREST_TARGET
    slack = _lacking(filling, limits.target_roas or 0.0)
    return prices_of(choices, limits, filling, budget, target, unit=margin + target), slack


def _lacking(filling: Filling, target: float) -> float:
    """Revenue - target x cost where that is below 0 by more than rounding noise, else 0."""
    needed = target * filling.cost
    return filling.revenue - needed if above(needed, filling.revenue) else 0.0


@dataclass(frozen=True)
class _Cut:
    """The optimum for one multiplier of the target: profit and slack give a line above which no bound lies."""

    filling: Filling
    multiplier: float
    profit: float
    slack: float


def _many_margins(
    choices: Choices, margin: Array, limits: Limits, steps: Steps, plain: Filling
) -> tuple[Filling, Prices, float]:
    """Search the multiplier of the target by cutting planes (Kelley 1960), halving now and then."""
    target = limits.target_roas or 0.0
    base = float((margin * steps.start.revenue - steps.start.cost).sum())

    def cut(filling: Filling, multiplier: float) -> _Cut:
        steps = filling.steps
        gain = margin[steps.keyword] * steps.revenue - steps.cost
        return _Cut(
            filling,
            multiplier,
            base + float((filling.taken * gain).sum()),
            filling.revenue - target * filling.cost,
        )

    def priced(end: _Cut) -> Prices:
        worth = 1.0 + end.multiplier * target
        budget = end.filling.threshold - worth if end.filling.limit == "budget" else 0.0
        return prices_of(choices, limits, end.filling, budget, end.multiplier, unit=1.0)

    left = cut(plain, 0.0)
    if limits.target_roas is None or _lacking(plain, target) == 0:
        return plain, priced(left), 0.0
    right = cut(fill(limits, *steps.best_first(), target, None), np.inf)
    floor, middle = _lacking(right.filling, target), left
    for turn in range(MOST_CUTS):
        if right.slack <= left.slack:
            break  # no allocation comes nearer to the target than the most profitable one
        multiplier = min((left.profit - right.profit) / (right.slack - left.slack), DEAREST_TARGET)
        line = left.profit + multiplier * (left.slack - floor)
        halved = turn % 3 == 2 and np.isfinite(right.multiplier)
        if halved:
            multiplier = (left.multiplier + right.multiplier) / 2
        ordered = steps.best_first(margin + multiplier)
        middle = cut(fill(limits, *ordered, 1.0 + multiplier * target, None), multiplier)
        met = not above(middle.profit + multiplier * (middle.slack - floor), line)
        if (met and not halved) or multiplier == DEAREST_TARGET:
            break
        left, right = (left, middle) if middle.slack >= floor else (middle, right)
    return right.filling, priced(middle), floor
