"""What lists told of past days: budgets, stock and changed offers, without which a day is easily misread.

A list made on a morning tells how things stood at the end of the day before. A day cut short by its budget looks like
a day of low demand, and a product that was sold out like one that nobody wants.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from bidopt.domain.changes import CAMPAIGN_KEY
from bidopt.domain.table_schema import TableSchema
from bidopt.facts.schemas import BUDGET_DAYS, OFFER_CHANGES, STOCK_DAYS, TITLE_CHANGES


def budget_days(campaign_days: pd.DataFrame, campaigns: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """One row per campaign and past day for which a budget was told; a report counts before a list.

    Args:
        campaign_days: schema CAMPAIGN_DAYS.
        campaigns: schema CAMPAIGNS but a row per report day.
        as_of: decision morning; what was told later is left out.

    Returns:
        Schema BUDGET_DAYS, sorted by key.
    """
    columns = ["date", *CAMPAIGN_KEY, "daily_budget"]
    reported = campaign_days.loc[campaign_days["date"] < pd.Timestamp(as_of), columns]
    return _table(BUDGET_DAYS, reported, campaigns, as_of)


def stock_days(products: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """One row per product and past day for which a stock was told.

    Args:
        products: schema PRODUCTS but a row per report day.
        as_of: decision morning; what was told later is left out.

    Returns:
        Schema STOCK_DAYS, sorted by key.
    """
    return _table(STOCK_DAYS, STOCK_DAYS.empty(), products, as_of)


def offer_changes(products: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The newest morning on which each product's price or title was another than on the list before.

    Args:
        products: schema PRODUCTS but a row per report day.
        as_of: decision morning; what was told later is left out.

    Returns:
        Schema OFFER_CHANGES, sorted by product; products that were never seen to change are left out.
    """
    listed = products[products["reported_on"] <= pd.Timestamp(as_of)]
    listed = listed.sort_values(["product_id", "reported_on"], ignore_index=True)
    earlier = listed[["product_id", "price", "title"]].shift()
    price = listed["price"].notna() & earlier["price"].notna() & (listed["price"] != earlier["price"])
    title = (
        (listed["title"] != "") & earlier["title"].fillna("").ne("") & listed["title"].ne(earlier["title"])
    )
    changed = (listed["product_id"] == earlier["product_id"]) & (price | title)
    newest = listed[changed].drop_duplicates("product_id", keep="last")
    told = {"product_id": newest["product_id"], "changed_on": newest["reported_on"]}
    return OFFER_CHANGES.conform(pd.DataFrame(told).reset_index(drop=True))


def title_changes(products: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Every morning on which a product's title was another than on the list before.

    Args:
        products: schema PRODUCTS but a row per report day.
        as_of: decision morning; what was told later is left out.

    Returns:
        Schema TITLE_CHANGES, sorted by key; who asked for a change is not known here.
    """
    listed = products[(products["reported_on"] <= pd.Timestamp(as_of)) & (products["title"] != "")]
    listed = listed.sort_values(["product_id", "reported_on"], ignore_index=True)
    earlier = listed[["product_id", "title", "reported_on"]].shift()
    changed = (listed["product_id"] == earlier["product_id"]) & (listed["title"] != earlier["title"])
    return TITLE_CHANGES.conform(
        {
            "product_id": listed.loc[changed, "product_id"],
            "changed_on": listed.loc[changed, "reported_on"],
            "last_seen_on": earlier.loc[changed, "reported_on"],
            "old_title": earlier.loc[changed, "title"],
            "title": listed.loc[changed, "title"],
        }
    )


def first_reports(schema: TableSchema, lists: pd.DataFrame) -> pd.DataFrame:
    """The first report of each key, for mornings before it: the newest would tell them of changes made since.

    Args:
        schema: of the lists.
        lists: its columns, a row per key and report day.

    Returns:
        Table of `schema`, sorted by its key.
    """
    key = list(schema.key)
    return lists.sort_values([*key, "reported_on"]).drop_duplicates(key, ignore_index=True)


def _table(schema: TableSchema, reported: pd.DataFrame, lists: pd.DataFrame, as_of: date) -> pd.DataFrame:
    listed = lists[lists["reported_on"] <= pd.Timestamp(as_of)]
    listed = listed.assign(date=listed["reported_on"] - pd.Timedelta(days=1))[schema.names]
    told = pd.concat([reported, listed], ignore_index=True) if len(reported) else listed
    told = told[told[schema.names[-1]].notna()].drop_duplicates(list(schema.key))
    return schema.conform(told.sort_values(list(schema.key), ignore_index=True))
