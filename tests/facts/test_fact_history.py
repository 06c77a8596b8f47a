"""The history walked forward knows on every morning exactly what the warehouse knows."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from bidopt.domain.errors import StoppedError
from bidopt.domain.table_schema import TableSchema
from bidopt.facts.fact_history import FactHistory
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.manifest import MANIFEST
from bidopt.facts.schemas import (
    CAMPAIGN_DAYS,
    CAMPAIGNS,
    DATED,
    KEYWORD_DAYS,
    KEYWORD_STATES,
    MARKET_TERMS,
    PRODUCT_DAYS,
    PRODUCTS,
    SEARCH_TERM_DAYS,
)
from bidopt.facts.warehouse import Warehouse
from tests.facts.fact_rows import DAY, ago, batch, shop_days, table

NUMBER = {
    KEYWORD_DAYS: "conversions",
    KEYWORD_STATES: "bid",
    SEARCH_TERM_DAYS: "clicks",
    CAMPAIGN_DAYS: "daily_budget",
    PRODUCT_DAYS: "clicks",
    CAMPAIGNS: "daily_budget",
    PRODUCTS: "stock",
    MARKET_TERMS: "reference_cpc",
}
NAME = {MARKET_TERMS: "term", CAMPAIGNS: "campaign_id", CAMPAIGN_DAYS: "campaign_id", PRODUCTS: "product_id"}
MORNINGS = [ago(back).date() for back in range(12, -3, -1)]


@dataclass(frozen=True)
class Export:
    """An export of a table committed as of a morning: (days before it, name, match type) -> number.

    `stated_late` mornings after it lie the report days that every second row states itself.
    """

    schema: TableSchema
    made_ago: int
    window: int | None
    stated_late: int | None
    rows: dict[tuple[int, str, str], float | None]


def exports() -> st.SearchStrategy[list[Export]]:
    rows = st.tuples(st.integers(1, 8), st.sampled_from("ab"), st.sampled_from(["", "exact"]))
    number = st.none() | st.integers(0, 9).map(float)
    export = st.builds(
        Export,
        schema=st.sampled_from([*NUMBER, KEYWORD_DAYS, KEYWORD_DAYS]),
        made_ago=st.integers(0, 6),
        window=st.sampled_from([None, 7, 15]),
        stated_late=st.none() | st.integers(0, 3),
        rows=st.dictionaries(rows, number, min_size=1, max_size=8),
    )
    return st.lists(export, min_size=1, max_size=10)


def committed(folder: Path, found: list[Export]) -> Warehouse:
    warehouse = Warehouse(folder)
    for number, export in enumerate(found):
        schema = export.schema
        rows: dict[tuple[Any, ...], dict[str, Any]] = {}
        for i, ((back, name, match_type), value) in enumerate(export.rows.items()):
            row: dict[str, Any] = {
                NAME.get(schema, "keyword"): name,
                NUMBER[schema]: value,
                "match_type": match_type,
            }
            if schema in DATED:
                row["date"] = ago(export.made_ago + back)
            if export.stated_late is not None and i % 2:
                row["reported_on"] = ago(export.made_ago - export.stated_late)
            if schema in (KEYWORD_DAYS, SEARCH_TERM_DAYS) and back % 2:
                row["product_id"] = ""
            rows[tuple(row.get(k) for k in schema.key)] = {k: v for k, v in row.items() if k in schema.names}
        told = {schema.name: table(schema, *rows.values())}
        made = batch(f"{number} {export}", "native", export.window, **told)
        warehouse.commit(made, ago(export.made_ago).date())
    return warehouse


def assert_same(found: FactTables, expected: FactTables) -> None:
    for name, value in vars(expected).items():
        if isinstance(value, pd.DataFrame):
            pd.testing.assert_frame_equal(getattr(found, name), value, obj=name)
        else:
            assert getattr(found, name) == value, name


@settings(max_examples=6, deadline=None)
@given(exports(), st.integers(2, 12))
def test_every_morning_knows_what_the_warehouse_knows(found: list[Export], window_days: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        warehouse = committed(Path(folder), found)
        history = FactHistory(warehouse.folder)
        for morning in MORNINGS[::4]:
            assert_same(history.known_on(morning, window_days), warehouse.known_on(morning, window_days))


@settings(max_examples=6, deadline=None)
@given(exports(), st.lists(st.tuples(st.sampled_from(MORNINGS), st.integers(2, 12)), min_size=2, max_size=4))
def test_mornings_may_be_asked_for_in_any_order(found: list[Export], asked: list[tuple[date, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        warehouse = committed(Path(folder), found)
        history = FactHistory(warehouse.folder)
        for morning, window_days in asked:
            assert_same(history.known_on(morning, window_days), warehouse.known_on(morning, window_days))


def test_an_empty_folder_knows_nothing(tmp_path: Path) -> None:
    assert_same(FactHistory(tmp_path / "none").known_on(DAY), FactTables.of())


@pytest.fixture
def told_again(tmp_path: Path) -> Warehouse:
    """Seven exports, each telling all the days before it again with more orders."""
    warehouse = Warehouse(tmp_path)
    days = shop_days(days=10)
    for back in range(6, -1, -1):
        told = days[days["date"] < ago(back)].assign(reported_on=ago(back).as_unit("s"))
        told["conversions"] += 6 - back
        warehouse.commit(batch(str(back), keyword_days=told.reset_index(drop=True)), ago(back).date())
    return warehouse


def test_a_file_is_read_once_by_mornings_in_order(told_again: Warehouse) -> None:
    mornings = [ago(back).date() for back in range(6, -1, -1)]
    expected = {morning: told_again.known_on(morning, 8) for morning in mornings}
    history = FactHistory(told_again.folder)
    for morning in mornings:
        assert_same(history.known_on(morning, 8), expected[morning])
        for file in told_again.folder.rglob(f"*-{morning:%Y%m%d}.parquet"):
            file.unlink()
    with pytest.raises(StoppedError, match="不见了"):
        history.known_on(mornings[0], 8)


def test_days_first_told_after_the_next_morning_are_late(told_again: Warehouse) -> None:
    """Ten days; the first export was made six mornings ago and told what was before it."""
    history, first_export = FactHistory(told_again.folder), ago(6).date()
    assert history.told_late(ago(10).date(), first_export) == frozenset()
    assert history.told_late(ago(10).date(), ago(7).date()) == {KEYWORD_DAYS.name}
    assert (
        history.told_late(ago(7).date(), ago(9).date()) == frozenset()
    )  # told on the morning after, as all since

    other = shop_days(days=2, keywords=1).assign(platform="other")
    told_again.commit(
        batch("other", keyword_days=other), DAY
    )  # its older day too was told on this morning only
    assert FactHistory(told_again.folder).told_late(ago(5).date(), ago(9).date()) == {KEYWORD_DAYS.name}
    assert FactHistory(told_again.folder).told_late(ago(1).date(), ago(9).date()) == frozenset()


def test_what_is_committed_later_is_not_seen(told_again: Warehouse) -> None:
    history = FactHistory(told_again.folder)
    expected = told_again.known_on(DAY)
    told_again.commit(batch("more", keyword_days=shop_days(days=2, keywords=40)), DAY)
    assert_same(history.known_on(DAY), expected)


def test_callers_do_not_spoil_what_is_remembered(told_again: Warehouse) -> None:
    history = FactHistory(told_again.folder)
    days = history.known_on(DAY).keyword_days
    days.loc[:, "clicks"] = -1.0
    assert_same(history.known_on(DAY), told_again.known_on(DAY))


def test_a_list_stored_before_a_column_came_is_read_as_the_warehouse_reads_it(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    told = table(PRODUCTS, {"product_id": "1", "title": "保温杯", "reported_on": ago(3)})
    warehouse.commit(batch("a", products=told), ago(3).date())
    (path,) = tmp_path.glob(f"{PRODUCTS.name}/**/*.parquet")
    parquet.write_table(parquet.read_table(path).drop_columns("attributes"), path)
    manifest = json.loads((tmp_path / MANIFEST).read_text(encoding="utf-8"))
    manifest["batches"][0]["files"][0]["size"] = path.stat().st_size
    (tmp_path / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    known = FactHistory(tmp_path).known_on(DAY)
    pd.testing.assert_frame_equal(known.products, warehouse.known_on(DAY).products)
    assert known.products["attributes"].tolist() == [""]
