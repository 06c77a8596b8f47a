"""Order value of each keyword, shrunk to its product's, and that to what its price or the shop's mean lets expect."""

from __future__ import annotations

import numpy as np

from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.belief import Belief
from bidopt.evidence.hierarchy import Hierarchy
from bidopt.evidence.keyword_index import KeywordDays

PRODUCT_SPREAD, KEYWORD_SPREAD = 0.35, 0.15
"""Standard deviation, relative to their mean, of a product's order value about its price and of a keyword's about
its product's."""

ORDER_SPREAD, SPREAD_DAYS = 0.6, 20.0
"""The same of one order's value, before the shop's own orders say otherwise, and the days of sales that is worth."""


_PRODUCTS = 2.0
"""Well sold products that an order value equal to the price is worth."""


def order_value(
    revenue: Array, conversions: Array, price: Array, hierarchy: Hierarchy, days: KeywordDays
) -> Belief:
    """Believed revenue per order.

    Args:
        revenue: weighted revenue seen per keyword, shape (n,), currency.
        conversions: weighted orders seen per keyword, shape (n,).
        price: price of the keyword's product, shape (n,), NaN where unknown.
        hierarchy: product of each keyword.
        days: keyword-days, which tell how far single orders differ.

    Returns:
        Belief per keyword, shape (n,), currency per order, never below 0 though refunds may be; NaN where neither
        orders nor a price are known.
    """
    orders = np.maximum(conversions, 0.0)
    at_first = _shrunk(revenue, orders, price, hierarchy, ORDER_SPREAD)
    return _shrunk(revenue, orders, price, hierarchy, _order_spread(days, at_first.mean))


def _shrunk(revenue: Array, orders: Array, price: Array, hierarchy: Hierarchy, spread: float) -> Belief:
    sold, sales = hierarchy.total(orders), hierarchy.total(revenue)
    prior = np.full(hierarchy.groups, sales.sum() / sold.sum() if sold.sum() > 0 else np.nan)
    priced = ~np.isnan(price)
    prior[hierarchy.group[priced]] = price[priced]
    # Orders that the price is worth for a product, and the product for a keyword.
    worth = np.where(np.isnan(prior), 0.0, (spread / PRODUCT_SPREAD) ** 2)
    prior *= _per_price(sales, sold, prior, worth)
    own_worth = (spread / KEYWORD_SPREAD) ** 2
    product = ratio(sales + np.nan_to_num(prior) * worth, sold + worth)[hierarchy.group]
    mean = np.maximum((revenue + product * own_worth) / (orders + own_worth), 0.0)
    behind = np.maximum((sold + worth)[hierarchy.group], 1.0)
    say = own_worth / (orders + own_worth)
    return Belief(mean, 1 / (spread**2 * (1 / (orders + own_worth) + say**2 / behind)))


def _per_price(sales: Array, sold: Array, price: Array, worth: Array) -> float:
    """Revenue of an order over the price, which several items raise and coupons lower, as the shop's products go."""
    told = sold > 0
    say = sold[told] / (sold + worth)[told]
    over = ratio(sales[told], sold[told] * price[told])
    return float((_PRODUCTS + say @ over) / (_PRODUCTS + say.sum()))


def _order_spread(days: KeywordDays, mean: Array) -> float:
    """Standard deviation of one order's value relative to its keyword's mean, from the days that sold."""
    sold = (days.conversions >= 1) & (mean[days.keyword] > 0)
    orders, expected = days.conversions[sold], mean[days.keyword[sold]]
    squares = (days.revenue[sold] / expected - orders) ** 2 / orders
    return float(np.sqrt((squares.sum() + SPREAD_DAYS * ORDER_SPREAD**2) / (len(squares) + SPREAD_DAYS)))
