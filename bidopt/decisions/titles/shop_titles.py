"""The titles of a whole shop: demand is spread over its products, best-sellers and new products are spared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from bidopt.decisions.titles.title_change import Listing, TitleChange, TitleWriter
from bidopt.decisions.titles.title_rules import Variant
from bidopt.domain.changes import TITLES
from bidopt.domain.reasons import ReasonText, encode
from bidopt.text.normalize import fold

SHARED = 0.5
"""What a search is still worth to a product for each stronger product of the shop that covers it."""

BEST_SELLER = 0.3
"""Share of the shop's orders from which a product is a best-seller, of which nothing is changed without a person."""

_SWAP = ReasonText(
    "覆盖搜索 {before:.0f} → {after:.0f}，宽度 {width_before:.0f} → {width:.0f}；换上的词搜索 {gained:.0f}，换下的词搜索 {lost:.0f}、近 30 天没有成交；主图和详情不变",
    "searches covered {before:.0f} -> {after:.0f}, width {width_before:.0f} -> {width:.0f}; words gained have {gained:.0f} searches, words lost {lost:.0f} and no order in 30 days; pictures and page stay",
)

REASONS = {
    "title_swap": _SWAP,
    "title_best_seller": ReasonText(
        "爆款（占全店订单 {share:.0%}），只供参考，先别改: " + _SWAP.zh,
        "a best-seller ({share:.0%} of the shop's orders), a proposal only: " + _SWAP.en,
    ),
    "title_refused": ReasonText(
        "标题里有违禁或超过次数的词，必须去掉；覆盖搜索 {before:.0f} → {after:.0f}，宽度 {width_before:.0f} → {width:.0f}",
        "words that are forbidden or stand too often must go; searches covered {before:.0f} -> {after:.0f}, width {width_before:.0f} -> {width:.0f}",
    ),
}
"""Reason code -> sentences."""


@dataclass(frozen=True)
class ShopProduct:
    """A product and how it sells.

    Args:
        listing: what its title and the product table say.
        orders: in the last 30 days.
        launched_on: day of launch; None if not known.
    """

    listing: Listing
    orders: float = 0.0
    launched_on: date | None = None


def rewrite_shop(
    products: Sequence[ShopProduct],
    writer: TitleWriter,
    as_of: date,
    variant: Variant = Variant.BALANCED,
) -> list[TitleChange]:
    """New titles of the products that are to get one, strongest product first.

    Args:
        products: of the shop.
        writer: writes titles.
        as_of: decision morning.
        variant: how far to go.
    """
    crowd = np.ones(len(writer.market.queries))
    found = []
    for product in sorted(products, key=lambda p: (-p.orders, p.listing.product_id)):
        fresh = product.launched_on is not None and (as_of - product.launched_on).days < writer.rules.new_days
        title = product.listing.title
        if not fresh:
            change = writer.rewrite(product.listing, variant, crowd)
            title = change.title
            if title != product.listing.title:
                found.append(change)
        crowd[writer.covers(title)] *= SHARED
    return found


def titles_table(
    changes: Sequence[TitleChange], products: Sequence[ShopProduct], writer: TitleWriter
) -> pd.DataFrame:
    """Schema TITLES of new titles, in their order."""
    orders = {product.listing.product_id: product.orders for product in products}
    total = sum(orders.values())
    return TITLES.conform(
        {
            "product_id": [change.listing.product_id for change in changes],
            "current_title": [change.listing.title for change in changes],
            "title": [change.title for change in changes],
            "width": [float(writer.rules.measure(change.title)) for change in changes],
            "gained_words": [" ".join(change.gained) for change in changes],
            "lost_words": [" ".join(change.lost) for change in changes],
            "demand_gain": [change.demand - change.demand_before for change in changes],
            "reason": [
                _reason(change, writer, orders[change.listing.product_id] / total if total else 0.0)
                for change in changes
            ],
        }
    )


def _reason(change: TitleChange, writer: TitleWriter, share: float) -> str:
    demand_of, measure = writer.market.demand_of, writer.rules.measure
    numbers = {
        "before": change.demand_before,
        "after": change.demand,
        "width_before": measure(change.listing.title),
        "width": measure(change.title),
    }
    if change.refused:
        return encode("title_refused", 1, **numbers)[0]
    numbers["gained"] = sum(demand_of.get(word, 0.0) for word in change.gained)
    numbers["lost"] = sum(demand_of.get(fold(word), 0.0) for word in change.lost)
    if share >= BEST_SELLER:
        return encode("title_best_seller", 1, share=share, **numbers)[0]
    return encode("title_swap", 1, **numbers)[0]
