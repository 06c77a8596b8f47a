"""Traffic and orders of each product, day by day, beside what its bids let expect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bidopt.domain.metrics import Array
from bidopt.evidence.evidence import Evidence


@dataclass(frozen=True)
class ProductDays:
    """Sums over the keywords of each product; all arrays have shape (products, ages), a column per day before the morning.

    Args:
        products: ids, sorted.
        impressions, clicks, orders: as reported.
        expected_clicks: at the bids of each day, with the demand of an ordinary one.
        matured_clicks: clicks times the share of their orders that has arrived.
    """

    products: pd.Index[str]
    impressions: Array
    clicks: Array
    orders: Array
    expected_clicks: Array
    matured_clicks: Array


def product_days(evidence: Evidence, ages: int, since: int) -> ProductDays:
    """The newest days of the products in play.

    Only keywords count that still run and were reported by the day `since`: words added or dropped later would look
    like an effect of whatever changed then.

    Args:
        evidence: beliefs.
        ages: days wanted.
        since: days before the morning.
    """
    days, n = evidence.days, len(evidence.keywords)
    number, products = pd.factorize(evidence.keywords["product_id"], sort=True)
    begun = np.zeros(n)
    np.maximum.at(begun, days.keyword, days.age)
    lasting = evidence.running & (begun >= since)
    rows = (days.age < ages) & lasting[days.keyword]
    keyword, age = days.keyword[rows], days.age[rows]

    def summed(values: Array) -> Array:
        cells = np.bincount(number[keyword] * ages + age, values[rows], minlength=len(products) * ages)
        return cells.reshape(len(products), ages).astype(np.float64)

    bids, lasted = np.full((n, ages), np.nan), np.ones((n, ages))
    bids[keyword, age] = days.bid[rows]
    lasted[keyword, age] = evidence.lasted[rows]
    in_play = lasting[:, None] & (np.arange(ages) <= begun[:, None]) & _reported(evidence, ages)
    expected = np.zeros((len(products), ages))
    np.add.at(expected, number, evidence.response.clicks_at(bids) * lasted * in_play)
    return ProductDays(
        pd.Index(products, dtype="str"),
        summed(days.impressions),
        summed(days.clicks),
        summed(days.conversions),
        expected,
        summed(days.clicks * evidence.matured * days.sales_known),
    )


def _reported(evidence: Evidence, ages: int) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Whether each keyword's platform reported each day, shape (keywords, ages)."""
    told = np.zeros((len(evidence.keywords), ages), dtype=np.bool_)
    platform = evidence.keywords["platform"].to_numpy()
    for name, known in evidence.report_days.items():
        told[np.ix_(platform == name, [age for age in known if age < ages])] = True
    return told
