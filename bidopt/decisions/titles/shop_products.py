"""The products of a shop as titles see them: what is true of each, what sold it, and what was tried in vain."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import date

import numpy as np
import pandas as pd

from bidopt.decisions.titles.shop_titles import ShopProduct
from bidopt.decisions.titles.title_change import Listing
from bidopt.decisions.titles.title_rules import TitleRules
from bidopt.domain.metrics import Array
from bidopt.evidence.evidence import Evidence
from bidopt.text.attributes import attribute_claims
from bidopt.text.language import Language
from bidopt.text.normalize import fold
from bidopt.text.word_order import squeezed

SALES_DAYS = 30
"""Days of sales that protect a word."""


def shop_products(evidence: Evidence, rules: Mapping[str, TitleRules]) -> list[ShopProduct]:
    """The products that have a title, with their orders.

    Args:
        evidence: beliefs.
        rules: platform -> its rules; a product is sold where most of its keywords are.
    """
    words, language = evidence.words, evidence.words.language
    keywords = evidence.keywords[["product_id", "platform", "keyword"]].assign(
        orders=_recent_orders(evidence)
    )
    sold = keywords[keywords["orders"] > 0]
    platform_of = keywords.groupby("product_id")["platform"].agg(lambda names: names.mode().iloc[0]).to_dict()
    vain = words_tried_in_vain(words.title_changes, language)
    orders_of: dict[str, dict[str, float]] = {}
    for product, keyword, orders in sold[["product_id", "keyword", "orders"]].itertuples(
        index=False, name=None
    ):
        mine = orders_of.setdefault(product, {})
        mine[_folded(keyword)] = mine.get(_folded(keyword), 0.0) + orders
    newest = words.title_changes.drop_duplicates("product_id", keep="last")
    changed_on = dict(zip(newest["product_id"].tolist(), newest["changed_on"].tolist(), strict=True))
    found = []
    for row in words.products[words.products["title"] != ""].to_dict("records"):
        product_id, sold_by = row["product_id"], orders_of.get(row["product_id"], {})
        claims = attribute_claims(row["attributes"])
        said = {word for keyword in sold_by for word in language.words(keyword)}
        listing = Listing(
            product_id,
            row["title"],
            (row["category"], row["brand"], *claims.said),
            row["category"],
            frozenset(said),
            frozenset(vain.get(product_id, set()))
            | {word for text in claims.denied for word in (fold(text), *language.words(text))},
            frozenset(filter(None, (fold(name).strip() for name in row["brand"].replace("/", " ").split()))),
        )
        own = rules.get(platform_of.get(product_id, ""))
        launched, changed = (_day(day) for day in (row["launched_on"], changed_on.get(product_id)))
        found.append(ShopProduct(listing, sum(sold_by.values()), launched, sold_by, own, changed))
    return found


def words_tried_in_vain(changes: pd.DataFrame, language: Language) -> dict[str, AbstractSet[str]]:
    """Product -> folded words that a title gained and lost again when the old one was put back.

    Args:
        changes: schema TITLE_CHANGES.
        language: cuts titles.
    """
    found: dict[str, AbstractSet[str]] = {}
    for product_id, mine in changes.groupby("product_id"):
        earlier: list[tuple[str, str]] = []
        for old, new in mine[["old_title", "title"]].itertuples(index=False, name=None):
            for before, tried in earlier:
                if squeezed(before) == squeezed(new):
                    gained = set(language.words(tried)) - set(language.words(before))
                    found[str(product_id)] = found.get(str(product_id), set()) | gained
            earlier.append((old, new))
    return found


def _day(moment: pd.Timestamp | None) -> date | None:
    return None if moment is None or pd.isna(moment) else moment.date()


def _recent_orders(evidence: Evidence) -> Array:
    """Orders of each keyword in the last days, as far as reported."""
    days = evidence.days
    recent = np.asarray(days.age <= SALES_DAYS)
    return days.total(days.conversions, len(evidence.keywords), recent)


def _folded(keyword: str) -> str:
    return squeezed(fold(keyword))
