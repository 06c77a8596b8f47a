"""Search terms of two real markets: what folds, what is marked, and that nothing unsupported is proposed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from bidopt.decisions.expansion.mine import Mine
from bidopt.decisions.expansion.product_claims import OBJECTIONS
from bidopt.evidence.words import SEARCH_TERMS, Words
from bidopt.facts.schemas import MARKET_TERMS, PRODUCTS
from bidopt.platforms.reading.cells import parse_range

pytestmark = pytest.mark.shared


def mine_of(terms: pd.DataFrame, title: str, category: str) -> Mine:
    """A shop with one product, whose category's word it buys."""
    product = {"product_id": ["p1"], "title": [title], "category": [category], "brand": ["沐禾"]}
    bought = pd.DataFrame({"product_id": ["p1"], "keyword": [category], "conversions": [1.0]})
    words = Words(SEARCH_TERMS.empty(), 0, terms, PRODUCTS.conform(product), keywords=(category,))
    return Mine(words, bought)


@pytest.fixture(scope="module")
def bathtubs(shared: Path) -> Mine:
    path = shared / "data" / "taobao-words" / "sycm_market_search_bathtub_2026-08.csv"
    table = pd.read_csv(path, dtype=str)
    table = table[table["搜索词"] != "其他"].drop_duplicates("搜索词")
    volumes = [parse_range(text) for text in table["搜索人气"]]
    columns = {
        "term": table["搜索词"],
        "search_volume_low": [low for low, _ in volumes],
        "search_volume_high": [high for _, high in volumes],
    }
    title = "亚克力浴缸家用小户型成人独立式日式深泡坐式移动浴盆1.2米"
    return mine_of(MARKET_TERMS.conform(columns), title, "浴缸")


@pytest.fixture(scope="module")
def shoes(shared: Path) -> Mine:
    visitors: Counter[str] = Counter()
    for name in ("直通车", "自然搜索"):
        book = CalamineWorkbook.from_path(shared / "data" / "taobao-words" / f"{name}.xlsx")
        rows = book.get_sheet_by_index(0).to_python()
        first = next(number for number, row in enumerate(rows) if row[:1] == ["来源名称"])
        for row in rows[first + 1 :]:
            visitors[str(row[0])] += int(str(row[1]).replace(",", ""))
    del visitors["其他"]
    volumes = [float(count) for count in visitors.values()]
    columns = {"term": list(visitors), "search_volume_low": volumes, "search_volume_high": volumes}
    title = "方扣单鞋女平底尖头浅口真皮软底2017春季新款女鞋百搭水钻大码"
    return mine_of(MARKET_TERMS.conform(columns), title, "单鞋")


@pytest.fixture(params=["bathtubs", "shoes"])
def market(request: pytest.FixtureRequest) -> Mine:
    mine: Mine = request.getfixturevalue(request.param)
    return mine


def test_every_term_is_there_once_in_whatever_order(market: Mine) -> None:
    told = sum(1 + len([v for v in text.split("|") if v]) for text in market.observed["variants"])
    assert told == market.words.market_terms["term"].nunique()
    assert not market.observed["folded"].duplicated().any()


def test_pure_order_variants_fold(bathtubs: Mine, shoes: Mine) -> None:
    assert (bathtubs.observed["variants"] != "").sum() >= 30
    folded = shoes.observed.set_index("keyword")["variants"]
    assert "尖头单鞋女" in {*folded.index, *"|".join(folded).split("|")}


def test_what_is_proposed_consists_of_what_the_product_is(market: Mine) -> None:
    product = market.products[0]
    proposed = market.candidates
    assert len(proposed) > 20
    for words in map(str.split, proposed["roots"]):
        assert product.categories.intersection(words)
        assert all(word in product.categories or product.supports(word) for word in words)


def test_every_other_term_says_why_it_is_not_for_the_product(market: Mine) -> None:
    judged = market.judged
    rejected = judged[judged["objection"] != ""]
    assert len(rejected) > 100
    assert set(rejected["objection"]) <= set(OBJECTIONS)


def test_brands_and_shops_are_marked(bathtubs: Mine, shoes: Mine) -> None:
    why = pd.concat([bathtubs.judged, shoes.judged]).set_index("keyword")["objection"]
    named = ["toto浴缸", "科勒铸铁浴缸", "九牧陶瓷浴缸", "浪鲸浴缸", "ssww", "箭牌浴缸", "antoniolupi"]
    named += ["rv女鞋", "mb高跟鞋", "f家女鞋", "pazzion", "manolo", "aburuiz鞋"]
    assert set(why.loc[named]) == {"rival_brand"}
    assert "rival_brand" not in set(why.loc[["单鞋女", "真皮女鞋", "33码女鞋", "圆形浴缸", "双人浴缸"]])
