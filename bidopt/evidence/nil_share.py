"""Keywords that earn nothing: junk that draws clicks and sells nothing, told by its counts and by its roots.

Every source makes a share of its keywords worthless; the chance that a keyword is, before its own counts, is the sum
over its sources. The shares are learned by expectation-maximisation, in which a worthless keyword is blamed on its
sources in proportion to their shares: a root that stands in many of them explains them and clears the others.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse, special

from bidopt.domain.metrics import Array
from bidopt.evidence.source_effects import Counts, log_likelihood
from bidopt.evidence.sources import CLICK_PRICE, NOT_BUYING, PRICE, SHOP, Sources

_SHOP_WORTH = 30.0
"""Keywords that the shop's first share is worth."""

_SHARE, _WORTH = 0.003, 8.0
"""First share of any other source but the two prices, and the keywords it is worth."""

_SHARE_NOT_BUYING = 0.5
"""First share among searches of people who do not seem to come to buy; no published figure was found, so that it says as little as a share can."""

_ROUNDS = 3
_HIGHEST = 0.95

_SUREST = 0.999
"""Nothing is quite certain, and an expectation of exactly nothing would have no uncertainty."""

_LEFT = 0.05
"""What a worthless keyword earns at most, as a share of its expectation: some orders are strays."""


def first_share(sources: Sources, share: float) -> Array:
    """Share of keywords that each source makes worthless, before the data; shape (sources,).

    Args:
        sources: with their kinds.
        share: of the whole shop; 0 where there is no such thing.
    """
    # Junk is no matter of prices.
    other = np.where(np.isin(sources.kind, (PRICE, CLICK_PRICE)), 0.0, _SHARE if share > 0 else 0.0)
    other = np.where(sources.kind == NOT_BUYING, _SHARE_NOT_BUYING if share > 0 else 0.0, other)
    return np.where(sources.kind == SHOP, share, other)


def chance_of_nil(of_keyword: sparse.csr_array, share: Array) -> Array:
    """Chance that a keyword is worthless before its own counts, shape (n,)."""
    chance: Array = np.minimum(of_keyword @ share, _HIGHEST)
    return chance


def posterior_of_nil(events: Array, expected: Array, chance: Array, own: float) -> Array:
    """The same after its own counts, shape (n,).

    Args:
        events: seen, shape (n,).
        expected: of a keyword that is not worthless, without own deviation, shape (n,).
        chance: before the counts, shape (n,).
        own: variance of the own deviation.
    """
    if not chance.any():
        return np.zeros_like(chance)
    few = np.maximum(expected, 1e-12)
    odds = nil_likelihood(events, few) - log_likelihood(events, few, own)
    posterior: Array = np.minimum(special.expit(special.logit(chance) + odds), _SUREST)
    return posterior


def nil_likelihood(events: Array, expected: Array) -> Array:
    """Log-likelihood of the counts of a worthless keyword, shape (n,), without the terms of `log_likelihood`.

    Args:
        events: seen, shape (n,).
        expected: of a keyword that is not worthless, shape (n,), positive.
    """
    earned = np.minimum(_LEFT * expected, events + 0.5)
    likelihood: Array = events * np.log(earned) - earned
    return likelihood


def learn_share(
    counts: Counts, expected: Array, own: float, sources: Sources, share: Array, shop_share: float
) -> tuple[Array, Array]:
    """Better shares, and the chance that each keyword is worthless.

    Args:
        counts: of the keywords with chances.
        expected: events expected of each unless it is worthless, shape (n,).
        own: variance of the own deviation.
        sources: with their kinds.
        share: present shares, shape (sources,).
        shop_share: the shop's first share.

    Returns:
        Shares, shape (sources,), and posterior chances, shape (n,).
    """
    if shop_share == 0:
        return share, np.zeros_like(expected)
    before = first_share(sources, shop_share)
    worth = np.where(sources.kind == SHOP, _SHOP_WORTH, _WORTH)
    few = np.maximum(expected, 1e-12)
    log_odds = nil_likelihood(counts.events, few) - log_likelihood(counts.events, few, own)
    odds = np.exp(np.clip(log_odds, -500, 500))
    keywords = np.diff(counts.columns.indptr)
    for _ in range(_ROUNDS):
        chance = chance_of_nil(counts.rows, share)
        is_nil = chance * odds / (1 - chance + chance * odds)
        blamed = share * (counts.columns @ (is_nil / np.maximum(chance, 1e-12)))
        share = (blamed + worth * before) / (keywords + worth)
    return share, is_nil
