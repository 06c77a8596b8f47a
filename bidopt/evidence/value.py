"""What a click is worth today: mature orders per click times their value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bidopt.domain.metrics import Array
from bidopt.evidence.belief import Belief
from bidopt.evidence.conversion_rate import conversion_rate
from bidopt.evidence.hierarchy import Hierarchy
from bidopt.evidence.keyword_index import KeywordDays, days_between
from bidopt.evidence.order_value import order_value
from bidopt.evidence.recent_level import at_recent_level
from bidopt.evidence.sources import Sources


@dataclass(frozen=True)
class Value:
    """Beliefs per keyword, shape (n,).

    Args:
        cvr: mature orders per click, on the decision day.
        per_click: revenue per click, currency.
        matured_clicks, orders: that `cvr` was learned from, weighted.
    """

    cvr: Belief
    per_click: Belief
    matured_clicks: Array
    orders: Array


def todays_value(
    keywords: pd.DataFrame,
    days: KeywordDays,
    *,
    weight: Array,
    promise: Array,
    hierarchy: Hierarchy,
    sources: Sources,
    conversion_today: float,
) -> Value:
    """Learn today's value.

    Args:
        keywords: as `Evidence.keywords`.
        days: keyword-days.
        weight: of each keyword-day in the beliefs, shape (rows,); 0 for days that say nothing, such as sold-out ones.
        promise: known orders of an ordinary day as a share of all its orders, times what an event did to the
            conversion rate, shape (rows,).
        hierarchy: product of each keyword.
        sources: what each keyword borrows from.
        conversion_today: factor of an event on today's conversion rate.
    """
    n = len(keywords)
    counted = weight * days.sales_known
    matured_clicks = days.total(counted * days.clicks * promise, n)
    conversions = days.total(counted * days.conversions, n)
    cvr = conversion_rate(matured_clicks, conversions, sources)
    cvr = at_recent_level(cvr, days, counted, promise, hierarchy).scaled(conversion_today)
    revenue = days.total(counted * days.revenue, n)
    value = order_value(revenue, conversions, keywords["price"].to_numpy(), hierarchy, days)
    return Value(cvr, cvr.times(value), matured_clicks, conversions)


def sold_out(
    stock_days: pd.DataFrame, keywords: pd.DataFrame, days: KeywordDays, as_of: pd.Timestamp
) -> Array:
    """Share of each keyword-day on which nothing was left to sell: 1 on days that ended without stock, else 0.

    Args:
        stock_days: schema STOCK_DAYS.
        keywords: with product_id.
        days: keyword-days.
        as_of: decision morning.
    """
    gone = stock_days[stock_days["stock"].to_numpy() <= 0]
    if gone.empty:
        return np.zeros(len(days.age))
    product, names = pd.factorize(keywords["product_id"])
    ages = int(days.age.max(initial=0)) + 1
    table = np.zeros((len(names), ages))
    row = names.get_indexer(pd.Index(gone["product_id"]))
    age = days_between(gone["date"], as_of)
    inside = (row >= 0) & (age < ages)
    table[row[inside], age[inside]] = 1.0
    share: Array = table[product[days.keyword], days.age]
    return share
