"""Order value of each keyword, shrunk to its product's, and that to the product's price or the shop's mean."""

from __future__ import annotations

import numpy as np

from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.belief import Belief
from bidopt.evidence.hierarchy import Hierarchy

PRODUCT_ORDERS, KEYWORD_ORDERS = 3.0, 10.0
"""Orders that the price is worth for a product, and the product's mean for a keyword."""

SPREAD = 0.6
"""Standard deviation of one order's value relative to its mean."""


def order_value(revenue: Array, conversions: Array, price: Array, hierarchy: Hierarchy) -> Belief:
    """Believed revenue per order.

    Args:
        revenue: revenue seen per keyword, shape (n,), currency.
        conversions: orders seen per keyword, shape (n,).
        price: price of the keyword's product, shape (n,), NaN where unknown.
        hierarchy: group of each keyword.

    Returns:
        Belief per keyword, shape (n,), currency per order, never below 0 though refunds may be; NaN where neither orders nor a price are known.
    """
    orders, sales = hierarchy.total(conversions), hierarchy.total(revenue)
    shop = sales.sum() / orders.sum() if orders.sum() > 0 else np.nan
    prior = np.full(hierarchy.groups, shop)
    priced = ~np.isnan(price)
    prior[hierarchy.group[priced]] = price[priced]
    unknown = np.isnan(prior)
    worth = np.where(unknown, 0.0, PRODUCT_ORDERS)
    group_mean = ratio(sales + np.nan_to_num(prior) * worth, orders + worth)
    own = group_mean[hierarchy.group]
    mean = np.maximum((revenue + own * KEYWORD_ORDERS) / np.maximum(conversions + KEYWORD_ORDERS, 1.0), 0.0)
    behind = np.maximum(conversions, 0.0) + np.minimum(KEYWORD_ORDERS, (orders + worth)[hierarchy.group])
    return Belief(mean, np.maximum(behind, 1.0) / SPREAD**2)
