"""Conversion rate of each keyword: late orders expected, shrunk to its product and the shop."""

from __future__ import annotations

from bidopt.domain.metrics import Array
from bidopt.evidence.belief import Belief
from bidopt.evidence.hierarchy import Hierarchy, pooled_rate

PRIOR_CVR, PRIOR_CLICKS = 0.02, 100.0
STRENGTH = 60.0
"""Clicks a product's conversion rate is worth for its keywords, before the shop's own data say otherwise."""


def conversion_rate(matured_clicks: Array, conversions: Array, hierarchy: Hierarchy) -> tuple[Belief, Array]:
    """Believed mature orders per click.

    Args:
        matured_clicks: clicks times the share of their orders that has arrived, shape (n,); with it the
            orders seen so far are Poisson with the mature rate, and nothing needs inflating.
        conversions: orders seen so far, shape (n,); may outnumber clicks.
        hierarchy: group of each keyword.

    Returns:
        Belief per keyword and its product's rate, both shape (n,); fractions.
    """
    return pooled_rate(
        conversions,
        matured_clicks,
        hierarchy,
        prior_rate=PRIOR_CVR,
        prior_exposure=PRIOR_CLICKS,
        strength=STRENGTH,
    )
