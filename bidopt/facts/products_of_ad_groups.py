"""Names the product of keyword rows whose report carries none, where the ad group advertised exactly one."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from bidopt.domain.table_schema import TableSchema
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.schemas import KEYWORD_DAYS, KEYWORD_STATES, SEARCH_TERM_DAYS

AD_GROUP = ["platform", "campaign_id", "ad_group_id"]
"""Columns that name an ad group."""


def with_products(facts: FactTables) -> FactTables:
    """The same facts with product ids filled in from product_days.

    Targeting reports of Amazon name no product; their advertised-product reports do. An ad group with several
    products stays without one: nobody knows which of them a keyword sold.
    """
    products = only_products(facts.product_days)
    if products.empty:
        return facts
    return replace(
        facts,
        keyword_days=_filled(KEYWORD_DAYS, facts.keyword_days, products),
        keyword_states=_filled(KEYWORD_STATES, facts.keyword_states, products),
        search_term_days=_filled(SEARCH_TERM_DAYS, facts.search_term_days, products),
    )


def only_products(product_days: pd.DataFrame) -> pd.DataFrame:
    """Ad groups that advertised exactly one product.

    Returns:
        Columns platform, campaign_id, ad_group_id, product_id; one row per such ad group.
    """
    pairs = product_days.loc[product_days["product_id"] != "", [*AD_GROUP, "product_id"]].drop_duplicates()
    return pairs[~pairs.duplicated(AD_GROUP, keep=False)]


def _filled(schema: TableSchema, table: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """`table` with product ids; rows that become the same key are versions of one row, so the newest counts."""
    blank = table["product_id"] == ""
    if not blank.any():
        return table
    known = (
        table[AD_GROUP]
        .merge(products, how="left", on=AD_GROUP)["product_id"]
        .fillna("")
        .set_axis(table.index)
    )
    filled = table.assign(product_id=table["product_id"].where(~blank, known).astype("str"))
    if not ((known != "") & ~blank).any():
        return filled  # each ad group was blank throughout: keys stay distinct and in order
    # An earlier export may have named the product that a later one leaves out, or the other way round. Of
    # equal report days the row that named its product itself is the more exact.
    key = list(schema.key)
    ranked = filled.assign(_named=~blank).sort_values(["reported_on", "_named"], kind="stable")
    return ranked.drop_duplicates(key, keep="last").sort_values(key, ignore_index=True)[schema.names]
