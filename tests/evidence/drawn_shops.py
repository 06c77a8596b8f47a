"""Draws shops whose keywords owe their conversion rates to their root words, with the truth beside the counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.domain.metrics import Array
from bidopt.evidence.hierarchy import Hierarchy, hierarchy_of
from bidopt.evidence.sources import Sources, sources_of

PRODUCTS, ROOTS_OF_PRODUCT, SHARED_ROOTS, JUNK_ROOTS = 8, 14, 8, 6


@dataclass(frozen=True)
class DrawnShop:
    """A shop; arrays of shape (n,).

    Args:
        keywords: as `sources_of` and `hierarchy_of` want them.
        rate: true orders per click; 0 for junk.
        junk: which keywords sell nothing.
        clicks, orders: seen; orders are Poisson.
        hierarchy, sources: of the keywords.
    """

    keywords: pd.DataFrame
    rate: Array
    junk: npt.NDArray[np.bool_]
    clicks: Array
    orders: Array
    hierarchy: Hierarchy
    sources: Sources


def draw_shop(
    seed: int, n: int = 300, *, typical_clicks: float = 40.0, root_sd: float = 0.3, own_sd: float = 0.25
) -> DrawnShop:
    """A shop of keywords of two to four roots; 12 % are junk, two in three of them told by a root.

    Args:
        seed: same seed, same shop.
        n: keywords.
        typical_clicks: scale of the heavy-tailed clicks.
        root_sd: standard deviation of a root's effect on the log of the conversion rate.
        own_sd: of the keyword's own.
    """
    rng = np.random.default_rng(seed)
    spelt = _spelt_roots(rng, PRODUCTS * ROOTS_OF_PRODUCT + SHARED_ROOTS + JUNK_ROOTS)
    effect = rng.normal(0.0, root_sd, len(spelt))
    product = np.sort(rng.integers(0, PRODUCTS, n))
    told, hidden = rng.random(n) < 0.08, rng.random(n) < 0.04
    names, log_rate = [], np.empty(n)
    for k in range(n):
        of_product = ROOTS_OF_PRODUCT * product[k] + np.arange(ROOTS_OF_PRODUCT)
        shared = PRODUCTS * ROOTS_OF_PRODUCT + np.arange(SHARED_ROOTS)
        parts = rng.choice(np.r_[of_product, shared], rng.integers(2, 5), replace=False)
        log_rate[k] = effect[parts].sum()
        if told[k]:
            parts = np.r_[parts[:1], len(spelt) - 1 - rng.integers(JUNK_ROOTS)]
        names.append("".join(spelt[part] for part in parts))
    log_rate += np.log(0.03) + rng.normal(0.0, 0.3, PRODUCTS)[product] + rng.normal(0.0, own_sd, n)
    junk = told | hidden
    rate = np.where(junk, 0.0, np.minimum(np.exp(log_rate), 0.5))
    clicks = np.floor(rng.pareto(1.2, n) * typical_clicks)
    keywords = pd.DataFrame(
        {
            "platform": "native",
            "campaign_id": "c1",
            "ad_group_id": "",
            "product_id": product.astype("str"),
            "price": 100.0,
            "keyword": names,
            "match_type": np.where(rng.random(n) < 0.7, "exact", "broad"),
        }
    )
    hierarchy = hierarchy_of(keywords)
    return DrawnShop(
        keywords,
        rate,
        junk,
        clicks,
        rng.poisson(clicks * rate).astype(np.float64),
        hierarchy,
        sources_of(keywords, hierarchy),
    )


def _spelt_roots(rng: np.random.Generator, count: int) -> list[str]:
    """Words of two Han characters; a character may stand in several."""
    characters = [chr(0x4E00 + int(code)) for code in rng.choice(3_000, 150, replace=False)]
    pairs = rng.choice(150 * 150, count, replace=False)
    return [characters[pair // 150] + characters[pair % 150] for pair in pairs.tolist()]
