"""What buyers of the demo shop type: the market's search terms, and what broad keywords were shown for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bidopt.backtest.demo_keywords import phrases_of
from bidopt.backtest.demo_words import JUNK_ROOTS, DemoProduct

UNBOUGHT = 15
"""Search terms of each product's market that the shop does not bid on, besides those of people who buy nothing."""

JUNK_SHARE = 0.3
"""Share of a broad keyword's clicks by people who buy nothing."""

_JUNK_ROOTS = 2  # of each product, behind its broad keywords

_EDGES = np.array([0, 10, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000])


def market_terms(
    rng: np.random.Generator, words: pd.DataFrame, products: tuple[DemoProduct, ...]
) -> pd.DataFrame:
    """What the market says: near the truth, volumes as the ranges in which platforms state them.

    Args:
        rng: source of chance.
        words: the shop's keywords with their true traits.
        products: what is sold.
    """
    bought = words[words["demand"] > 0].drop_duplicates("keyword")
    near = rng.lognormal(0.0, 0.3, (3, len(bought)))
    known = pd.DataFrame(
        {
            "term": bought["keyword"],
            "search_volume": _ranges(bought["demand"].to_numpy()),
            "ctr": (bought["ctr"] * 8 * near[0]).round(3),
            "cvr": ((bought["cvr"] + 0.002) * near[1]).round(4),
            "competing_products": (bought["demand"] * 37).round().astype(int) + 60,
            "reference_cpc": (bought["market_cpc"] * near[2]).round(2),
        }
    )
    have = set(words["keyword"])
    return pd.concat([known, *(_others(rng, product, have) for product in products)], ignore_index=True)


def _others(rng: np.random.Generator, product: DemoProduct, have: set[str]) -> pd.DataFrame:
    spelt = dict.fromkeys("".join(phrase) for phrase in phrases_of(product))
    free = [text for text in spelt if text not in have]
    good = [free[place] for place in rng.choice(len(free), UNBOUGHT, replace=False)]
    junk = [f"{core}{root}" for core in product.cores[:2] for root in JUNK_ROOTS]
    terms = [*good, *(text for text in junk if text not in have)]
    demand = 40 * (1 + rng.pareto(1.3, len(terms)))
    sells = np.arange(len(terms)) < len(good)
    return pd.DataFrame(
        {
            "term": terms,
            "search_volume": _ranges(np.minimum(demand, 4000.0)),
            "ctr": (0.4 * rng.lognormal(0.0, 0.3, len(terms))).round(3),
            "cvr": (np.where(sells, product.cvr, 0.0) + 0.002).round(4),
            "competing_products": (demand * 37).round().astype(int) + 60,
            "reference_cpc": (product.cpc * rng.lognormal(0.0, 0.3, len(terms))).round(2),
        }
    )


def _ranges(demand: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[str]:
    places = np.searchsorted(_EDGES, demand * 6, side="right").clip(1, len(_EDGES) - 1)
    return [f"{_EDGES[i - 1]} ~ {_EDGES[i]}" for i in places]


def search_term_days(rng: np.random.Generator, report: pd.DataFrame) -> pd.DataFrame:
    """The search terms behind every click of a keyword report; broad keywords also draw people who buy nothing.

    Args:
        rng: source of chance.
        report: keyword-days as exported; all orders stay with the keyword's own text.
    """
    clicked = report[report["clicks"] > 0].reset_index(drop=True)
    clicks = clicked["clicks"].to_numpy()
    spare = np.maximum(clicks - clicked["conversions"].to_numpy(), 0)
    junk = rng.binomial(spare, np.where(clicked["match_type"] == "broad", JUNK_SHARE, 0.0))
    campaign = pd.factorize(clicked["campaign_id"])[0]
    root = np.array(JUNK_ROOTS, dtype=object)[
        (campaign * _JUNK_ROOTS + rng.integers(0, _JUNK_ROOTS, len(clicked))) % len(JUNK_ROOTS)
    ]
    share = junk / clicks
    odd = clicked.assign(
        search_term=clicked["keyword"].astype(object) + root,
        impressions=np.maximum((clicked["impressions"] * share).round(), junk).astype(int),
        clicks=junk,
        cost=(clicked["cost"] * share).round(2),
        conversions=0,
        revenue=0.0,
    )
    own = clicked.assign(
        search_term=clicked["keyword"],
        impressions=np.maximum(clicked["impressions"] - odd["impressions"], clicks - junk),
        clicks=clicks - junk,
        cost=(clicked["cost"] - odd["cost"]).round(2),
    )
    columns = ["date", "campaign_id", "ad_group_id", "product_id", "keyword", "match_type", "search_term"]
    columns += ["impressions", "clicks", "cost", "conversions", "revenue", "reported_on"]
    table = pd.concat([own, odd], ignore_index=True)[columns]
    return table[table["clicks"] > 0].sort_values(["date", "campaign_id"], kind="stable", ignore_index=True)
