"""What becomes of real markets' search terms for one product each: folded, fit or rejected, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from python_calamine import CalamineWorkbook

from bidopt.decisions.expansion.mine import Mine
from bidopt.evidence.words import SEARCH_TERMS, Words
from bidopt.facts.schemas import MARKET_TERMS, PRODUCTS
from bidopt.platforms.reading.cells import parse_range
from bidopt.text.word_order import squeezed

OTHERS = "其他"
"""The row of all terms that are not listed."""


@dataclass(frozen=True)
class Market:
    """A market, and an invented product of it.

    Args:
        terms: schema MARKET_TERMS.
        title, brand, category: of the product.
    """

    terms: pd.DataFrame
    title: str
    brand: str
    category: str

    def mine(self) -> Mine:
        """The words for the product, which buys its category's."""
        product = PRODUCTS.conform(
            {"product_id": ["p1"], "title": [self.title], "category": [self.category], "brand": [self.brand]}
        )
        bought = pd.DataFrame({"product_id": ["p1"], "keyword": [self.category], "conversions": [1.0]})
        words = Words(SEARCH_TERMS.empty(), 0, self.terms, product, keywords=(self.category,))
        return Mine(words, bought)


def bathtubs(data: Path) -> Market:
    """Bathtubs: 267 terms with stated ranges of volume."""
    table = pd.read_csv(data / "taobao-words" / "sycm_market_search_bathtub_2026-08.csv", dtype=str)
    table = table[table["搜索词"] != OTHERS].drop_duplicates("搜索词")
    volumes = [parse_range(text) for text in table["搜索人气"]]
    terms = MARKET_TERMS.conform(
        {
            "term": table["搜索词"],
            "search_volume_low": [low for low, _ in volumes],
            "search_volume_high": [high for _, high in volumes],
        }
    )
    return Market(terms, "亚克力浴缸家用小户型成人独立式日式深泡坐式移动浴盆1.2米", "泊浴", "浴缸")


def shoes(data: Path) -> Market:
    """Women's shoes: what brought one shop visitors, from ads and from search, by visitors."""
    found: Counter[str] = Counter()
    for name in ("直通车", "自然搜索"):
        book = CalamineWorkbook.from_path(data / "taobao-words" / f"{name}.xlsx")
        rows = [row for row in book.get_sheet_by_index(0).to_python() if len(row) > 5]
        start = next(number for number, row in enumerate(rows) if "来源名称" in row)
        term, visitors = rows[start].index("来源名称"), rows[start].index("访客数")
        for row in rows[start + 1 :]:
            found[str(row[term])] += int(str(row[visitors]).replace(",", ""))
    del found[OTHERS]
    volumes = [float(count) for count in found.values()]
    terms = {"term": list(found), "search_volume_low": volumes, "search_volume_high": volumes}
    title = "方扣单鞋女平底尖头浅口真皮软底2017春季新款女鞋百搭水钻大码"
    return Market(MARKET_TERMS.conform(terms), title, "步棠", "单鞋")


def report(data: Path) -> Iterator[str]:
    """Lines of the report."""
    for name, market in (("bathtubs", bathtubs(data)), ("shoes", shoes(data))):
        mine = market.mine()
        judged = mine.judged
        fit = judged[judged["objection"] == ""]
        folded = judged[judged["variants"] != ""]
        yield f"{name}: {len(market.terms)} terms, {len(judged)} after folding, {len(folded)} with order variants, {len(fit)} fit"
        yield f"unfolded variants left: {_unfolded(judged)}"
        yield f"objections: {dict(Counter(judged['objection']).most_common())}"
        yield "fit: " + " ".join(fit["keyword"])
        for why, rows in judged[judged["objection"] != ""].groupby("objection"):
            yield f"{why}: {' '.join(rows['keyword'])}"
        yield "combined: " + " ".join(mine.combined["keyword"].head(40))


def _unfolded(judged: pd.DataFrame) -> list[str]:
    """Terms that hold the same characters as another one, and were not folded with it."""
    spelt = judged["keyword"].map(lambda term: "".join(sorted(squeezed(term))))
    return list(judged.loc[spelt.duplicated(keep=False), "keyword"])
