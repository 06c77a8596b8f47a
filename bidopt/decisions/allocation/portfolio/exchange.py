"""Exchanges of levels: a few keywords of each group, or of the account, take their next best level together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bidopt.decisions.allocation.portfolio.ordering import by_group
from bidopt.decisions.allocation.portfolio.plan import Plan, best_moves, moved, rooms
from bidopt.decisions.allocation.portfolio.problem import Ints, Mask
from bidopt.decisions.allocation.portfolio.subsets import Amount, best_subset

OF_GROUP, OF_ACCOUNT = 8, 14  # moves of which all subsets are tried
MOST_REPAIRS = 16


def in_groups(plan: Plan, kind: int, tight: Mask) -> Plan:
    """Make the most of the limits of some groups: first by the best moves, then by raises that fit what is left.

    Args:
        plan: present levels.
        kind: place of the kind of groups in Limits.groups; inner groups keep their limits.
        tight: keywords of the groups to look at, shape (n,).
    """
    rows = np.flatnonzero(tight)
    plan = _exchanged(plan, kind, rows, raising=False)
    return _exchanged(plan, kind, rows, raising=True)


def _exchanged(plan: Plan, kind: int, rows: Ints, *, raising: bool) -> Plan:
    """The best of all subsets of a few moves in each group of the keywords given, these in ascending order."""
    groups, inner = plan.solution.limits.groups[kind], plan.solution.limits.groups[:kind]
    kinds, relief = ((*inner, groups), (0.0, -1.0)) if raising else (inner, None)
    moves, prices = best_moves(plan, rows, kinds, relief), plan.solution.prices
    order = moves.best_first(inner)
    place, begins = by_group(groups.member[rows[order]], groups.size)
    size = np.diff(begins)
    rank = np.arange(place.size) - np.repeat(begins[:-1], size)
    names, tried = np.flatnonzero(size), rank < OF_GROUP
    table = np.full((names.size, OF_GROUP), -1)
    table[np.repeat(np.arange(names.size), size[names])[tried], rank[tried]] = order[place[tried]]

    cost, revenue = np.append(moves.cost, 0.0)[table], np.append(moves.revenue, 0.0)[table]
    worth = np.append(prices.of_revenue[rows], 0.0)[table]
    least, most, stock = (room[names] for room in rooms(plan, groups))
    amounts = [Amount(cost, least, most), Amount(revenue, np.full(names.size, -np.inf), stock)]
    chosen = best_subset(worth * revenue - prices.account * cost, amounts)
    picked = ((chosen[:, np.newaxis] >> np.arange(OF_GROUP)) & 1).astype(np.bool_) & (table >= 0)
    return moved(plan, moves, table[picked])


def in_account(plan: Plan, rows: Ints) -> Plan:
    """Make the most of budget and target with some keywords, at most one of each group."""
    limits, prices = plan.solution.limits, plan.solution.prices
    moves = best_moves(plan, rows, limits.groups)
    order = moves.best_first(limits.groups)[:OF_ACCOUNT]
    cost, revenue = moves.cost[order][np.newaxis], moves.revenue[order][np.newaxis]
    over, short = plan.excess()
    none = np.array([np.inf])
    amounts = [
        Amount(cost, -none, np.array([-over])),
        Amount(revenue - (limits.target_roas or 0.0) * cost, np.array([short]), none),
    ]
    value = (prices.of_revenue[rows[order]] - prices.target) * revenue
    value -= cost * float(plan.choices.margin is not None)
    chosen = best_subset(value, amounts)[0]
    return moved(plan, moves, order[((chosen >> np.arange(order.size)) & 1).astype(np.bool_)])


def repaired(plan: Plan) -> Plan:
    """Give up as little as possible until budget and target hold; minima yield to the budget.

    Rarely needed: rounding leaves room for whole steps unless groups leave the account none.
    """
    limits, rows = plan.solution.limits, np.arange(plan.choices.keywords)
    without_minima = tuple(replace(groups, min_cost=np.zeros(groups.size)) for groups in limits.groups)
    for turn in range(MOST_REPAIRS):
        over, short = plan.excess()
        if over <= 0 and short <= 0:
            break
        relief = (0.0, 1.0) if over > 0 else (1.0, limits.target_roas or 0.0)
        kinds = without_minima if over > 0 and turn >= MOST_REPAIRS // 2 else limits.groups
        moves = best_moves(plan, rows, kinds, relief)
        order = moves.best_first(kinds)
        order = order[moves.cost[order] <= max(-over, 0.0)]
        gained = np.cumsum(relief[0] * moves.revenue[order] - relief[1] * moves.cost[order])
        plan = moved(plan, moves, order[: int(np.count_nonzero(gained < max(over, short))) + 1])
    return plan
