"""Keyword rows without a product take the only one their ad group advertised."""

from __future__ import annotations

import pandas as pd

from bidopt.facts.fact_tables import FactTables
from bidopt.facts.products_of_ad_groups import only_products, with_products
from bidopt.facts.schemas import KEYWORD_DAYS, KEYWORD_STATES, PRODUCT_DAYS, SEARCH_TERM_DAYS
from tests.facts.fact_rows import ago, table

_PRODUCTS = table(
    PRODUCT_DAYS,
    {"date": ago(2), "ad_group_id": "one"},
    {"date": ago(1), "ad_group_id": "one"},
    {"date": ago(1), "ad_group_id": "two", "product_id": "p1"},
    {"date": ago(1), "ad_group_id": "two", "product_id": "p2"},
)


def test_an_ad_group_with_two_products_names_none() -> None:
    assert only_products(_PRODUCTS)[["ad_group_id", "product_id"]].to_numpy().tolist() == [["one", "p1"]]


def test_blank_products_are_named_and_stated_ones_kept() -> None:
    rows = [
        {"ad_group_id": group, "product_id": product}
        for group, product in (("one", ""), ("two", ""), ("unknown", ""), ("other", "p9"))
    ]
    facts = FactTables.of(
        keyword_days=table(KEYWORD_DAYS, *rows, date=ago(1)),
        keyword_states=table(KEYWORD_STATES, *rows, date=ago(0)),
        search_term_days=table(SEARCH_TERM_DAYS, *rows, date=ago(1), search_term="裙子"),
        product_days=_PRODUCTS,
    )
    filled = with_products(facts)
    for name in ("keyword_days", "keyword_states", "search_term_days"):
        products = getattr(filled, name).set_index("ad_group_id")["product_id"].to_dict()
        assert products == {"one": "p1", "two": "", "unknown": "", "other": "p9"}
    FactTables.of(**vars(filled))
    assert facts.keyword_days["product_id"].tolist() == ["", "", "", "p9"]


def test_versions_with_and_without_a_product_stay_one_row() -> None:
    rows = table(
        KEYWORD_DAYS,
        {"product_id": "p1", "clicks": 1.0, "reported_on": ago(2), "keyword": "b"},
        {"product_id": "", "clicks": 2.0, "reported_on": ago(1), "keyword": "b"},
        {"product_id": "p1", "clicks": 3.0, "reported_on": ago(1), "keyword": "a"},
        {"product_id": "", "clicks": 4.0, "reported_on": ago(1), "keyword": "a"},
        date=ago(3),
        ad_group_id="one",
    )
    filled = with_products(FactTables.of(keyword_days=rows, product_days=_PRODUCTS)).keyword_days
    expected = pd.DataFrame({"keyword": ["a", "b"], "product_id": ["p1", "p1"], "clicks": [3.0, 2.0]}).astype(
        {"keyword": "str", "product_id": "str"}
    )
    pd.testing.assert_frame_equal(filled[["keyword", "product_id", "clicks"]], expected)
