"""Filling the account with the best steps first: the exact optimum when keywords may mix levels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bidopt.decisions.allocation.portfolio.clips import Range, Shares, clip
from bidopt.decisions.allocation.portfolio.hull import Steps
from bidopt.decisions.allocation.portfolio.problem import Limits
from bidopt.domain.metrics import Array


@dataclass(frozen=True)
class Filling:
    """Steps taken, best first.

    Args:
        steps: steps of all keywords by falling key.
        shares: what groups force and allow of each step.
        ranges: where the groups of each kind may stop.
        taken: part of each step taken, shape (steps,).
        stop: place of the step at which the account stops; those before are taken as far as they are free.
        end: steps from this place on are worth nothing to the account.
        threshold: key at which the account stops.
        limit: what stops it: "budget", "target", or "" when no step is worth more.
        cost: cost of the mix per day.
        revenue: its revenue per day.
    """

    steps: Steps
    shares: Shares
    ranges: tuple[Range, ...]
    taken: Array
    stop: int
    end: int
    threshold: float
    limit: str
    cost: float
    revenue: float


def clipped(limits: Limits, steps: Steps, keys: Array) -> tuple[Shares, tuple[Range, ...]]:
    """What the limits of all groups, inner before outer, leave of the steps."""
    shares = Shares(np.zeros(keys.size), np.ones(keys.size))
    ranges: list[Range] = []
    for groups in limits.groups:
        cost, revenue = groups.total(steps.start.cost), groups.total(steps.start.revenue)
        held = np.flatnonzero(shares.held)
        outer, part = steps.keyword[held], shares.held[held]
        cost += groups.total_of(outer, part * steps.cost[held])
        revenue += groups.total_of(outer, part * steps.revenue[held])
        shares, span = clip(groups, steps, keys, shares, (cost, revenue))
        ranges.append(span)
    return shares, tuple(ranges)


def fill(limits: Limits, steps: Steps, keys: Array, worth: float, target: float | None) -> Filling:
    """Take steps in their order until none is worth it or a limit of the account stops it.

    Args:
        limits: limits that can be met, apart from the target.
        steps: steps of all keywords, best first.
        keys: what a step brings per unit of cost, falling, shape (steps,).
        worth: a step with this key or less is not worth taking.
        target: ROAS to keep, which requires that keys fall as slopes do; None to leave it to the keys.
            Steps not worth it are taken if the target needs them. When no spend reaches it, the spend that
            comes nearest is taken.
    """
    shares, ranges = clipped(limits, steps, keys)
    held = np.flatnonzero(shares.held)
    cost = float(steps.start.cost.sum() + (shares.held[held] * steps.cost[held]).sum())
    revenue = float(steps.start.revenue.sum() + (shares.held[held] * steps.revenue[held]).sum())

    least = worth if target is None else min(worth, target)
    wanted, end = (int(np.count_nonzero(keys > key)) for key in (worth, least))
    free = shares.free[:end]
    spent = steps.cost[:end] * free
    most = float(end) if limits.budget is None else _affordable(spent, max(limits.budget - cost, 0.0))
    stop, limit = min(float(wanted), most), "budget" if most < wanted else ""
    if target is not None:
        gains = steps.revenue[:end] * free - target * spent
        met = _met(revenue - target * cost, gains, wanted, most)
        stop, limit = met, limit if met == stop else "target"
    whole = int(stop)
    taken = shares.held.copy()
    taken[:whole] += free[:whole]
    if stop > whole:
        taken[whole] += (stop - whole) * free[whole]
    extra = taken[: whole + 1] - shares.held[: whole + 1]
    return Filling(
        steps=steps,
        shares=shares,
        ranges=ranges,
        taken=taken,
        stop=whole,
        end=end,
        threshold=worth if not limit else float(keys[whole]) if whole < end else least,
        limit=limit,
        cost=cost + float((extra * steps.cost[: whole + 1]).sum()),
        revenue=revenue + float((extra * steps.revenue[: whole + 1]).sum()),
    )


def _affordable(spent: Array, room: float) -> float:
    """How many steps of these costs fit the room, the last one in part."""
    total = np.cumsum(spent)
    whole = int(np.searchsorted(total, room, side="right"))
    if whole == total.size:
        return float(whole)
    return whole + max(1 - (float(total[whole]) - room) / float(spent[whole]), 0.0)


def _met(before: float, gains: Array, wanted: int, most: float) -> float:
    """How many steps to take so that revenue - target x cost is at least 0, or comes nearest to it.

    Args:
        before: revenue - target x cost before the first step.
        gains: what each step adds to it; falling per unit of cost, so that the sum is concave.
        wanted: number of steps to take if the target lets; any further ones serve the target alone.
        most: steps that can be afforded, the last one in part.
    """
    whole, last = int(most), int(np.ceil(most))
    sizes = np.ones(last)
    sizes[whole:] = most - whole
    gains = gains[:last] * sizes
    slack = np.cumsum(np.append(before, gains))
    if slack[min(wanted, last)] >= 0:
        return min(float(wanted), most)
    if wanted < last:  # the most profitable spend earns less per cost than the next steps do
        enough = np.flatnonzero(slack[wanted:] >= 0)
        if not enough.size:
            return most
        k = wanted + int(enough[0]) - 1
        return k - float(slack[k] / gains[k] * sizes[k])
    k = int(np.flatnonzero(slack >= min(slack.max(), 0.0))[-1])
    if k == last:
        return most
    return k - float(max(slack[k], 0.0) / gains[k] * sizes[k])
