"""Drift: whether the shop and its products sell better or worse of late than over the weeks behind the beliefs."""

from __future__ import annotations

import numpy as np

from bidopt.domain.metrics import Array
from bidopt.evidence.belief import Belief
from bidopt.evidence.hierarchy import Hierarchy
from bidopt.evidence.keyword_index import KeywordDays
from bidopt.evidence.source_effects import log_likelihood
from bidopt.evidence.spreads import likeliest_variance

RECENT_DAYS = 10
"""Newest days that tell the present level."""

_CHANGE = 0.15
"""Standard deviation of the log of a level's change: 44 recent orders move the level half the way to what they say."""


def at_recent_level(
    cvr: Belief, days: KeywordDays, weight: Array, matured: Array, hierarchy: Hierarchy
) -> Belief:
    """The belief moved to the level of the newest days, and widened by how unsure that level is.

    Args:
        cvr: mature orders per click over the whole window, shape (n,).
        days: keyword-days.
        weight: of each keyword-day, shape (rows,); 0 where it says nothing of the level.
        matured: share of each keyword-day's orders that is known, shape (rows,).
        hierarchy: product of each keyword.
    """
    n, newest = len(cvr.mean), days.age <= RECENT_DAYS
    orders = np.maximum(days.total(weight * days.conversions, n, newest), 0.0)
    clicks = days.total(weight * days.clicks * matured, n, newest)
    return cvr.times(_level(orders, clicks * cvr.mean, hierarchy))


def _level(orders: Array, expected: Array, hierarchy: Hierarchy) -> Belief:
    """Orders over expected orders: the shop's, times the product's beside the shop's; shape (n,)."""
    shop = _posterior(orders.sum(), expected.sum(), _CHANGE**2)
    product_orders, product_expected = hierarchy.total(orders), hierarchy.total(expected * shop.mean)
    likely = np.maximum(product_expected, 1e-9)
    variance = likeliest_variance(
        lambda own: float(log_likelihood(product_orders, likely, own).sum()), _CHANGE**2
    )
    product = _posterior(product_orders, product_expected, variance)
    return shop.times(Belief(product.mean[hierarchy.group], product.shape[hierarchy.group]))


def _posterior(events: Array, expected: Array, variance: float) -> Belief:
    shape = np.asarray(1 / variance + events)
    return Belief(shape / (1 / variance + expected), shape)
