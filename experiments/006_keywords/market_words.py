"""What becomes of a real market's search terms for one product: folded, fit or rejected, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from bidopt.decisions.expansion.mine import Mine
from bidopt.evidence.words import SEARCH_TERMS, Words
from bidopt.facts.schemas import MARKET_TERMS, PRODUCTS
from bidopt.platforms.reading.cells import parse_range

TITLE = "亚克力浴缸家用小户型成人独立式日式深泡坐式移动浴盆1.2米"
"""An invented product of the market."""


def report(data: Path) -> Iterator[str]:
    """Lines of the report."""
    table = pd.read_csv(data / "taobao-words" / "sycm_market_search_bathtub_2026-08.csv", dtype=str)
    table = table[table["搜索词"] != "其他"].drop_duplicates("搜索词")
    volumes = [parse_range(text) for text in table["搜索人气"]]
    market = MARKET_TERMS.conform(
        {
            "term": table["搜索词"],
            "search_volume_low": [low for low, _ in volumes],
            "search_volume_high": [high for _, high in volumes],
        }
    )
    product = PRODUCTS.conform(
        {"product_id": ["p1"], "title": [TITLE], "category": ["浴缸"], "brand": ["泊浴"], "price": [899.0]}
    )
    bought = pd.DataFrame({"product_id": ["p1"], "keyword": ["浴缸"], "conversions": [1.0]})
    words = Words(SEARCH_TERMS.empty(), 0, market, product, keywords=("浴缸",))
    mine = Mine(words, bought)
    judged = mine.judged
    fit = judged[judged["objection"] == ""]
    folded = judged[judged["variants"] != ""]
    yield f"{len(market)} terms, {len(judged)} after folding, {len(folded)} with order variants, {len(fit)} fit"
    yield f"objections: {dict(Counter(judged['objection']).most_common())}"
    yield "fit: " + " ".join(fit["keyword"])
    for why, rows in judged[judged["objection"] != ""].groupby("objection"):
        yield f"{why}: {' '.join(rows['keyword'].head(15))}"
    yield "combined: " + " ".join(mine.combined["keyword"].head(20))
