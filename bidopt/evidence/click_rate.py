"""Click rate of each keyword, learned from its own clicks and from its product, match type and roots."""

from __future__ import annotations

from bidopt.domain.metrics import Array
from bidopt.evidence.belief import Belief
from bidopt.evidence.hierarchy import Hierarchy
from bidopt.evidence.rates import RatePrior, believed_rates
from bidopt.evidence.sources import Sources

PRIOR = RatePrior(rate=0.02, exposure=1_000.0)


def click_rate(
    impressions: Array, clicks: Array, hierarchy: Hierarchy, sources: Sources
) -> tuple[Belief, Array]:
    """Believed click rate per keyword and the click rate of its product, both shape (n,); fractions.

    Args:
        impressions: weighted, per keyword, shape (n,).
        clicks: weighted, per keyword, shape (n,).
        hierarchy: product of each keyword.
        sources: what each keyword borrows from.
    """
    product = hierarchy.rate(clicks, impressions, PRIOR.rate, PRIOR.exposure)
    return believed_rates(clicks, impressions, sources, PRIOR), product
