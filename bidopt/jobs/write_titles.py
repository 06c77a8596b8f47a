"""Writes new titles for the products of a shop, from what is known on a morning, as the daily batch would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from bidopt.decisions.titles.rewrite_titles import RewriteTitles
from bidopt.decisions.titles.title_rules import Variant
from bidopt.domain.errors import StoppedError, UsageError, did_you_mean
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.warehouse import Warehouse
from bidopt.jobs.earlier_plans import titles_as_recommended
from bidopt.jobs.shop import Shop
from bidopt.ledger.ledger import Ledger
from bidopt.settings.shop_settings import with_platform_rules


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
    shop: Shop, as_of: date, product_id: str = "", variants: Sequence[Variant] = ()
) -> ShopTitles:
    """New titles of a shop; nothing is stored.

    Args:
        shop: the shop.
        as_of: decision morning.
        product_id: only this product's; empty: all.
        variants: how far to go; each is written on its own. None: as far as the shop's settings say.

    Raises:
        StoppedError: the shop's exports name no products, or no searches of the market.
        UsageError: they do not name the product.
    """
    recommender = shop.settings.recommender
    facts = Warehouse(shop.facts).known_on(as_of, recommender.evidence.window_days + 1)
    searched = len(facts.market_terms) + len(facts.search_term_days)
    for name, rows in (("商品表 products*.csv", len(facts.products)), ("市场搜索词或搜索词报表", searched)):
        if not rows:
            raise StoppedError(
                f"还没有{name}，写不了标题", f"把它放进 inbox 后运行 bidopt import {shop.folder}"
            )
    known = sorted(set(facts.products["product_id"]))
    if product_id and product_id not in known:
        raise UsageError(f"商品表里没有宝贝 {product_id}", did_you_mean(product_id, known) or "核对宝贝ID")
    policy = next((p for p in recommender.policies if isinstance(p, RewriteTitles)), None)
    policy = policy or with_platform_rules(RewriteTitles())
    evidence = recommender.learn(_with_ledger(shop, facts, as_of), as_of)
    found = {}
    for variant in variants or (Variant(policy.variant),):
        table = policy.titles(evidence, variant)
        mine = table["product_id"] == product_id if product_id else table["product_id"] != ""
        found[variant] = table[mine].reset_index(drop=True)
    return ShopTitles(found, len(facts.products))


def _with_ledger(shop: Shop, facts: FactTables, as_of: date) -> FactTables:
    """The facts with the changes of titles that earlier plans had asked for; without a ledger none was."""
    if not shop.ledger.is_file():
        return facts
    with Ledger(shop.ledger) as ledger:
        return replace(facts, title_changes=titles_as_recommended(facts, ledger, as_of))
