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

_COVERED = ReasonText(
    "覆盖搜索 {before:.0f} → {after:.0f}，宽度 {width_before:.0f} → {width:.0f}",
    "searches covered {before:.0f} -> {after:.0f}, width {width_before:.0f} -> {width:.0f}",
)

_SWAP = ReasonText(
    "覆盖搜索 {before:.0f} → {after:.0f}（另估计榜单外搜索 {unlisted:+.1f}），宽度 {width_before:.0f} → {width:.0f}；新覆盖 {gained:.0f}，不再覆盖 {lost:.0f}，换下的词近 30 天成交 {lost_orders:.0f} 单；主图和详情不变",
    "searches covered {before:.0f} -> {after:.0f} (and about {unlisted:+.1f} that no list has), width {width_before:.0f} -> {width:.0f}; {gained:.0f} covered anew, {lost:.0f} no longer; words lost had {lost_orders:.0f} orders in 30 days; pictures and page stay",
)

REASONS = {
    "title_swap": _SWAP,
    "title_best_seller": ReasonText(
        "爆款（占全店订单 {share:.0%}），只供参考，先别改: " + _SWAP.zh,
        "a best-seller ({share:.0%} of the shop's orders), a proposal only: " + _SWAP.en,
    ),
    "title_best_seller_forbidden": ReasonText(
        "爆款（占全店订单 {share:.0%}），但标题里有违禁词，必须去掉，请人工确认新标题；" + _COVERED.zh,
        "a best-seller ({share:.0%} of the shop's orders), yet its title has forbidden words that must go; have a person confirm the new one; "
        + _COVERED.en,
    ),
    "title_forbidden": ReasonText(
        "标题里有违禁词，必须去掉；" + _COVERED.zh,
        "the title has forbidden words that must go; " + _COVERED.en,
    ),
    "title_refused": ReasonText(
        "标题里有平台不收的括号或重复太多的词，要去掉；" + _COVERED.zh,
        "the title has brackets that the platform refuses, or a word too often; these go; " + _COVERED.en,
    ),
    "title_no_better": ReasonText(
        "不改: 没有更好的标题（现在覆盖搜索 {before:.0f}）。商品表、属性、成交词和现标题能证明的词里，换哪个都不划算",
        "stays: no better title (searches covered {before:.0f}); no word that the product table, attributes, sales or the title support is worth a change",
    ),
    "title_new_product": ReasonText(
        "不改: 新品上架 {days:.0f} 天，满 {least:.0f} 天再改",
        "stays: launched {days:.0f} days ago; titles of new products rest for {least:.0f} days",
    ),
    "title_just_changed": ReasonText(
        "不改: 标题 {days:.0f} 天前刚变过，满 {least:.0f} 天再改",
        "stays: its title changed {days:.0f} days ago; it rests for {least:.0f} days",
    ),
    "title_later": ReasonText(
        "先不改: 有更好的标题（约多覆盖搜索 {gain:.0f}），但同时改的宝贝有上限，这一批看完再轮到它",
        "waits: a better title is known (about {gain:.0f} more searches), but only so many products may change at once",
    ),
    "title_refused_later": ReasonText(
        "先不改: 标题里有平台不收的括号或重复太多的词要去掉，但同时改的宝贝有上限，这一批看完再轮到它",
        "waits: the title has brackets that the platform refuses, or a word too often, but only so many products may change at once",
    ),
}
"""Reason code -> sentences."""

FORBIDDEN = ("title_forbidden", "title_best_seller_forbidden")
"""Codes of titles with words that the law forbids."""


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

    def rest(self, as_of: date, rules: TitleRules) -> str:
        """Encoded reason why its title is left alone, as the product is new or the title was changed lately; or empty."""
        waits = (
            ("title_new_product", self.launched_on, rules.new_days),
            ("title_just_changed", self.changed_on, rules.cooldown_days),
        )
        for code, since, least in waits:
            if since is not None and (days := (as_of - since).days) < least:
                return encode(code, 1, days=days, least=least)[0]
        return ""

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
    """Titles of the products, strongest product first; the current one where no better one is known or may be set.

    A title that rests loses the words that the law forbids, and nothing else.

    Args:
        products: of the shop.
        writer: writes titles.
        as_of: decision morning.
        variant: how far to go.
        resting: ids of products that are left out, as their changed title is watched.
    """
    crowd = np.ones(len(writer.market.queries))
    found = []
    for product in sorted(products, key=lambda p: (-p.orders, p.listing.product_id)):
        own = product.served_by(writer)
        title = product.listing.title
        if product.listing.product_id not in resting:
            rests = bool(product.rest(as_of, own.rules))
            change = own.purged(product.listing) if rests else own.rewrite(product.listing, variant, crowd)
            title = change.title
            found.append(change)
        crowd[writer.covers(title)] *= SHARED
    return found


def titles_table(
    changes: Sequence[TitleChange],
    products: Sequence[ShopProduct],
    writer: TitleWriter,
    as_of: date,
    room: int | None = None,
) -> pd.DataFrame:
    """Schema TITLES of new titles, in their order; a title that stays has a reason too.

    Args:
        changes: a title of each product.
        products: of the shop.
        writer: knows the market.
        as_of: decision morning.
        room: how many titles may be changed, first those with words that the platform refuses, then those that gain
            most; None: all. Forbidden words go whatever the room, and best-sellers, mere proposals, take none.
    """
    product_of = {product.listing.product_id: product for product in products}
    total = sum(product.orders for product in products)
    share_of = {key: product.orders / total if total else 0.0 for key, product in product_of.items()}
    late = _beyond(room, changes, share_of)
    rows = []
    for change in changes:
        key = change.listing.product_id
        product, waits = product_of[key], key in late
        own = product.served_by(writer)
        told = own.unchanged(change.listing) if waits else change
        kind, reason = _verdict(told, product, own, share_of[key], as_of)
        if waits and change.refused:
            reason = "title_refused_later"
        elif waits:
            reason = encode("title_later", 1, gain=change.gain)[0]
        rows.append(
            {
                "product_id": told.listing.product_id,
                "current_title": told.listing.title,
                "title": told.title,
                "width": float(own.rules.measure(told.title)),
                "gained_words": " ".join(told.gained),
                "lost_words": " ".join(told.lost),
                "demand_gain": told.gain,
                "reason": reason,
                "kind": kind,
                "gained_facts": gained_facts(told, own),
                "lost_facts": lost_facts(told, own, product.sold),
            }
        )
    return TITLES.conform(pd.DataFrame(rows)) if rows else TITLES.empty()


def _beyond(
    room: int | None, changes: Sequence[TitleChange], share_of: Mapping[str, float]
) -> AbstractSet[str]:
    """Ids of the products whose new titles have to wait."""
    if room is None:
        return frozenset()
    asking = [
        change
        for change in changes
        if change.title != change.listing.title
        and not change.forbidden
        and share_of[change.listing.product_id] < BEST_SELLER
    ]
    ranked = sorted(asking, key=lambda change: (not change.refused, -change.gain))
    return {change.listing.product_id for change in ranked[room:]}


def _verdict(
    change: TitleChange, product: ShopProduct, writer: TitleWriter, share: float, as_of: date
) -> tuple[str, str]:
    """Kind of the row and its encoded reason."""
    if change.title == change.listing.title:
        no_better = encode("title_no_better", 1, before=change.demand_before)[0]
        return "unchanged", product.rest(as_of, writer.rules) or no_better
    measure, before, after = writer.rules.measure, change.listing.title, change.title
    lost = [fold(word) for word in change.lost]
    numbers = {
        "before": change.demand_before,
        "after": change.demand,
        "unlisted": change.unlisted,
        "width_before": measure(before),
        "width": measure(after),
        "gained": sum(query.demand for query in writer.covers_only(after, before)),
        "lost": sum(query.demand for query in writer.covers_only(before, after)),
        "lost_orders": sum(n for text, n in product.sold.items() if any(word in text for word in lost)),
    }
    if share >= BEST_SELLER:
        code = "title_best_seller_forbidden" if change.forbidden else "title_best_seller"
        return "best_seller", encode(code, 1, share=share, **numbers)[0]
    code = "title_forbidden" if change.forbidden else "title_refused" if change.refused else "title_swap"
    return "rewrite", encode(code, 1, **numbers)[0]
