"""The titles of a whole shop: demand is spread over its products, best-sellers and new products are spared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd

from bidopt.decisions.titles.title_change import Listing, TitleChange, TitleWriter
from bidopt.decisions.titles.title_rules import TitleRules, Variant
from bidopt.decisions.titles.word_facts import gained_facts, lost_facts
from bidopt.domain.changes import TITLES
from bidopt.domain.reasons import ReasonText, encode
from bidopt.text.normalize import fold

SHARED = 0.5
"""What a search is still worth to a product for each stronger product of the shop that covers it."""

BEST_SELLER = 0.3
"""Share of the shop's orders from which a product is a best-seller, of which nothing is changed without a person."""

_SWAP = ReasonText(
    "覆盖搜索 {before:.0f} → {after:.0f}，宽度 {width_before:.0f} → {width:.0f}；换上的词搜索 {gained:.0f}，换下的词搜索 {lost:.0f}、近 30 天成交 {lost_orders:.0f} 单；主图和详情不变",
    "searches covered {before:.0f} -> {after:.0f}, width {width_before:.0f} -> {width:.0f}; words gained have {gained:.0f} searches, words lost {lost:.0f} and {lost_orders:.0f} orders in 30 days; pictures and page stay",
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
        sold: folded keyword of the product -> its orders in the last 30 days.
        rules: of its platform; None: those of the writer.
        changed_on: first morning on which a list told its title; None if it has always been this one.
    """

    listing: Listing
    orders: float = 0.0
    launched_on: date | None = None
    sold: Mapping[str, float] = field(default_factory=dict)
    rules: TitleRules | None = None
    changed_on: date | None = None

    def rests(self, as_of: date, rules: TitleRules) -> bool:
        """Whether its title is left alone, as the product is new or the title was changed lately."""
        since = ((self.launched_on, rules.new_days), (self.changed_on, rules.cooldown_days))
        return any(day is not None and (as_of - day).days < least for day, least in since)

    def served_by(self, writer: TitleWriter) -> TitleWriter:
        """The writer under the rules of the product's platform."""
        return replace(writer, rules=self.rules) if self.rules else writer


def rewrite_shop(
    products: Sequence[ShopProduct],
    writer: TitleWriter,
    as_of: date,
    variant: Variant = Variant.BALANCED,
    resting: AbstractSet[str] = frozenset(),
) -> list[TitleChange]:
    """New titles of the products that are to get one, strongest product first.

    Args:
        products: of the shop.
        writer: writes titles.
        as_of: decision morning.
        variant: how far to go.
        resting: ids of products whose title stays, as it was changed lately.
    """
    crowd = np.ones(len(writer.market.queries))
    found = []
    for product in sorted(products, key=lambda p: (-p.orders, p.listing.product_id)):
        own = product.served_by(writer)
        title = product.listing.title
        if product.listing.product_id not in resting and not product.rests(as_of, own.rules):
            change = own.rewrite(product.listing, variant, crowd)
            title = change.title
            if title != product.listing.title:
                found.append(change)
        crowd[writer.covers(title)] *= SHARED
    return found


def titles_table(
    changes: Sequence[TitleChange], products: Sequence[ShopProduct], writer: TitleWriter
) -> pd.DataFrame:
    """Schema TITLES of new titles, in their order."""
    product_of = {product.listing.product_id: product for product in products}
    total = sum(product.orders for product in products)
    rows = []
    for change in changes:
        product = product_of[change.listing.product_id]
        own = product.served_by(writer)
        share = product.orders / total if total else 0.0
        rows.append(
            {
                "product_id": change.listing.product_id,
                "current_title": change.listing.title,
                "title": change.title,
                "width": float(own.rules.measure(change.title)),
                "gained_words": " ".join(change.gained),
                "lost_words": " ".join(change.lost),
                "demand_gain": change.demand - change.demand_before + change.unlisted,
                "reason": _reason(change, product, own, share),
                "kind": "best_seller" if share >= BEST_SELLER else "rewrite",
                "gained_facts": gained_facts(change, own),
                "lost_facts": lost_facts(change, own, product.sold),
            }
        )
    return TITLES.conform(pd.DataFrame(rows)) if rows else TITLES.empty()


def _reason(change: TitleChange, product: ShopProduct, writer: TitleWriter, share: float) -> str:
    demand_of, measure = writer.market.demand_of, writer.rules.measure
    lost = [fold(word) for word in change.lost]
    numbers = {
        "before": change.demand_before,
        "after": change.demand,
        "width_before": measure(change.listing.title),
        "width": measure(change.title),
        "gained": sum(demand_of.get(word, 0.0) for word in change.gained),
        "lost": sum(demand_of.get(word, 0.0) for word in lost),
        "lost_orders": sum(n for text, n in product.sold.items() if any(word in text for word in lost)),
    }
    if share >= BEST_SELLER:
        return encode("title_best_seller", 1, share=share, **numbers)[0]
    return encode("title_refused" if change.refused else "title_swap", 1, **numbers)[0]
