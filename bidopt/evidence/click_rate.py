"""Click rate of each keyword, shrunk to its product and the shop."""

from __future__ import annotations

from bidopt.domain.metrics import Array
from bidopt.evidence.belief import Belief
from bidopt.evidence.hierarchy import Hierarchy, pooled_rate

PRIOR_CTR, PRIOR_IMPRESSIONS = 0.02, 1_000.0
STRENGTH = 500.0
"""Impressions a product's click rate is worth for its keywords, before the shop's own data say otherwise."""


def click_rate(impressions: Array, clicks: Array, hierarchy: Hierarchy) -> tuple[Belief, Array]:
    """Believed click rate per keyword and its product's rate, both shape (n,); fractions."""
    return pooled_rate(
        clicks,
        impressions,
        hierarchy,
        prior_rate=PRIOR_CTR,
        prior_exposure=PRIOR_IMPRESSIONS,
        strength=STRENGTH,
    )
