"""Words that buyers really typed: the market's search terms and the shop's own, order variants folded into one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bidopt.domain.metrics import Array
from bidopt.domain.table_schema import TableSchema, number, text
from bidopt.evidence.words import Words
from bidopt.text.language import Language
from bidopt.text.normalize import fold
from bidopt.text.word_order import spelled_without_order

OBSERVED = TableSchema(
    "observed_words",
    "真实搜索词",
    (
        text("keyword", "关键词", "the form that is searched most"),
        text("roots", "词根", "its words, joined by spaces"),
        text("folded", "写法", "the words in an order that all variants share"),
        text("variants", "变体", "other orders of the same words, joined by |"),
        number("volume_low", "index", "搜索人气下限", "stated search volume of all variants, lower end"),
        number("volume_high", "index", "搜索人气上限", "stated search volume of all variants, upper end"),
        text("listed", "市场词", "yes where the market lists it, be it without a volume"),
        number("competing_products", "count", "在线商品数", "products competing for it; NaN where unknown"),
        number("reference_cpc", "currency/click", "参考价", "market price of a click; NaN where unknown"),
        number("clicks", "count", "点击量", "clicks that the shop got for it as a search term"),
        number("conversions", "count", "成交笔数", "orders of those clicks", minimum=None),
        number("daily_clicks", "count/day", "近期日点击", "recent clicks per day as a search term"),
    ),
    ("folded",),
)


def volume(low: pd.Series[float], high: pd.Series[float]) -> Array:
    """One figure for stated ranges: their geometric middle, 0 where none is stated; a range from 0 counts from 1."""
    top = high.fillna(low).fillna(0.0).to_numpy(dtype=np.float64)
    bottom = low.fillna(high).fillna(0.0).to_numpy(dtype=np.float64)
    middle: Array = np.where(top > 0, np.sqrt(np.maximum(bottom, 1.0) * np.maximum(top, 1.0)), 0.0)
    return middle


def observed_words(words: Words, language: Language) -> pd.DataFrame:
    """What was typed; schema OBSERVED, most searched first."""
    market = words.market_terms[words.market_terms["term"] != ""]
    own = words.search_terms.groupby("search_term", as_index=False)[
        ["clicks", "conversions", "recent_clicks"]
    ].sum()
    rows = pd.concat(
        [
            pd.DataFrame(
                {
                    "keyword": [" ".join(fold(term).split()) for term in market["term"]],
                    "listed": "yes",
                    "volume_low": market["search_volume_low"].to_numpy(),
                    "volume_high": market["search_volume_high"].to_numpy(),
                    "competing_products": market["competing_products"].to_numpy(),
                    "reference_cpc": market["reference_cpc"].to_numpy(),
                }
            ),
            pd.DataFrame(
                {
                    "keyword": own["search_term"],
                    "clicks": own["clicks"],
                    "conversions": own["conversions"],
                    "daily_clicks": own["recent_clicks"] / max(words.recent_days, 1),
                }
            ),
        ],
        ignore_index=True,
    ).reindex(columns=[c for c in OBSERVED.names if c not in {"roots", "folded", "variants"}])
    if rows.empty:
        return OBSERVED.empty()
    cut = language.words_of_all(rows["keyword"])
    rows = rows.assign(
        roots=[" ".join(parts) for parts in cut],
        folded=[spelled_without_order(parts) for parts in cut],
        searched=volume(rows["volume_low"], rows["volume_high"]),
    )
    rows = rows[rows["folded"] != ""].sort_values(
        ["searched", "clicks", "keyword"], ascending=[False, False, True]
    )
    groups = rows.groupby("folded", sort=False)
    sums = groups[["volume_low", "volume_high", "clicks", "conversions", "daily_clicks"]].sum(min_count=1)
    best = groups[["keyword", "roots"]].first()
    variants = groups["keyword"].agg(lambda terms: "|".join(list(dict.fromkeys(terms))[1:]))
    price = groups[["competing_products", "reference_cpc"]].max()
    listed = groups["listed"].first()
    table = pd.concat([best, sums, price, listed], axis=1).assign(variants=variants).reset_index()
    counted = ["clicks", "conversions", "daily_clicks"]
    table["listed"] = table["listed"].fillna("")
    return OBSERVED.conform(table.assign(**{name: table[name].fillna(0.0) for name in counted}))
