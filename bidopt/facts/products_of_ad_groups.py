"""Names the product of keyword rows whose report carries none, where the ad group advertised exactly one."""

from __future__ import annotations

import pandas as pd

from bidopt.facts.blank_keys import unambiguous, with_filled
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.schemas import KEYWORD_DAYS, KEYWORD_STATES, SEARCH_TERM_DAYS

AD_GROUP = ("platform", "campaign_id", "ad_group_id")
"""Columns that name an ad group."""


def with_products(facts: FactTables) -> FactTables:
    """The same facts with product ids filled in from product_days.

    Targeting reports of Amazon name no product; their advertised-product reports do. An ad group with several
    products stays without one: nobody knows which of them a keyword sold.
    """
    schemas = (KEYWORD_DAYS, KEYWORD_STATES, SEARCH_TERM_DAYS)
    return with_filled(facts, schemas, only_products(facts.product_days))


def only_products(product_days: pd.DataFrame) -> pd.DataFrame:
    """Ad groups that advertised exactly one product.

    Returns:
        Columns platform, campaign_id, ad_group_id, product_id; one row per such ad group.
    """
    named = product_days[product_days["product_id"] != ""]
    return unambiguous(named, AD_GROUP, "product_id")
