"""Chooses one level per keyword under the account's budget and ROAS target, by a search for two multipliers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bidopt.decisions.draft import Mask
from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.keyword_index import Ints

HALVINGS = 24


def choose_levels(
    objective: Array,
    revenue: Array,
    cost: Array,
    *,
    budget: float | None,
    target: float,
    target_weights: Sequence[float] = (0.0,),
    least_theta: float = 0.0,
) -> Ints:
    """The levels with the largest objective whose total cost and ROAS keep budget and target.

    Each keyword takes the level of the largest objective + w * (revenue - target * cost) - theta * cost; for each
    weight w the smallest theta that keeps both limits is found by halving. Where the objective is the revenue
    itself one threshold is exact (the two multipliers fall into one), so that the weight 0 suffices.

    Args:
        objective: what to maximise, shape (n, levels).
        revenue: as the limits count it, shape (n, levels), per day.
        cost: as the limits count it, shape (n, levels), per day.
        budget: most cost per day; None where there is no limit.
        target: least revenue / cost.
        target_weights: weights w to try, >= 0.
        least_theta: theta is not searched below.

    Returns:
        Level of each keyword, shape (n,); where no theta keeps the limits, the cheapest levels.
    """
    most = np.inf if budget is None else budget
    weights = np.asarray(target_weights, dtype=np.float64)
    gain = objective + weights[:, None, None] * (revenue - target * cost)
    rows = np.arange(len(cost))

    def pick(theta: Array) -> Ints:
        level: Ints = np.argmax(gain - theta[:, None, None] * cost, axis=2)
        return level

    def fits(level: Ints) -> Mask:
        spent, earned = cost[rows, level].sum(axis=1), revenue[rows, level].sum(axis=1)
        both: Mask = (spent <= most) & (earned >= target * spent * (1 - 1e-9))
        return both

    dear = 1e3 * max(least_theta, float(np.nanmax(ratio(gain, cost), initial=1e-9)))  # nothing is worth that
    low = np.full(len(weights), max(least_theta, dear * 1e-7))
    high = np.full(len(weights), dear)
    high = np.where(fits(pick(low)), low, high)
    for _ in range(HALVINGS):
        middle = np.sqrt(low * high)
        kept = fits(pick(middle))
        low, high = np.where(kept, low, middle), np.where(kept, middle, high)
    levels = pick(high)
    reached = np.where(fits(levels), objective[rows, levels].sum(axis=1), -np.inf)
    if np.isinf(reached).all():
        cheapest: Ints = np.argmin(cost, axis=1)
        return cheapest
    best: Ints = levels[int(np.argmax(reached))]
    return best
