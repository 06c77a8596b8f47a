"""The efficient steps of each keyword: the edges of its upper convex hull of revenue over cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bidopt.decisions.allocation.portfolio.ordering import descending
from bidopt.decisions.allocation.portfolio.problem import Choices, Ints, Mask
from bidopt.domain.metrics import Array

Levels = npt.NDArray[np.int16]
ROWS_AT_ONCE = 4096  # a block of this many keywords stays in the processor's cache


@dataclass(frozen=True)
class Start:
    """Where every keyword starts: its cheapest level and what that costs and brings, all of shape (n,)."""

    level: Ints
    cost: Array
    revenue: Array


@dataclass(frozen=True)
class Steps:
    """The steps that all keywords can take upwards from the start.

    Within a keyword cost rises and slope falls from step to step; steps of different keywords may come in
    any order.

    Args:
        start: where the keywords start.
        keyword: row of the keyword that a step belongs to, shape (steps,).
        level: level a step leads to, shape (steps,).
        cost: extra cost of a step, above 0, shape (steps,).
        revenue: extra revenue of a step, shape (steps,).
    """

    start: Start
    keyword: Ints
    level: Levels
    cost: Array
    revenue: Array

    @property
    def slope(self) -> Array:
        """Extra revenue per extra cost, shape (steps,)."""
        return self.revenue / self.cost

    def best_first(self, weight: Array | None = None) -> tuple[Steps, Array]:
        """The steps by falling slope, or weight x slope, and that of each of them.

        A keyword's own steps keep their order; of those alike to about 9 digits the earlier comes first.

        Args:
            weight: factor of each keyword, at least 0, shape (n,).
        """
        keys = self.slope if weight is None else weight[self.keyword] * self.slope
        order = descending(keys)
        ordered = Steps(
            self.start, self.keyword[order], self.level[order], self.cost[order], self.revenue[order]
        )
        return ordered, keys[order]

    def levels_after(self, taken: Mask) -> Ints:
        """Level of each keyword, shape (n,), after the first steps of each, those marked (steps,)."""
        level = self.start.level.copy()
        level[self.keyword[taken]] = self.level[taken]  # a keyword's last step comes last and stays
        return level


def efficient_steps(choices: Choices) -> Steps:
    """Find the hull of every keyword; its steps come keyword after keyword.

    Of levels with equal cost and revenue the lower bid is kept.
    """
    blocks = [_block(choices, begin) for begin in range(0, max(choices.keywords, 1), ROWS_AT_ONCE)]
    start = Start(*(np.concatenate(parts) for parts in zip(*(block[:3] for block in blocks), strict=True)))
    keyword, level, cost, revenue = (
        np.concatenate(parts) for parts in zip(*(block[3:] for block in blocks), strict=True)
    )
    return Steps(start, keyword, level, cost, revenue)


def _block(choices: Choices, begin: int) -> tuple[Ints, Array, Array, Ints, Levels, Array, Array]:
    """Start and steps of a block of keywords, keyword after keyword, in the order of their fields."""
    rows = slice(begin, begin + ROWS_AT_ONCE)
    cost, revenue, levels = choices.cost[rows], choices.revenue[rows], None
    worth = revenue if choices.allowed is None else np.where(choices.allowed[rows], revenue, -np.inf)
    if np.any(cost[:, 1:] < cost[:, :-1]):
        levels = np.argsort(cost, axis=1, kind="stable")
        cost = np.take_along_axis(cost, levels, axis=1)
        worth = np.take_along_axis(worth, levels, axis=1)
    corner = np.flatnonzero(_corners(np.ascontiguousarray(cost.T), np.ascontiguousarray(worth.T)).T)
    keyword = corner // cost.shape[1]
    place = corner - keyword * cost.shape[1]
    level = place if levels is None else levels[keyword, place]
    at_cost, at_revenue = cost.ravel()[corner], worth.ravel()[corner]
    first = np.diff(keyword, prepend=-1) != 0
    onward = np.flatnonzero(~first)
    return (
        level[first],
        at_cost[first],
        at_revenue[first],
        keyword[onward] + begin,
        level[onward].astype(np.int16),  # small, since these are put in order
        at_cost[onward] - at_cost[onward - 1],
        at_revenue[onward] - at_revenue[onward - 1],
    )


def _corners(cost: Array, revenue: Array) -> Mask:
    """Corners of the upper hulls of points by rising cost, shape (levels, rows) as both inputs.

    A point is a corner when every slope from it to a dearer point is below every slope to it from a cheaper
    one. Testing all pairs of levels this way needs no branch, so that numpy does it for all rows at once, and
    makes the slopes between neighbouring corners fall strictly.
    """
    left = np.full(cost.shape, np.inf)  # least slope that leads to a point
    right = np.full(cost.shape, -np.inf)  # largest slope that leads on from it
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for j in range(cost.shape[0] - 1):
            slopes = revenue[j + 1 :] - revenue[j]
            slopes /= cost[j + 1 :] - cost[j]
            # 0/0, the same point twice: minimum passes the NaN on, so that the later one is no corner;
            # fmax passes it over, so that the earlier one may be.
            np.fmax.reduce(slopes, axis=0, out=right[j], initial=-np.inf)
            np.minimum(left[j + 1 :], slopes, out=left[j + 1 :])
        return right < left
