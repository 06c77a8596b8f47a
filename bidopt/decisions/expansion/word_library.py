"""The keyword library: every word of the shop and its market, what it is for, and how it fares."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from bidopt.decisions.expansion.mine import Mine
from bidopt.decisions.expansion.product_claims import OBJECTIONS
from bidopt.decisions.expansion.protected_texts import ProtectedTexts
from bidopt.domain.reasons import ReasonText
from bidopt.domain.table_schema import TableSchema, day, number, text
from bidopt.text.roles import Role
from bidopt.text.word_order import spelled_without_order

PERIOD = 14
"""Days of each of the two periods that are compared."""

RETIRED_DAYS = 28
"""A word without a click in so many days is retired."""

CHANCE = 0.05
"""A change that chance alone brings so seldom is one."""

LEAST_CHANGE = 1.5

STATES = {
    "new": ReasonText("新词", "new"),
    "rising": ReasonText("上升", "rising"),
    "falling": ReasonText("下降", "falling"),
    "steady": ReasonText("平稳", "steady"),
    "retired": ReasonText("停用", "retired"),
    "listed": ReasonText("市场有、店里还没有", "listed in the market only"),
}

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
        text("audience", "人群", "its words for people"),
        text("origin", "地域", "its words for a place"),
        text("variants", "变体", "other orders of the same words, joined by |"),
        text("state", "状态", "one of " + ", ".join(STATES)),
        text("bought", "已买", "yes where it is a keyword in play for the product"),
        text("negative", "否词", "yes where today's plan blocks it"),
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

_SUMS = ["clicks", "cost", "conversions", "revenue", "now", "before"]


def word_library(
    mine: Mine, keyword_days: pd.DataFrame, search_term_days: pd.DataFrame, negatives: pd.DataFrame
) -> pd.DataFrame:
    """The library, by product and category, most searched first; schema LIBRARY.

    Args:
        mine: the words of the shop on the morning.
        keyword_days: schema KEYWORD_DAYS; a product without search terms counts by its keywords.
        search_term_days: schema SEARCH_TERM_DAYS.
        negatives: schema KEYWORDS; what today's plan blocks.
    """
    words = pd.concat([mine.judged, _keywords_of(mine)], ignore_index=True)
    words = words.drop_duplicates(["product_id", "folded"])
    fared = _fared(mine, keyword_days, search_term_days)
    table = words.drop(columns=["clicks", "conversions"]).merge(
        fared, on=["product_id", "folded"], how="left"
    )
    table["bought"] = np.where(mine.bought(table), "yes", "")
    table["negative"] = np.where(_blocked(table, negatives, mine), "yes", "")
    category = mine.words.products.set_index("product_id")["category"]
    table["category"] = table["product_id"].map(category).fillna("").astype("str")
    roles = [[mine.language.roles.role_of(word).role for word in roots.split()] for roots in table["roots"]]
    table["pattern"] = ["+".join(of_word) for of_word in roles]
    for role in (Role.SEASON, Role.AUDIENCE, Role.ORIGIN):
        table[role.value] = [
            " ".join(w for w, r in zip(roots.split(), of_word, strict=True) if r is role)
            for roots, of_word in zip(table["roots"], roles, strict=True)
        ]
    table["searched"] = table["volume_high"].fillna(table["clicks"]).fillna(0.0)
    order = ["product_id", "searched", "keyword"]
    table = table.sort_values(order, ascending=[True, False, True], ignore_index=True)
    dates = pd.concat([keyword_days["date"], search_term_days["date"]])
    table["state"] = _states(table, dates)
    return LIBRARY.conform(table[LIBRARY.names])


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


def _fared(mine: Mine, keyword_days: pd.DataFrame, search_term_days: pd.DataFrame) -> pd.DataFrame:
    """What each text of each product brought, with its clicks of the newest period and of the one before."""
    columns = ["date", "product_id", "text", "clicks", "cost", "conversions", "revenue"]
    typed = search_term_days.rename(columns={"search_term": "text"})[columns]
    bought = keyword_days.rename(columns={"keyword": "text"})[columns]
    days = typed if len(typed) else bought
    if len(typed):
        covered = typed["product_id"].unique()
        days = pd.concat([typed, bought[~bought["product_id"].isin(covered)]], ignore_index=True)
    days = days[days["clicks"] > 0]
    spelt = {text: spelled_without_order(mine.language.words(text)) for text in days["text"].unique()}
    newest = days["date"].max()
    age = (newest - days["date"]).dt.days
    days = days.assign(
        folded=days["text"].map(spelt).astype("str"),
        now=days["clicks"].where(age < PERIOD, 0.0),
        before=days["clicks"].where((age >= PERIOD) & (age < 2 * PERIOD), 0.0),
    )
    groups = days.groupby(["product_id", "folded"])
    seen = groups["date"].agg(first_seen="min", last_seen="max")
    return groups[_SUMS].sum().join(seen).reset_index()


def _states(table: pd.DataFrame, dates: pd.Series[pd.Timestamp]) -> list[str]:
    """State of each word; nothing rises, falls or is new where no two periods are known."""
    oldest, newest = dates.min(), dates.max()
    now, before = (table[name].fillna(0.0).to_numpy() for name in ("now", "before"))
    total = np.rint(now + before).astype(np.int64)
    likely = stats.binom.sf(np.rint(np.maximum(now, before)) - 1, np.maximum(total, 1), 0.5)
    long_enough = bool(newest - oldest >= pd.Timedelta(days=2 * PERIOD - 1))
    changed = long_enough & (total > 0) & (2 * likely < CHANCE)
    first = (newest - table["first_seen"]).dt.days.to_numpy()
    last = (newest - table["last_seen"]).dt.days.to_numpy()
    states: list[str] = np.select(
        [
            np.isnan(last),
            last >= RETIRED_DAYS,
            long_enough & (first < PERIOD),
            changed & (now >= LEAST_CHANGE * before),
            changed & (before >= LEAST_CHANGE * now),
        ],
        ["listed", "retired", "new", "rising", "falling"],
        "steady",
    ).tolist()
    return states


def _blocked(table: pd.DataFrame, negatives: pd.DataFrame, mine: Mine) -> list[bool]:
    """Which words today's negative words keep out."""
    blocks: dict[str, list[tuple[bool, tuple[str, ...]]]] = {}
    for row in negatives.itertuples():
        words = mine.language.words(str(row.keyword))
        blocks.setdefault(str(row.product_id), []).append((bool(row.match_type == "exact"), words))

    def blocked(product: str, roots: str) -> bool:
        text = ProtectedTexts([roots.split()])
        return any(
            text.hit_exactly(words) if exact else text.hit_by(words)
            for exact, words in blocks.get(product, ())
        )

    return [blocked(*row) for row in zip(table["product_id"], table["roots"], strict=True)]
