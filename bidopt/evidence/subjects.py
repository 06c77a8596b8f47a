"""Products and creatives as they are tested: what their newest days add up to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from bidopt.domain.metrics import Array, ratio
from bidopt.domain.table_schema import TableSchema, number, text
from bidopt.evidence.keyword_index import KeywordDays
from bidopt.facts.fact_tables import FactTables

WINDOW = 30
"""Newest days that count: a test is over in less, and older pictures and prices are other ones."""

_PLATFORM = text("platform", "平台", "ad platform")
_PRODUCT = text("product_id", "宝贝ID", "product id")
_COUNTS = (
    number("impressions", "count", "展现量", "times shown in the window"),
    number("clicks", "count", "点击量", "clicks in the window"),
    number("cost", "currency", "花费", "cost in the window"),
)

TESTED_PRODUCTS = TableSchema(
    "tested_products",
    "测款",
    (
        _PLATFORM,
        _PRODUCT,
        text("title", "标题", "title in force"),
        *_COUNTS,
        number("interested", "count", "收藏加购", "favourites and carts; NaN where no report tells them"),
        number("interested_of", "count", "收藏加购点击", "clicks on days whose report tells them"),
        number(
            "category_ctr", "fraction", "类目点击率", "usual click rate of the category; NaN where not told"
        ),
        number("daily_clicks", "count/day", "点击/天", "clicks per day with traffic"),
        number("stock", "count", "库存", "units in stock; NaN where unknown"),
    ),
    ("platform", "product_id"),
)
"""One row per product that is advertised, and per listed one that is not yet (platform "")."""

TESTED_CREATIVES = TableSchema(
    "tested_creatives",
    "测图",
    (
        _PLATFORM,
        _PRODUCT,
        text("creative_id", "创意ID", "creative id or name"),
        *_COUNTS,
        number("days", "days", "天数", "days shown"),
        number("daily_impressions", "count/day", "展现/天", "impressions per day shown"),
    ),
    ("platform", "product_id", "creative_id"),
)


@dataclass(frozen=True)
class Subjects:
    """What is tested beside words.

    Args:
        products: schema TESTED_PRODUCTS.
        creatives: schema TESTED_CREATIVES.
    """

    products: pd.DataFrame = field(default_factory=TESTED_PRODUCTS.empty)
    creatives: pd.DataFrame = field(default_factory=TESTED_CREATIVES.empty)


def subjects_of(facts: FactTables, keywords: pd.DataFrame, days: KeywordDays, as_of: date) -> Subjects:
    """Add up the newest days.

    A platform's products are those of the test report where there is one, else those of its keywords. Traffic is read from
    whichever of the two tells of more clicks.

    Args:
        facts: known on the morning.
        keywords: in play.
        days: their days.
        as_of: decision morning.
    """
    first = pd.Timestamp(as_of) - pd.Timedelta(days=WINDOW)
    told = facts.product_test_days[facts.product_test_days["date"] >= first]
    tested = _by_keyword(keywords, days)
    if len(told):  # most shops have no such report, and backtests ask every morning
        others = tested[~tested["platform"].isin(set(told["platform"]))]
        tested = pd.concat([_fuller(_products(told), tested), others], ignore_index=True)
    shown = facts.creative_days[facts.creative_days["date"] >= first]
    return Subjects(_listed(tested, facts.products), _creatives(shown))


def _fuller(told: pd.DataFrame, by_keyword: pd.DataFrame) -> pd.DataFrame:
    """Each product's traffic as the source with more clicks has it, and all that only the test report tells.

    An export of a few days of one report must not hide what the other has of the whole window.
    """
    key = ["platform", "product_id"]
    both = told.merge(by_keyword, on=key, how="left", suffixes=("", "_of_words"))
    words = both["clicks_of_words"] > both["clicks"]
    figures = [name for name in by_keyword.columns if name not in key]
    taken = {name: both[name].where(~words, both[f"{name}_of_words"]) for name in figures}
    return both.assign(**taken).drop(columns=[f"{name}_of_words" for name in figures])


def _by_keyword(keywords: pd.DataFrame, days: KeywordDays) -> pd.DataFrame:
    """Sums of each product's keywords."""
    n, newest = len(keywords), days.age <= WINDOW
    clicks = days.total(days.clicks, n, newest)
    table = keywords[["platform", "product_id"]].assign(
        impressions=days.total(days.impressions, n, newest),
        clicks=clicks,
        cost=days.total(days.cost, n, newest),
    )
    summed = table.groupby(["platform", "product_id"], as_index=False, sort=True).sum()
    lit = int(np.unique(days.age[newest & (days.impressions > 0)]).size)
    return summed.assign(daily_clicks=ratio(summed["clicks"], np.full(len(summed), float(lit))))


def _products(told: pd.DataFrame) -> pd.DataFrame:
    """Sums of the test report."""
    known = told["favourites"].notna() & told["carts"].notna()  # the line is drawn for both together
    interested = told["favourites"] + told["carts"]
    usual = told["category_ctr"]
    table = told[["platform", "product_id", "date"]].assign(
        **{name: told[name].fillna(0.0) for name in ("impressions", "clicks", "cost")},
        interested=interested.where(known, 0.0),
        interested_of=told["clicks"].fillna(0.0).where(known, 0.0),
        told_for=told["impressions"].fillna(0.0).where(usual.notna(), 0.0),
        category=(usual * told["impressions"]).fillna(0.0),
    )
    groups = table.groupby(["platform", "product_id"], as_index=False, sort=True)
    summed = groups.sum(numeric_only=True)
    lit = table.groupby(["platform", "product_id"], sort=True)["date"].nunique().astype(np.float64).to_numpy()
    return summed.assign(
        interested=summed["interested"].where(summed["interested_of"] > 0),
        category_ctr=ratio(summed["category"], summed["told_for"]),
        daily_clicks=ratio(summed["clicks"], lit),
    ).drop(columns=["told_for", "category"])


def _listed(tested: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """The tested products with title and stock, and the listed ones that no ad shows yet; schema TESTED_PRODUCTS."""
    tested = tested[tested["product_id"] != ""]
    listed = products.drop_duplicates("product_id")[["product_id", "title", "stock"]]
    new = listed.loc[~listed["product_id"].isin(tested["product_id"]), ["product_id"]].assign(
        platform="", impressions=0.0, clicks=0.0, cost=0.0
    )
    every = pd.concat([tested, new], ignore_index=True).merge(listed, on="product_id", how="left")
    every = every.assign(title=every["title"].fillna(""), platform=every["platform"].astype("str"))
    return TESTED_PRODUCTS.conform(every)


def _creatives(shown: pd.DataFrame) -> pd.DataFrame:
    """Sums of each creative, schema TESTED_CREATIVES."""
    if shown.empty:
        return TESTED_CREATIVES.empty()
    key = ["platform", "product_id", "creative_id"]
    table = shown[[*key, "date", "impressions", "clicks", "cost"]].fillna(0.0)
    groups = table.groupby(key, as_index=False, sort=True)
    summed = groups[["impressions", "clicks", "cost"]].sum()
    lit: Array = np.asarray(table.groupby(key, sort=True)["date"].nunique(), dtype=np.float64)
    return TESTED_CREATIVES.conform(
        summed.assign(days=lit, daily_impressions=ratio(summed["impressions"], lit))
    )
