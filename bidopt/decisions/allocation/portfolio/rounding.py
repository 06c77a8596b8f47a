"""From mixed levels to one real level per keyword, within all limits and near the optimum."""

from __future__ import annotations

import numpy as np

from bidopt.decisions.allocation.portfolio.conflicts import TOLERANCE
from bidopt.decisions.allocation.portfolio.exchange import in_account, in_groups, repaired
from bidopt.decisions.allocation.portfolio.plan import Plan, planned
from bidopt.decisions.allocation.portfolio.problem import Choices, Ints, Mask
from bidopt.decisions.allocation.portfolio.solution import Solution

WHOLE = 1 - 1e-9  # a step taken so far is taken whole
WIDTH = 4096  # steps on either side of the threshold that rounding looks at first
NEAR = 64  # steps on either side whose keywords may exchange levels


def rounded(choices: Choices, solution: Solution) -> Plan:
    """Choose one level per keyword.

    Steps taken in part are dropped first. In each group that its own limits stop, the few keywords whose
    next best level loses least of the bound exchange levels, any allowed level, so that the group's limits
    hold and the most is made of them. What is left of the account's budget and target then moves its
    threshold, and the keywords around that exchange levels in the same way.
    """
    filling, limits = solution.filling, solution.limits
    plan = planned(choices, solution, filling.steps.levels_after(filling.taken >= WHOLE))
    partly = (filling.taken > 0) & (filling.taken < WHOLE) & (filling.shares.free < 1)
    broken = filling.steps.keyword[partly]
    settled = np.zeros(choices.keywords, dtype=np.bool_)
    for kind, (groups, price) in enumerate(zip(limits.groups, solution.prices.groups, strict=True)):
        stopped = (price.cost != 0) | (price.stock != 0)
        stopped |= groups.total_of(broken, np.ones(broken.size)) > 0
        tight = groups.members(stopped)
        if tight.any():
            plan = in_groups(plan, kind, tight)
        settled |= tight
    plan, near = _threshold_moved(plan, settled, WIDTH)
    return repaired(in_account(plan, near))


def _threshold_moved(plan: Plan, settled: Mask, width: int) -> tuple[Plan, Ints]:
    """Spend what rounding the groups has left over, or save what it has taken too much.

    Only whole steps of keywords that no group has settled move, so that the limits of groups still hold, and
    only `width` of them on either side of the threshold; more where that does not suffice.

    Returns:
        The plan, and the keywords whose steps lie around the threshold.
    """
    filling, prices, limits = plan.solution.filling, plan.solution.prices, plan.solution.limits
    steps = filling.steps
    first, last = max(filling.stop - width, 0), min(filling.stop + width, filling.end)
    path = np.arange(first, last)
    path = path[(filling.shares.free[first:last] == 1) & ~settled[steps.keyword[first:last]]]
    taken = filling.taken >= WHOLE
    cost, revenue, before = steps.cost[path], steps.revenue[path], taken[path]
    spent = plan.cost.sum() - cost[before].sum() + np.cumsum(np.append(0.0, cost))
    earned = plan.revenue.sum() - revenue[before].sum() + np.cumsum(np.append(0.0, revenue))
    worth = (prices.of_revenue[steps.keyword[path]] - prices.target) * revenue
    gained = np.cumsum(np.append(0.0, worth - cost * float(plan.choices.margin is not None)))
    broken = np.zeros(spent.size)
    if limits.budget is not None:
        broken += np.maximum(spent - limits.budget * (1 + TOLERANCE), 0.0)
    if limits.target_roas is not None:
        needed = limits.target_roas * (1 - TOLERANCE) * spent + plan.solution.slack
        broken += np.maximum(needed - earned, 0.0)
    end = int(np.where(broken > 0, -1e30 * broken, gained - gained.min()).argmax())
    if (end == 0 and first > 0) or (end == path.size and last < filling.end):
        return _threshold_moved(plan, settled, 8 * width)
    taken[path] = np.arange(path.size) < end
    level = np.where(settled, plan.level, steps.levels_after(taken))
    near = np.unique(steps.keyword[path[max(end - NEAR, 0) : end + NEAR]])
    if plan.choices.keywords <= 4 * NEAR:
        near = np.arange(plan.choices.keywords)
    return planned(plan.choices, plan.solution, level), near
