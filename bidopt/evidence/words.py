"""What buyers type and what titles say: the facts behind new keywords and negative words."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from bidopt.domain.changes import KEYWORD_KEY
from bidopt.domain.metrics import Array
from bidopt.domain.table_schema import TableSchema, day, number, text
from bidopt.evidence.conversion_delay import ConversionDelays
from bidopt.evidence.keyword_index import rows_of
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.schemas import (
    COMPETITOR_TITLES,
    MARKET_TERMS,
    NEGATIVE_WORDS,
    PRODUCTS,
    PROPOSED_WORDS,
    TITLE_CHANGES,
)
from bidopt.text.language import Language, learn_language
from bidopt.text.normalize import fold

SCOPE = ("platform", "campaign_id", "ad_group_id", "product_id")
"""Columns that name where a search term was bought, and where a word can be blocked."""

_PLACE = SCOPE[:3]

RECENT_DAYS = 14
"""What is bought now: a word that was blocked earlier draws no clicks in so many days."""

SEARCH_TERMS = TableSchema(
    "search_terms",
    "搜索词表现",
    (
        text("platform", "平台", "ad platform"),
        text("campaign_id", "计划ID", "campaign id or name"),
        text("ad_group_id", "单元ID", "ad group id or name"),
        text("product_id", "宝贝ID", "product advertised"),
        text("search_term", "搜索词", "what the buyer typed, folded"),
        number("impressions", "count", "展现量", "times shown in the window"),
        number("clicks", "count", "点击量", "clicks in the window"),
        number(
            "matured_clicks", "count", "成熟点击", "clicks times the share of their orders that has arrived"
        ),
        number("cost", "currency", "花费", "cost in the window"),
        number("conversions", "count", "成交笔数", "orders reported so far", minimum=None),
        number("revenue", "currency", "成交金额", "revenue reported so far", minimum=None),
        number("recent_clicks", "count", "近期点击", "clicks of the newest days"),
        number("recent_cost", "currency", "近期花费", "cost of the newest days"),
        day("last_click", "最近点击日", "newest day with a click; NaT where none"),
    ),
    (*SCOPE, "search_term"),
)

DRAWN_TERMS = TableSchema(
    "drawn_terms",
    "关键词引来的搜索词",
    (
        number("row", "count", "行号", "row of the keyword among the keywords in play"),
        *(
            SEARCH_TERMS.column(name)
            for name in ("search_term", "clicks", "matured_clicks", "cost", "conversions", "revenue")
        ),
    ),
    ("row", "search_term"),
)
"""What each keyword in play drew besides its own text; exact keywords draw nothing else."""


@dataclass(frozen=True)
class Words:
    """Texts of the shop and its market.

    Args:
        search_terms: schema SEARCH_TERMS; what brought clicks.
        recent_days: days behind the recent columns; 0 without search terms.
        market_terms, products, competitor_titles: as in the facts.
        keywords: each keyword in play once.
        drawn_terms: schema DRAWN_TERMS; the clicks of `search_terms` by keyword in play.
        title_changes: as in the facts.
        proposed: what earlier plans proposed to add or to block, as in the facts.
        negatives: what the shop blocks, as the newest list of each ad group and campaign says; schema NEGATIVE_WORDS.
        newest_day: newest day with a search term; None without any.
    """

    search_terms: pd.DataFrame = field(default_factory=SEARCH_TERMS.empty)
    recent_days: int = 0
    market_terms: pd.DataFrame = field(default_factory=MARKET_TERMS.empty)
    products: pd.DataFrame = field(default_factory=PRODUCTS.empty)
    competitor_titles: pd.DataFrame = field(default_factory=COMPETITOR_TITLES.empty)
    keywords: tuple[str, ...] = ()
    drawn_terms: pd.DataFrame = field(default_factory=DRAWN_TERMS.empty)
    title_changes: pd.DataFrame = field(default_factory=TITLE_CHANGES.empty)
    proposed: pd.DataFrame = field(default_factory=PROPOSED_WORDS.empty)
    negatives: pd.DataFrame = field(default_factory=NEGATIVE_WORDS.empty)
    newest_day: pd.Timestamp | None = None

    def price_of(self, product_id: pd.Series[str]) -> Array:
        """Price of each row's product, shape (rows,), currency; NaN where unknown."""
        price = self.products.drop_duplicates("product_id").set_index("product_id")["price"]
        return price.reindex(product_id).to_numpy(dtype=np.float64)

    @cached_property
    def language(self) -> Language:
        """Learned from all texts; takes seconds, so only who needs words asks for it."""
        texts = (
            *self.products["title"],
            *self.competitor_titles["title"],
            *self.market_terms["term"],
            *dict.fromkeys(self.search_terms["search_term"]),
            *self.keywords,
            *self.products.loc[self.products["attributes"] != "", "attributes"],
        )
        named = self.products[["brand", "category"]].drop_duplicates()
        brands, categories = (tuple(name for name in dict.fromkeys(named[c]) if name) for c in named)
        return learn_language(texts, brands, categories)


def words_of(
    facts: FactTables, keywords: pd.DataFrame, first: pd.Timestamp, delays: ConversionDelays
) -> Words:
    """The texts among the facts.

    Args:
        facts: known on the morning.
        keywords: in play.
        first: first day of the window.
        delays: of conversions.
    """
    days = facts.search_term_days
    days = days[(days["date"] >= first) & (days["search_term"] != "")]
    newest = days["date"].max()
    recent = days["date"] > newest - pd.Timedelta(days=RECENT_DAYS)
    age = (days["reported_on"] - days["date"]).dt.days.clip(lower=1)
    known = days["conversions"].notna() & days["revenue"].notna()
    matured = delays.at(days["platform"].to_numpy(), age.to_numpy(dtype="int64"))
    clicks, cost = days["clicks"].fillna(0.0), days["cost"].fillna(0.0)
    table = pd.DataFrame(
        {
            **{name: days[name] for name in SCOPE},
            "search_term": _folded(days["search_term"]),
            "impressions": days["impressions"].fillna(0.0),
            "clicks": clicks,
            "matured_clicks": clicks * matured * known,
            "cost": cost,
            "conversions": days["conversions"].where(known, 0.0),
            "revenue": days["revenue"].where(known, 0.0),
            "recent_clicks": clicks * recent,
            "recent_cost": cost * recent,
        }
    )
    groups = table.groupby([*SCOPE, "search_term"], sort=True)
    clicked = days["date"].where(clicks > 0).groupby([table[name] for name in (*SCOPE, "search_term")])
    summed = groups.sum().assign(last_click=clicked.max()).reset_index()
    return Words(
        SEARCH_TERMS.conform(summed),
        int(min((newest - days["date"].min()).days + 1, RECENT_DAYS)) if len(days) else 0,
        facts.market_terms,
        facts.products,
        facts.competitor_titles,
        tuple(sorted(set(keywords["keyword"]) - {""})),
        _drawn(table, days, keywords),
        facts.title_changes,
        facts.proposed_words,
        _newest_lists(facts.negative_words),
        newest if len(days) else None,
    )


def _folded(terms: pd.Series[str]) -> pd.Series[str]:
    """The terms folded, with single blanks; each is looked at once, for buyers type the same again day after day."""
    numbers, distinct = pd.factorize(terms)
    folded = pd.Series([" ".join(fold(term).split()) for term in distinct], dtype="str")
    return folded.take(numbers).set_axis(terms.index)


def _newest_lists(negatives: pd.DataFrame) -> pd.DataFrame:
    """What the newest list of its ad group, or of its campaign as a whole, leaves out is blocked no longer.

    A list may be of some campaigns only, so it tells nothing of ad groups it does not name. One that blocks no word
    any more must be named with an empty word, as bulk sheets are read; else its last words are held to be blocked.
    """
    newest = negatives.groupby(list(_PLACE))["reported_on"].transform("max")
    listed = (negatives["reported_on"] == newest) & (negatives["keyword"] != "")
    return negatives[listed].reset_index(drop=True)


def _drawn(table: pd.DataFrame, days: pd.DataFrame, keywords: pd.DataFrame) -> pd.DataFrame:
    """The terms by the keyword that drew them, schema DRAWN_TERMS.

    Args:
        table: one row per row of `days`, its numbers ready to be summed.
        days: schema SEARCH_TERM_DAYS.
        keywords: in play.
    """
    loose = (days["match_type"] != "exact").to_numpy()
    rows, known = rows_of(days.loc[loose, list(KEYWORD_KEY)], keywords, KEYWORD_KEY)
    found = table[loose][known].assign(row=rows)
    summed = found[list(DRAWN_TERMS.names)].groupby(list(DRAWN_TERMS.key), as_index=False, sort=True).sum()
    return DRAWN_TERMS.conform(summed)
