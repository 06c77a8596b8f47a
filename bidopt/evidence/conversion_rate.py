"""Conversion rate of each keyword: late orders expected, words that never sell expected, the rest borrowed."""

from __future__ import annotations

from bidopt.domain.metrics import Array
from bidopt.evidence.belief import Belief
from bidopt.evidence.rates import RatePrior, believed_rates
from bidopt.evidence.sources import Sources

PRIOR = RatePrior(rate=0.02, exposure=100.0, nil=0.05)
"""`nil`: words that draw clicks and sell nothing."""

_PRICE = -0.5
"""Elasticity of the conversion rate to the price where the shop's own data do not say otherwise: half-way between dear
goods that sell to as many of those who click, and goods whose clicks are all worth the same."""


def conversion_rate(matured_clicks: Array, conversions: Array, sources: Sources) -> Belief:
    """Believed mature orders per click.

    Args:
        matured_clicks: clicks times the share of their orders that has arrived, shape (n,); with it the
            orders seen so far are Poisson with the mature rate, and nothing needs inflating.
        conversions: orders seen so far, shape (n,); may outnumber clicks.
        sources: what each keyword borrows from.

    Returns:
        Belief per keyword, shape (n,); fractions.
    """
    usual = sources.relative_price**_PRICE
    return believed_rates(conversions, matured_clicks * usual, sources, PRIOR).scaled(usual)
