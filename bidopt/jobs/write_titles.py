"""Writes new titles for the products of a shop, from what is known on a morning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from bidopt.decisions.titles.market_demand import TitleMarket, market_of
from bidopt.decisions.titles.shop_titles import ShopProduct, rewrite_shop, titles_table
from bidopt.decisions.titles.title_change import Listing, TitleWriter
from bidopt.decisions.titles.title_rules import Variant
from bidopt.decisions.titles.word_order import habit_of
from bidopt.domain.changes import TITLES
from bidopt.domain.errors import StoppedError
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.warehouse import Warehouse
from bidopt.jobs.shop import Shop, open_shop
from bidopt.registry import plugin_name
from bidopt.settings.rules import banned_words, title_rules
from bidopt.text.dictionary import general_dictionary
from bidopt.text.lexicon import learn_lexicon
from bidopt.text.normalize import fold
from bidopt.text.role_lexicon import learn_roles

SALES_DAYS = 30
"""Days of sales that protect a word."""


@dataclass(frozen=True)
class ShopTitles:
    """A shop's new titles.

    Args:
        titles: variant -> schema TITLES.
        products: how many products the shop has.
    """

    titles: dict[Variant, pd.DataFrame]
    products: int


def write_titles(
    folder: Path, as_of: date, product_id: str = "", variants: Sequence[Variant] = (Variant.BALANCED,)
) -> ShopTitles:
    """New titles of a shop; nothing is stored.

    Args:
        folder: the shop's folder.
        as_of: decision morning.
        product_id: only this product's; empty: all.
        variants: how far to go; each is written on its own.

    Raises:
        StoppedError: the shop's exports name no products, or no searches of the market, or not the product.
    """
    shop = open_shop(folder)
    facts = Warehouse(shop.facts).known_on(as_of, shop.settings.recommender.evidence.window_days + 1)
    for name, table in (("商品表 products*.csv", facts.products), ("市场搜索词", facts.market_terms)):
        if table.empty:
            raise StoppedError(f"还没有{name}，写不了标题", f"把它放进 inbox 后运行 bidopt import {folder}")
    if product_id and product_id not in set(facts.products["product_id"]):
        raise StoppedError(f"商品表里没有宝贝 {product_id}", "核对宝贝ID")
    found = {}
    for variant, table in new_titles(shop, facts, as_of, variants).items():
        mine = table["product_id"] == product_id if product_id else table["product_id"] != ""
        found[variant] = table[mine].reset_index(drop=True)
    return ShopTitles(found, len(facts.products))


def new_titles(
    shop: Shop, facts: FactTables, as_of: date, variants: Sequence[Variant]
) -> dict[Variant, pd.DataFrame]:
    """Variant -> schema TITLES; empty tables where no products or no searches of the market are known."""
    if facts.products.empty or facts.market_terms.empty:
        return {variant: TITLES.empty() for variant in variants}
    writer = title_writer(shop, facts)
    products = [
        with_sold_words(product, facts, writer.market, as_of) for product in shop_products(facts, as_of)
    ]
    return {
        variant: titles_table(rewrite_shop(products, writer, as_of, variant), products, writer)
        for variant in variants
    }


def title_writer(shop: Shop, facts: FactTables) -> TitleWriter:
    """What writes titles by the facts of a shop and the rules of its platform."""
    own = facts.products["title"].tolist()
    titles = [*own, *facts.competitor_titles["title"].tolist()]
    general = general_dictionary()
    segmenter = learn_lexicon([*titles, *facts.market_terms["term"].tolist()], general).segmenter()
    roles = learn_roles(
        titles,
        segmenter,
        general,
        own_brands=sorted(set(facts.products["brand"]) - {""}),
        categories=sorted(set(facts.products["category"]) - {""}),
    )
    market = market_of(facts.market_terms, titles, segmenter, roles)
    rules = title_rules()
    platform = next((name for p in shop.settings.platforms if (name := plugin_name(p)) in rules), "native")
    return TitleWriter(market, habit_of(market), rules[platform], banned_words())


def shop_products(facts: FactTables, as_of: date) -> list[ShopProduct]:
    """The products of a shop with their orders."""
    orders = _recent(facts.keyword_days, as_of).groupby("product_id")["conversions"].sum()
    return [
        ShopProduct(
            Listing(row["product_id"], row["title"], (row["category"], row["brand"]), row["category"]),
            float(orders.get(row["product_id"], 0.0)),
            None if pd.isna(row["launched_on"]) else row["launched_on"].date(),
        )
        for row in facts.products.to_dict("records")
        if row["title"]
    ]


def with_sold_words(product: ShopProduct, facts: FactTables, market: TitleMarket, as_of: date) -> ShopProduct:
    """The product with the words of its keywords that sold."""
    days = _recent(facts.keyword_days, as_of)
    mine = days[(days["product_id"] == product.listing.product_id) & (days["conversions"] > 0)]
    words = {word for keyword in mine["keyword"].unique() for word in market.segmenter.cut(fold(keyword))}
    listing = product.listing
    return ShopProduct(
        Listing(listing.product_id, listing.title, listing.texts, listing.category, frozenset(words)),
        product.orders,
        product.launched_on,
    )


def _recent(days: pd.DataFrame, as_of: date) -> pd.DataFrame:
    return days[days["date"] >= pd.Timestamp(as_of - timedelta(days=SALES_DAYS))]
