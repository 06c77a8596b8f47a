"""Limits of groups as clips on each group's own path of steps, best step first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bidopt.decisions.allocation.portfolio.hull import Steps
from bidopt.decisions.allocation.portfolio.ordering import by_group
from bidopt.decisions.allocation.portfolio.problem import UNGROUPED, Groups, Ints, Mask
from bidopt.domain.metrics import Array

NOISE = 1e-9  # part of a step that is only rounding


@dataclass(frozen=True)
class Shares:
    """How far each step is decided already.

    Args:
        held: part of each step that minima force, shape (steps,).
        free: part of each step that is left to decide, shape (steps,).
    """

    held: Array
    free: Array


@dataclass(frozen=True)
class Range:
    """Thresholds between which groups may stop.

    A group takes a step when the step's key exceeds the account's threshold, but at least down to `high`
    and at most down to `low`: its own threshold is the account's, held within [low, high].

    Args:
        low: threshold below which a group may not go (maximum or stock), -inf if none, shape (groups,).
        high: threshold down to which it must go (minimum), inf if none, shape (groups,).
        by_stock: whether `low` is due to stock rather than to the maximum, shape (groups,).
    """

    low: Array
    high: Array
    by_stock: Mask


def clip(
    groups: Groups, steps: Steps, keys: Array, shares: Shares, start: tuple[Array, Array]
) -> tuple[Shares, Range]:
    """Clip the path of every group; exact for the linear relaxation, since groups are disjoint.

    Args:
        groups: the groups and their limits.
        steps: steps of all keywords, best first.
        keys: what a step brings per unit of cost, falling, shape (steps,).
        shares: what inner groups have left of the steps.
        start: cost and revenue of each group before any free step, both of shape (groups,).

    Returns:
        What is left of the steps now, and where each group may stop.
    """
    low, high = np.full(groups.size, -np.inf), np.full(groups.size, np.inf)
    by_stock = np.zeros(groups.size, dtype=np.bool_)
    member = groups.member[steps.keyword]
    there = shares.free > 0
    place, begins = by_group(np.where(there, member, UNGROUPED), groups.size)
    cost = (steps.cost * shares.free)[place]
    keep = _units(cost, begins, groups.max_cost - start[0])
    if np.isfinite(groups.max_revenue).any():
        # Steps that lose revenue come last; counted as 0 they make no room again behind the cut.
        revenue = np.maximum((steps.revenue * shares.free)[place], 0.0)
        served = _units(revenue, begins, groups.max_revenue - start[1])
        by_stock, keep = served < keep, np.minimum(keep, served)
    must = np.minimum(_units(cost, begins, groups.min_cost - start[0]), keep)

    cut = np.flatnonzero(keep < np.diff(begins))
    low[cut] = keys[place[begins[cut] + keep[cut].astype(np.int64)]]
    forced = np.flatnonzero(must > NOISE)
    high[forced] = keys[place[begins[forced] + np.ceil(must[forced] - NOISE).astype(np.int64) - 1]]
    part = _part_of_each(keep, place, begins, member)
    if not forced.size:
        return Shares(shares.held, part * shares.free), Range(low, high, by_stock)
    bound = _part_of_each(must, place, begins, member) * (member >= 0)
    held = shares.held + bound * shares.free
    return Shares(held, (part - bound) * shares.free), Range(low, high, by_stock)


def _part_of_each(units: Array, place: Ints, begins: Ints, member: Ints) -> Array:
    """Part of each step among the first `units` (groups,) of its group, shape (steps,); 1 without a group."""
    whole = units.astype(np.int64)
    cut = np.flatnonzero(whole < np.diff(begins))
    ends = np.full(units.size + 1, member.size)  # the last entry is that of steps without a group
    ends[cut] = place[begins[cut] + whole[cut]]
    part: Array = (np.arange(member.size) < ends[member]).astype(np.float64)
    part[ends[cut]] = units[cut] - whole[cut]
    return part


def _units(amount: Array, begins: Ints, room: Array) -> Array:
    """How many steps of each group fit its room, the last one in part, shape (groups,).

    Args:
        amount: what each step takes of the room, at least 0, group after group.
        begins: where each group begins and the last one ends, shape (groups + 1,).
        room: room of each group; below 0 counts as 0.
    """
    total = np.append(0.0, np.cumsum(amount))
    end = total[begins[:-1]] + np.maximum(room, 0.0)
    last = np.searchsorted(total, end, side="right") - 1  # steps up to here fit whole
    units = np.minimum(last, begins[1:]) - begins[:-1].astype(np.float64)
    cut = np.flatnonzero(last < begins[1:])
    part = (end[cut] - total[last[cut]]) / amount[last[cut]]
    units[cut] += np.minimum(part, np.nextafter(1.0, 0.0))
    return units
