"""What a change did to a product: before and after, beside products that were not changed on the same days.

Difference in differences on logarithms of observed over expected events. The noise of a product is that of counting
(Poisson), plus what products sway beyond it, learned from the unchanged ones, in this and in earlier spans of the same
length (DerSimonian and Laird 1986, Controlled Clinical Trials 7:177).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from bidopt.domain.metrics import Array

Mask = npt.NDArray[np.bool_]

HALF = 0.5
"""Added to counts, so that none has no logarithm; nearly removes the bias of the logarithm of a Poisson count."""


@dataclass(frozen=True)
class Span:
    """Days compared, as days before the decision morning.

    Args:
        before: oldest and newest day before the change, both included.
        after: oldest and newest day since.
    """

    before: tuple[int, int]
    after: tuple[int, int]

    def earlier(self, days: int) -> Span:
        """The same span so many days earlier."""
        shifted = [(oldest + days, newest + days) for oldest, newest in (self.before, self.after)]
        return Span(shifted[0], shifted[1])

    @property
    def length(self) -> int:
        """Days from its first to its last."""
        return self.before[0] - self.after[1] + 1


@dataclass(frozen=True)
class Effect:
    """How much more or less a product has since a change than it would have had.

    Args:
        change: relative; 0.1 is a tenth more. NaN where nothing can be compared.
        low: lower end of the interval, `high` its upper end.
        group: unchanged products it was compared with.
        before, after: events counted.
    """

    change: float
    low: float
    high: float
    group: int
    before: float
    after: float


@dataclass(frozen=True)
class _Ratios:
    """Log of (after / expected) / (before / expected) of each product, and its variance by counting."""

    log: Array
    variance: Array


def change_effect(
    events: Array, expected: Array, product: int, unchanged: Mask, span: Span, chance: float
) -> Effect:
    """The effect on one product.

    Args:
        events: of each product and day, shape (products, ages); the column is the days before the decision morning.
        expected: what would be expected of them, in any unit that is the same before and after; same shape.
        product: row of the changed one.
        unchanged: which products serve for comparison in all of the span, shape (products,).
        span: days compared.
        chance: that an effect of nothing lies above `high`; as much lies below `low`.
    """
    ratios = _ratios(events, expected, span)
    group = unchanged & np.isfinite(ratios.log)
    group[product] = False
    before, after = (_sum(events, days)[product] for days in (span.before, span.after))
    if group.sum() < 2 or not np.isfinite(ratios.log[product]):
        return Effect(np.nan, np.nan, np.nan, int(group.sum()), float(before), float(after))
    sway, freedom = _sway(events, expected, group, span)
    weights = 1 / (ratios.variance[group] + sway)
    mean = float((weights * ratios.log[group]).sum() / weights.sum())
    error = float(np.sqrt(ratios.variance[product] + sway + 1 / weights.sum()))
    reach = float(student.ppf(1 - chance, freedom)) * error
    middle = float(ratios.log[product]) - mean
    low, change, high = (float(np.expm1(middle + by)) for by in (-reach, 0.0, reach))
    return Effect(change, low, high, int(group.sum()), float(before), float(after))


def _sway(events: Array, expected: Array, group: Mask, span: Span) -> tuple[float, int]:
    """Variance of products' log ratios beyond counting, and the degrees of freedom behind it."""
    excess, spread, freedom = 0.0, 0.0, 0
    while span.before[0] < events.shape[1]:
        ratios = _ratios(events, expected, span)
        known = group & np.isfinite(ratios.log)
        if known.sum() >= 2:
            weights = 1 / ratios.variance[known]
            mean = (weights * ratios.log[known]).sum() / weights.sum()
            excess += float((weights * (ratios.log[known] - mean) ** 2).sum()) - (known.sum() - 1)
            spread += float(weights.sum() - (weights**2).sum() / weights.sum())
            freedom += int(known.sum()) - 1
        span = span.earlier(span.length)
    return max(excess / spread, 0.0) if spread > 0 else 0.0, max(freedom, 1)


def _ratios(events: Array, expected: Array, span: Span) -> _Ratios:
    before, after = (_sum(events, days) + HALF for days in (span.before, span.after))
    due_before, due_after = (_sum(expected, days) for days in (span.before, span.after))
    known = (due_before > 0) & (due_after > 0)
    due = np.where(known, due_after, 1.0) / np.where(known, due_before, 1.0)
    log = np.where(known, np.log(after / before / due), np.nan)
    return _Ratios(log, 1 / before + 1 / after)


def _sum(values: Array, days: tuple[int, int]) -> Array:
    oldest, newest = days
    total: Array = values[:, newest : oldest + 1].sum(axis=1)
    return total
