"""Drift: whether the shop and its products sell better or worse today than over the weeks behind the beliefs."""

from __future__ import annotations

import numpy as np
from scipy import special

from bidopt.domain.metrics import Array
from bidopt.evidence.belief import Belief
from bidopt.evidence.hierarchy import Hierarchy
from bidopt.evidence.keyword_index import KeywordDays, sums

_SPREAD, _KEPT = (0.02, 0.05, 0.1, 0.2, 0.4), (0.8, 0.9, 0.95, 0.98)
"""How far levels may wander: standard deviation about 1, and share of it that is kept from one day to the next."""


def at_recent_level(
    cvr: Belief, days: KeywordDays, weight: Array, matured: Array, hierarchy: Hierarchy
) -> Belief:
    """The belief moved to today's level, and widened by how unsure that level is.

    Args:
        cvr: mature orders per click over the whole window, shape (n,).
        days: keyword-days.
        weight: of each keyword-day, shape (rows,); 0 where it says nothing of the level.
        matured: share of each keyword-day's orders that is known, shape (rows,).
        hierarchy: product of each keyword.
    """
    orders = _by_day(days, weight * days.conversions, hierarchy)
    expected = _by_day(days, weight * days.clicks * matured * cvr.mean[days.keyword], hierarchy)
    path, shop = _wandering(orders.sum(axis=0)[None, :], expected.sum(axis=0)[None, :])
    _, product = _wandering(orders, expected * path)
    return cvr.times(shop.times(Belief(product.mean[hierarchy.group], product.shape[hierarchy.group])))


def _by_day(days: KeywordDays, values: Array, hierarchy: Hierarchy) -> Array:
    """Sums by product and day, shape (groups, ages), the oldest day first and yesterday last."""
    ages = int(days.age.max(initial=1))
    cell = hierarchy.group[days.keyword] * ages + ages - days.age
    return sums(cell, values, hierarchy.groups * ages).reshape(hierarchy.groups, ages)


def _wandering(orders: Array, expected: Array) -> tuple[Array, Belief]:
    """Levels that wander about 1, followed through the days by a Poisson-Gamma filter with forgetting.

    How far and how fast they wander is averaged over a grid, by how well each of its points foresaw the days
    (Bayesian model averaging; filter: West & Harrison 1997, ch. 10; Harvey & Fernandes 1989).

    Args:
        orders: seen, shape (levels, days).
        expected: at a level of 1, shape (levels, days).

    Returns:
        Level as believed after each day, shape (levels, days), and today's, shape (levels,).
    """
    spread, kept = (axis.reshape(-1, 1) for axis in np.meshgrid(_SPREAD, _KEPT))
    first: Array = 1 / spread**2
    shape, rate = np.repeat(first, len(orders), axis=1), np.repeat(first, len(orders), axis=1)
    foresaw, means = np.zeros((len(first), 1)), []
    for seen, due in zip(np.maximum(orders, 0.0).T, expected.T, strict=True):
        shape, rate = (kept * now + (1 - kept) * first for now in (shape, rate))
        before = special.gammaln(shape) - shape * np.log(rate)
        shape, rate = shape + seen, rate + due
        after = special.gammaln(shape) - shape * np.log(rate)
        foresaw = foresaw + np.sum(after - before, axis=1, keepdims=True)
        means.append(np.sum(special.softmax(foresaw, axis=0) * shape / rate, axis=0))
    chance = special.softmax(foresaw, axis=0)
    mean = np.sum(chance * shape / rate, axis=0)
    square = np.sum(chance * shape * (shape + 1) / rate**2, axis=0)
    path: Array = np.stack(means, axis=1)
    return path, Belief(mean, mean**2 / np.maximum(square - mean**2, 1e-12))
