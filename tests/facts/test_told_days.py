"""Budgets in force and stock left on past days, as lists and reports told them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bidopt.domain.table_schema import TableSchema
from bidopt.facts.schemas import (
    BUDGET_DAYS,
    CAMPAIGN_DAYS,
    CAMPAIGNS,
    OFFER_CHANGES,
    PRODUCTS,
    STOCK_DAYS,
    TITLE_CHANGES,
)
from bidopt.facts.told_days import budget_days, offer_changes, stock_days, title_changes
from bidopt.facts.warehouse import Warehouse
from tests.facts.fact_rows import DAY, ago, batch, table

NO_REPORTS, NO_LISTS = CAMPAIGN_DAYS.empty(), CAMPAIGNS.empty()


def lists_of(schema: TableSchema, *rows: dict[str, Any]) -> pd.DataFrame:
    """Lists of several mornings, one row each."""
    return pd.concat([table(schema, row) for row in rows], ignore_index=True)


def budgets(reports: pd.DataFrame, lists: pd.DataFrame, as_of: date = DAY) -> dict[pd.Timestamp, float]:
    told = BUDGET_DAYS.check(budget_days(reports, lists, as_of))
    return dict(zip(told["date"], told["daily_budget"], strict=True))


def stock(lists: pd.DataFrame, as_of: date = DAY) -> dict[pd.Timestamp, float]:
    told = STOCK_DAYS.check(stock_days(lists, as_of))
    return dict(zip(told["date"], told["stock"], strict=True))


def test_without_facts_nothing_was_told() -> None:
    assert budget_days(NO_REPORTS, NO_LISTS, DAY).equals(BUDGET_DAYS.empty())
    assert stock_days(PRODUCTS.empty(), DAY).equals(STOCK_DAYS.empty())


def test_a_list_of_a_morning_tells_of_the_day_before() -> None:
    lists = lists_of(CAMPAIGNS, *({"daily_budget": 10.0 * n, "reported_on": ago(n)} for n in (0, 3, 7)))
    assert budgets(NO_REPORTS, lists) == {ago(8): 70.0, ago(4): 30.0, ago(1): 0.0}
    products = lists_of(
        PRODUCTS, {"stock": 0.0, "reported_on": ago(0)}, {"stock": 9.0, "reported_on": ago(2)}
    )
    assert stock(products) == {ago(3): 9.0, ago(1): 0.0}


def test_a_report_of_the_day_counts_before_a_list() -> None:
    reports = table(CAMPAIGN_DAYS, {"date": ago(1), "daily_budget": 50.0}, {"date": ago(2)})
    lists = lists_of(
        CAMPAIGNS,
        {"daily_budget": 80.0, "reported_on": ago(0)},
        {"daily_budget": 70.0, "reported_on": ago(1)},
    )
    assert budgets(reports, lists) == {ago(2): 70.0, ago(1): 50.0}


def test_lists_and_reports_that_leave_the_number_out_tell_nothing() -> None:
    assert budgets(table(CAMPAIGN_DAYS, {"date": ago(1)}), table(CAMPAIGNS, {"reported_on": ago(1)})) == {}
    assert stock(table(PRODUCTS, {"title": "夏装", "reported_on": ago(0)})) == {}


def test_the_future_is_left_out() -> None:
    later = {"daily_budget": 99.0, "reported_on": ago(-1)}
    reports = table(CAMPAIGN_DAYS, {"date": ago(0), "daily_budget": 98.0})
    assert budgets(reports, table(CAMPAIGNS, later)) == {}
    assert stock(table(PRODUCTS, {"stock": 5.0, "reported_on": ago(-1)})) == {}


def test_campaigns_and_products_keep_their_own_and_rows_are_sorted() -> None:
    lists = table(
        CAMPAIGNS,
        *(
            {"campaign_id": c, "daily_budget": b, "reported_on": ago(1)}
            for c, b in (("c2", 2.0), ("c1", 1.0))
        ),
    )
    told = budget_days(NO_REPORTS, lists, DAY)
    assert told[["campaign_id", "daily_budget"]].to_numpy().tolist() == [["c1", 1.0], ["c2", 2.0]]
    shuffled = lists.iloc[::-1].reset_index(drop=True)
    assert budget_days(NO_REPORTS, shuffled, DAY).equals(told)


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """Lists of five mornings, two of them on one day, and one of the day after the decision."""
    made = Warehouse(tmp_path / "facts")
    for name, age, budget, left in (
        ("a", 3, 30.0, 6.0),
        ("b", 2, 40.0, 3.0),
        ("c", 1, 50.0, 2.0),
        ("later of that morning", 1, 55.0, 0.0),
        ("tomorrow", -1, 99.0, 90.0),
    ):
        listed = batch(
            name,
            campaigns=table(CAMPAIGNS, {"daily_budget": budget}),
            products=table(PRODUCTS, {"stock": left}),
        )
        made.commit(listed, ago(age).date())
    return made


def test_the_warehouse_remembers_every_list_and_the_later_of_a_morning_wins(warehouse: Warehouse) -> None:
    facts = warehouse.known_on(DAY)
    assert facts.budget_days["date"].tolist() == [ago(4), ago(3), ago(2)]
    assert facts.budget_days["daily_budget"].tolist() == [30.0, 40.0, 55.0]
    assert facts.stock_days["stock"].tolist() == [6.0, 3.0, 0.0]
    BUDGET_DAYS.check(facts.budget_days)
    STOCK_DAYS.check(facts.stock_days)


def test_the_warehouse_leaves_out_what_was_told_later(warehouse: Warehouse) -> None:
    earlier = warehouse.known_on(ago(2).date())
    assert earlier.budget_days["daily_budget"].tolist() == [30.0, 40.0]
    assert earlier.stock_days["stock"].tolist() == [6.0, 3.0]
    assert warehouse.known_on(ago(5).date()).budget_days.empty


def test_a_report_in_the_warehouse_counts_before_its_lists(warehouse: Warehouse) -> None:
    reports = table(CAMPAIGN_DAYS, {"date": ago(3), "daily_budget": 41.0, "reported_on": ago(1)})
    warehouse.commit(batch("report", campaign_days=reports), ago(1).date())
    assert warehouse.known_on(DAY).budget_days["daily_budget"].tolist() == [30.0, 41.0, 55.0]
    assert warehouse.known_on(ago(2).date()).budget_days["daily_budget"].tolist() == [30.0, 40.0]


def test_the_newest_change_of_price_or_title_is_told() -> None:
    def product(name: str, days: int, price: float, title: str) -> dict[str, Any]:
        return {"product_id": name, "price": price, "title": title, "reported_on": ago(days)}

    nan = float("nan")
    lists = lists_of(
        PRODUCTS,
        *(product("dearer", days, price, "a") for days, price in ((9, 10.0), (5, 12.0), (2, 12.0))),
        *(product("renamed", days, nan, title) for days, title in ((9, "a"), (7, ""), (5, "b"), (3, "c"))),
        *(product("same", days, price, "a") for days, price in ((9, 10.0), (5, nan), (2, 10.0))),
    )
    told = OFFER_CHANGES.check(offer_changes(lists, DAY))
    found = dict(zip(told["product_id"], told["changed_on"], strict=True))
    assert found == {"dearer": pd.Timestamp(ago(5)), "renamed": pd.Timestamp(ago(3))}
    assert offer_changes(lists, DAY - pd.Timedelta(days=6)).empty
    assert offer_changes(PRODUCTS.empty(), DAY).equals(OFFER_CHANGES.empty())


def test_a_change_of_title_is_told_with_the_last_sight_of_the_old_one() -> None:
    lists = lists_of(
        PRODUCTS,
        {"product_id": "p", "title": "旧", "reported_on": ago(9)},
        {"product_id": "p", "title": "旧", "reported_on": ago(7)},
        {"product_id": "p", "title": "", "reported_on": ago(6)},
        {"product_id": "p", "title": "新", "reported_on": ago(4)},
        {"product_id": "p", "title": "旧", "reported_on": ago(1)},
        {"product_id": "q", "title": "旧", "reported_on": ago(1)},
    )
    told = TITLE_CHANGES.check(title_changes(lists, DAY))
    assert told["product_id"].tolist() == ["p", "p"]
    assert told["last_seen_on"].tolist() == [pd.Timestamp(ago(7)), pd.Timestamp(ago(4))]
    assert told["changed_on"].tolist() == [pd.Timestamp(ago(4)), pd.Timestamp(ago(1))]
    assert told["title"].tolist() == ["新", "旧"]
    assert title_changes(lists, ago(2).date())["title"].tolist() == ["新"]
