"""Value per click shrunk to product level with a fixed strength: what the line to beat knows of value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bidopt.domain.key_numbers import key_numbers
from bidopt.domain.metrics import Array
from bidopt.evidence.evidence import Evidence
from bidopt.evidence.keyword_index import Ints, sums

HALF_LIFE = 30.0
"""Age in days at which a day counts half."""

STRENGTH = 2.0
"""Orders that a product's mean is worth for its keywords, and the shop's mean for its products: about what fits
conversion rates that differ by a factor of two, however rare orders are."""


@dataclass(frozen=True)
class ShrunkValue:
    """Gamma posterior of the mature revenue per click.

    Args:
        mean: shape (n,), currency per click; NaN in a shop that has sold nothing yet.
        orders: orders behind it, prior included, shape (n,); the shape of the Gamma distribution.
    """

    mean: Array
    orders: Array


def shrunk_value(evidence: Evidence, strength: float = STRENGTH) -> ShrunkValue:
    """Revenue per matured click: keyword towards product, product towards shop (Gamma-Poisson means).

    Args:
        evidence: only its keyword-days, delay and products are used, none of its own beliefs.
        strength: orders that the upper level is worth.
    """
    days, n = evidence.days, len(evidence.keywords)
    weight = 0.5 ** (days.age / HALF_LIFE)
    clicks = days.total(weight * days.clicks * evidence.matured * days.sales_known, n)
    orders = np.maximum(days.total(weight * days.conversions, n), 0.0)
    revenue = np.maximum(days.total(weight * days.revenue, n), 0.0)
    if not (orders.sum() > 0 and revenue.sum() > 0 and clicks.sum() > 0):
        return ShrunkValue(np.full(n, np.nan), np.full(n, strength))
    shop = revenue.sum() / clicks.sum()
    worth = strength * clicks.sum() / orders.sum()  # clicks in which the shop sells `strength` times
    group = _product_of(evidence.keywords)
    many = int(group.max(initial=-1)) + 1
    product = (sums(group, revenue, many) + worth * shop) / (sums(group, clicks, many) + worth)
    mean = (revenue + worth * product[group]) / (clicks + worth)
    return ShrunkValue(mean, orders + strength)


def _product_of(keywords: pd.DataFrame) -> Ints:
    """Number of each keyword's product; of its campaign where no product is known, shape (n,)."""
    platform, product, campaign = (keywords[name] for name in ("platform", "product_id", "campaign_id"))
    return key_numbers([platform, product, campaign.where(product == "", "")])
