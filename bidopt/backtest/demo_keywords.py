"""Draws the demo shop's keywords: long tails made of roots, whose worth comes from those roots."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from bidopt.backtest.demo_words import JUNK_ROOTS, DemoProduct

VALUE_SPREAD = 0.12
"""Standard deviation of the log of an item's paid price."""

SECOND_ITEM = 0.08
"""Share of orders with two items."""

_JUNK, _HIDDEN, _YOUNG = 0.12, 0.06, 0.08  # shares of words that never sell, are never shown, are days old


def draw_keywords(
    rng: np.random.Generator, index: int, product: DemoProduct, n: int, days: int
) -> pd.DataFrame:
    """A product's keywords with their true traits; words that sell first, then junk.

    Args:
        rng: source of chance.
        index: number of the product, which numbers its campaign.
        product: what is sold.
        n: how many keywords, at most about 300.
        days: length of the history.

    Returns:
        One row per keyword: names; junk, shown; ctr, cvr; order_value; demand (searches/day); market_cpc, first_bid,
        quality; starts, the day on which it was added.
    """
    n_junk = round(n * _JUNK)
    phrases = list({"".join(phrase): phrase for phrase in phrases_of(product)}.values())
    weight = np.array([{1: 1e6, 2: 6.0, 3: 1.0}[len(phrase)] for phrase in phrases])
    chosen = np.sort(rng.choice(len(phrases), n - n_junk, replace=False, p=weight / weight.sum()))
    junk_parts = [(core, root) for root in JUNK_ROOTS for core in product.cores]
    parts = [phrases[i] for i in chosen] + [junk_parts[i] for i in rng.permutation(len(junk_parts))[:n_junk]]

    junk = np.arange(n) >= n - n_junk
    length = np.array([len(phrase) for phrase in parts])
    names = sorted({part for phrase in parts for part in phrase})
    effect = dict(zip(names, rng.normal(0.0, (0.18, 0.30), (len(names), 2)), strict=True))
    traits = np.array([sum(effect[part] for part in phrase) for phrase in parts])
    traits += rng.normal(0.0, 0.15, (n, 2))
    ctr = np.minimum(0.05 * np.exp(traits[:, 0]), 0.3)
    cvr = np.where(junk, 0.0, np.minimum(product.cvr * np.exp(traits[:, 1] + 0.15 * (length - 2)), 0.3))
    demand = np.minimum(36 * (1 + rng.pareto(1.3, n)) * np.array([6.0, 1.0, 0.35])[length - 1], 4000.0)
    market = product.cpc * rng.lognormal(0.0, 0.2, n)
    bid = market * rng.lognormal(0.05, 0.25, n)

    hidden = rng.choice(np.flatnonzero(~junk & (length > 1)), round(n * _HIDDEN), replace=False)
    demand[hidden[::2]] = 0.0
    bid[hidden[1::2]] = 0.05
    return pd.DataFrame(
        {
            "campaign_id": str(1001 + index),
            "ad_group_id": str(2001 + index),
            "product_id": product.product_id,
            "keyword": ["".join(phrase) for phrase in parts],
            "match_type": np.where(rng.random(n) < 0.7, "exact", "broad"),
            "junk": junk,
            "shown": ~np.isin(np.arange(n), hidden),
            "ctr": ctr,
            "cvr": cvr,
            "price": product.price,
            "order_value": product.price * (1 + SECOND_ITEM) * np.exp(VALUE_SPREAD**2 / 2),
            "demand": demand,
            "market_cpc": market,
            "first_bid": bid,
            "quality": np.clip(np.round(7 + 3 * np.log(ctr / 0.05) + rng.normal(0.0, 0.8, n)), 3, 10),
            "starts": np.where(rng.random(n) < _YOUNG, days - rng.integers(1, 7, n), 0),
        }
    )


def phrases_of(product: DemoProduct) -> Iterator[tuple[str, ...]]:
    """Keywords as their parts, as a buyer types them: roots, then the core word, then a specification."""
    roots = [(kind, root) for kind, words in enumerate(product.roots) for root in words]
    for core in product.cores:
        yield (core,)
        yield from ((core, spec) for spec in product.specs)
        yield from ((root, core) for _, root in roots)
        yield from ((root, core, spec) for _, root in roots for spec in product.specs)
        yield from ((a, b, core) for (i, a), (j, b) in combinations(roots, 2) if i < j)
