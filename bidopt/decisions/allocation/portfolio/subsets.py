"""Best choice among a few alternative levels per group: all subsets tried at once, for all groups at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bidopt.decisions.allocation.portfolio.problem import Ints
from bidopt.domain.metrics import Array

SUMS_AT_ONCE = 1 << 16  # of this many subsets all sums stay in the processor's cache


@dataclass(frozen=True)
class Amount:
    """Something that a subset adds up and that has limits.

    Args:
        delta: what each alternative adds, shape (groups, alternatives).
        low: least sum, -inf for none, shape (groups,).
        high: largest sum, inf for none, shape (groups,).
    """

    delta: Array
    low: Array
    high: Array


def best_subset(value: Array, amounts: Sequence[Amount]) -> Ints:
    """Subset of each group's alternatives of largest value that keeps the limits, else of least violation.

    Of equal subsets the one counted first is taken; the empty one counts as 0.

    Args:
        value: what each alternative adds to the objective, shape (groups, alternatives), at most 20 of them.
        amounts: what must stay within limits; missing one from above counts a thousand times.

    Returns:
        Subset of each group, bit k for alternative k, shape (groups,).
    """
    groups, alternatives = value.shape
    chosen = np.zeros(groups, dtype=np.int64)
    together = max(SUMS_AT_ONCE >> alternatives, 1)
    for begin in range(0, groups, together):
        rows = slice(begin, begin + together)
        score = _sums(value[rows])
        broken = np.zeros_like(score)
        for amount in amounts:
            total = _sums(amount.delta[rows])
            if np.isfinite(amount.high[rows]).any():
                broken += 1e3 * np.maximum(total - amount.high[rows, np.newaxis], 0.0)
            if np.isfinite(amount.low[rows]).any():
                broken += np.maximum(amount.low[rows, np.newaxis] - total, 0.0)
        score[broken > 0] = -1e30 * broken[broken > 0]
        chosen[rows] = score.argmax(axis=1)
    return chosen


def _sums(delta: Array) -> Array:
    """Sum of every subset of each row, shape (rows, 2 ** alternatives)."""
    rows, alternatives = delta.shape
    sums: Array = np.zeros((rows, 1 << alternatives))
    for k in range(alternatives):
        half = 1 << k
        np.add(sums[:, :half], delta[:, k : k + 1], out=sums[:, half : 2 * half])
    return sums
