"""The keyword library: every word of the shop and its market, what it is for, and how it fares."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bidopt.decisions.expansion.mine import Mine
from bidopt.decisions.expansion.product_claims import OBJECTIONS, objection
from bidopt.decisions.expansion.word_blocks import blocked_in
from bidopt.decisions.expansion.word_fortunes import STATES, fortunes, states_of
from bidopt.domain.table_schema import TableSchema, day, number, text
from bidopt.text.roles import Role
from bidopt.text.word_order import spelled_without_order

LIBRARY = TableSchema(
    "word_library",
    "词库",
    (
        text("product_id", "宝贝ID", "product the word is for; empty where it is for none"),
        text("category", "类目", "category of the product"),
        text("keyword", "关键词", "the form that is searched most"),
        text("roots", "词根", "its words, joined by spaces"),
        text("pattern", "角色结构", "roles of its words, joined by +"),
        text("season", "季节", "its words for a season"),
        text("occasion", "场景", "its words for an occasion"),
        text("peak_month", "高峰月", "month of the window with most of its clicks; empty without clicks"),
        text("audience", "人群", "its words for people"),
        text("origin", "地域", "its words for a place"),
        text("variants", "变体", "other orders of the same words, joined by |"),
        text("state", "状态", "one of " + ", ".join(STATES)),
        text("bought", "已买", "yes where it is a keyword in play for the product"),
        text("negative", "否词", "yes, or partly where only some ad groups of the product block it"),
        text("negative_in", "否词位置", "campaigns and ad groups that block it, joined by |"),
        text("objection", "不适合的原因", "one of " + ", ".join(OBJECTIONS) + "; empty where it fits"),
        number("volume_low", "index", "搜索人气下限", "stated search volume, lower end"),
        number("volume_high", "index", "搜索人气上限", "stated search volume, upper end"),
        number("clicks", "count", "点击量", "clicks of the window, as search term or keyword"),
        number("cost", "currency", "花费", "cost of the window"),
        number("conversions", "count", "成交笔数", "orders reported so far", minimum=None),
        number("revenue", "currency", "成交金额", "revenue reported so far", minimum=None),
        day("first_seen", "首次出现", "first day with a click"),
        day("last_seen", "最近出现", "last day with a click"),
    ),
    ("product_id", "keyword"),
)


def word_library(
    mine: Mine, keyword_days: pd.DataFrame, search_term_days: pd.DataFrame, negatives: pd.DataFrame
) -> pd.DataFrame:
    """The library, by product and category, most searched first; schema LIBRARY.

    Args:
        mine: the words of the shop on the morning.
        keyword_days: schema KEYWORD_DAYS; a product without search terms counts by its keywords.
        search_term_days: schema SEARCH_TERM_DAYS.
        negatives: words that today's plan or an earlier one blocks: platform, campaign_id, ad_group_id, keyword and
            match_type.
    """
    fared = fortunes(mine, keyword_days, search_term_days)
    known = pd.concat([mine.judged, _keywords_of(mine)], ignore_index=True)
    known = known.drop_duplicates(["product_id", "folded"])
    words = pd.concat([known, _bought_elsewhere(mine, known, fared)], ignore_index=True)
    table = words.drop(columns=["clicks", "conversions"]).merge(
        fared, on=["product_id", "folded"], how="left"
    )
    placed = set(table.loc[(table["product_id"] != "") & table["clicks"].notna(), "folded"])
    table = table[(table["product_id"] != "") | table["clicks"].notna() | ~table["folded"].isin(placed)]
    table = table.assign(bought=np.where(mine.bought(table), "yes", "")).reset_index(drop=True)
    table["negative"], table["negative_in"] = blocked_in(table, negatives, mine)
    table["state"] = states_of(table)
    table = _with_dimensions(table, mine)
    table["searched"] = table["volume_high"].fillna(table["clicks"]).fillna(0.0)
    order = ["product_id", "searched", "keyword"]
    table = table.sort_values(order, ascending=[True, False, True], ignore_index=True)
    return LIBRARY.conform(table[LIBRARY.names])


def _with_dimensions(table: pd.DataFrame, mine: Mine) -> pd.DataFrame:
    """The words with category, pattern of roles, and their words for season, occasion, people and place."""
    category = mine.words.products.set_index("product_id")["category"]
    roles = [[mine.language.roles.role_of(word).role for word in roots.split()] for roots in table["roots"]]
    named = {
        role.value: [
            " ".join(w for w, r in zip(roots.split(), of_word, strict=True) if r is role)
            for roots, of_word in zip(table["roots"], roles, strict=True)
        ]
        for role in (Role.SEASON, Role.OCCASION, Role.AUDIENCE, Role.ORIGIN)
    }
    return table.assign(
        category=table["product_id"].map(category).fillna("").astype("str"),
        pattern=["+".join(of_word) for of_word in roles],
        peak_month=table["peak_month"].fillna("").astype("str"),
        **named,
    )


def _keywords_of(mine: Mine) -> pd.DataFrame:
    """Keywords in play that nobody was seen to type."""
    bought = mine.keywords[["product_id", "keyword"]].drop_duplicates()
    cut = [mine.language.words(text) for text in bought["keyword"]]
    return bought.assign(
        roots=[" ".join(words) for words in cut],
        folded=[spelled_without_order(words) for words in cut],
        variants="",
        objection="",
    )


def _bought_elsewhere(mine: Mine, known: pd.DataFrame, fared: pd.DataFrame) -> pd.DataFrame:
    """Words that a product got clicks for although nothing says that they are for it, with what speaks against them."""
    have = set(zip(known["product_id"], known["folded"], strict=True))
    pairs = [p for p in zip(fared["product_id"], fared["folded"], strict=True) if p not in have]
    products = {product.product_id: product for product in mine.products}
    of_word = known.drop_duplicates("folded").set_index("folded")
    pairs = [(product, word) for product, word in pairs if word in of_word.index]
    rows = of_word.reindex([word for _, word in pairs]).reset_index()
    why = [
        objection(products[product], roots.split(), mine.language, mine.rivals)
        if product in products
        else told
        for (product, _), roots, told in zip(pairs, rows["roots"], rows["objection"], strict=True)
    ]
    return rows.assign(
        product_id=pd.Series([product for product, _ in pairs], dtype="str"),
        objection=pd.Series(why, dtype="str"),
    )
