"""Versions of rows: order of arrival does not matter, nothing is doubled, nothing comes from the future."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from bidopt.domain.table_schema import TableSchema
from bidopt.facts.batch_files import write_table
from bidopt.facts.manifest import FactFile
from bidopt.facts.parquet_reader import ParquetReader
from bidopt.facts.schemas import KEYWORD_DAYS, PRODUCTS
from bidopt.facts.versions import newest, segments, snapshots
from bidopt.facts.warehouse import Warehouse
from tests.facts.fact_rows import DAY, ago, batch, table


@dataclass(frozen=True)
class Export:
    """An export made on a morning: (days ago, word) -> clicks."""

    made_ago: int
    clicks: dict[tuple[int, str], int]


def exports() -> st.SearchStrategy[list[Export]]:
    """Up to four exports, each made on another morning, of days before it."""

    def export(made_ago: int) -> st.SearchStrategy[Export]:
        rows = st.tuples(st.integers(made_ago + 1, made_ago + 40), st.sampled_from("ab"))
        return st.builds(
            Export, st.just(made_ago), st.dictionaries(rows, st.integers(0, 9), min_size=1, max_size=6)
        )

    mornings = st.lists(st.integers(0, 6), min_size=1, max_size=4, unique=True)
    return mornings.flatmap(lambda found: st.tuples(*map(export, found)).map(list))


def _commit(warehouse: Warehouse, export: Export) -> None:
    rows = [{"date": ago(d), "keyword": word, "clicks": float(n)} for (d, word), n in export.clicks.items()]
    days = table(KEYWORD_DAYS, *rows)
    warehouse.commit(batch(repr(export), keyword_days=days), ago(export.made_ago).date())


@settings(max_examples=25, deadline=None)
@given(exports(), st.integers(0, 6), st.randoms(use_true_random=False))
def test_arrival_order_does_not_matter(found: list[Export], as_of_ago: int, random: Random) -> None:
    truth: dict[tuple[pd.Timestamp, str], tuple[int, float]] = {}
    for export in found:
        for (day, word), clicks in export.clicks.items():
            key = (ago(day), word)
            newest = truth.get(key, (99, 0.0))
            if as_of_ago <= export.made_ago < newest[0] and day > as_of_ago:
                truth[key] = (export.made_ago, float(clicks))
    arrived = list(found)
    random.shuffle(arrived)
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Warehouse(Path(folder))
        for export in arrived:
            _commit(warehouse, export)
        facts = warehouse.known_on(ago(as_of_ago).date()).keyword_days
    expected = [(day, word, clicks) for (day, word), (_, clicks) in sorted(truth.items())]
    assert list(facts[["date", "keyword", "clicks"]].itertuples(index=False, name=None)) == expected


def _file(name: str, first: int, last: int, rows: int = 1) -> FactFile:
    return FactFile(
        table="keyword_days",
        path=name,
        rows=rows,
        size=1,
        first_day=ago(first).date(),
        last_day=ago(last).date(),
        first_reported=DAY,
        last_reported=DAY,
    )


def test_days_are_contested_where_files_overlap() -> None:
    a, b, c = _file("a", 30, 11), _file("b", 20, 1), _file("c", 100, 90)
    found = segments([a, b, c], ago(95).date(), ago(1).date())
    spans = [
        ((DAY - s.first).days, (DAY - s.last).days, "".join(f.path for f in s.files), s.contested)
        for s in found
    ]
    assert spans == [
        (95, 90, "c", False),
        (30, 21, "a", False),
        (20, 11, "ab", True),
        (10, 1, "b", False),
    ]


def test_many_contested_rows_are_compared_a_few_days_at_a_time() -> None:
    days = [
        ((DAY - s.first).days, (DAY - s.last).days)
        for s in segments(
            [_file("a", 5, 1, 2_500_000), _file("b", 4, 1, 2_000_000)], ago(5).date(), ago(1).date()
        )
    ]
    assert days == [(5, 5), (4, 4), (3, 3), (2, 2), (1, 1)]


def test_daily_exports_of_single_days_are_one_uncontested_segment() -> None:
    files = [_file(str(n), n, n) for n in range(100, 0, -1)]
    (segment,) = segments(files, date(2020, 1, 1), DAY - timedelta(days=1))
    assert len(segment.files) == 100
    assert not segment.contested


def test_a_list_stored_before_a_column_came_is_read_with_blanks(tmp_path: Path) -> None:
    older = TableSchema(
        PRODUCTS.name,
        PRODUCTS.chinese,
        tuple(c for c in PRODUCTS.columns if c.name != "attributes"),
        PRODUCTS.key,
    )
    told = {"product_id": ["p1"], "title": ["保温杯"], "reported_on": [pd.Timestamp(2026, 11, 1)]}
    old = write_table(tmp_path, older, older.conform(told), "old")
    reader, day = ParquetReader(tmp_path), date(2026, 11, 20)
    table = newest(reader, PRODUCTS, old, day, day, day)
    assert PRODUCTS.check(table)["attributes"].tolist() == [""]
    new = {**told, "attributes": ["容量:500ml"], "reported_on": [pd.Timestamp(2026, 11, 2)]}
    both = (*old, *write_table(tmp_path, PRODUCTS, PRODUCTS.conform(new), "new"))
    assert newest(reader, PRODUCTS, both, day, day, day)["attributes"].tolist() == ["容量:500ml"]
    assert snapshots(reader, PRODUCTS, both, day)["attributes"].tolist() == ["", "容量:500ml"]
