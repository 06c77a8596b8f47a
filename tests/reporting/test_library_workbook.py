"""The library as files: what Excel and a program read back is what was written."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from bidopt.decisions.expansion.word_fortunes import STATES
from bidopt.decisions.expansion.word_library import LIBRARY
from bidopt.publishing.machine_csv import csv_bytes
from bidopt.reporting.library_workbook import MOST_ROWS, write_library

WORDS = ["=1+1", "+控油,精油", '茶树"精油"', "0012", "玫瑰面霜"]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return LIBRARY.conform(
        {
            "product_id": ["710000000000001"] * 4 + [""],
            "keyword": WORDS,
            "state": ["new", "steady", "silent", "retired", "listed"],
            "negative": ["", "yes", "partly", "", ""],
            "negative_in": ["", "native / c1", "native / c1 / g1", "", ""],
            "bought": ["yes", "", "yes", "", ""],
            "objection": ["", "", "", "", "no_category"],
            "volume_high": [1234.0, float("nan"), 5.0, 6.0, 7.0],
            "cost": [12.34, 0.0, 1.0, 2.0, float("nan")],
            "peak_month": ["2026-11", "2026-10", "", "2026-09", ""],
            "first_seen": pd.to_datetime(["2026-11-08", "2026-08-01", "", "2026-08-02", ""]),
        }
    )


def opened(table: pd.DataFrame, path: Path) -> openpyxl.Workbook:
    write_library(table, path, title="店", made_on=date(2026, 11, 21), currency="CNY")
    return openpyxl.load_workbook(path)


def test_every_word_stands_on_the_sheet_of_its_state_with_its_columns(
    table: pd.DataFrame, tmp_path: Path
) -> None:
    book = opened(table, tmp_path / "library.xlsx")
    assert book.sheetnames == [*(text.zh for text in STATES.values()), "不适合的词"]
    found: dict[object, tuple[str, dict[object, object]]] = {}
    for sheet in book:
        headings, *rows = sheet.iter_rows(values_only=True)
        assert headings == tuple(column.chinese for column in LIBRARY.columns)
        found |= {
            row[headings.index("关键词")]: (sheet.title, dict(zip(headings, row, strict=True)))
            for row in rows
        }
    assert [found[word][0] for word in WORDS] == ["新词", "平稳", "已买、还没有点击", "停用", "不适合的词"]
    first = found["=1+1"][1]
    assert (first["宝贝ID"], first["搜索人气上限"], first["花费"], first["首次出现"]) == (
        "710000000000001", 1234, 12.34, "2026-11-08",
    )  # fmt: skip
    assert [found[word][1]["否词"] for word in WORDS[:3]] == [None, "是", "部分单元"]
    assert found["玫瑰面霜"][1]["不适合的原因"] == "没有这个宝贝的品类词"
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_the_csv_reads_back_as_the_table(table: pd.DataFrame) -> None:
    texts = {column.name: "str" for column in LIBRARY.columns if column.dtype == "text"}
    back = pd.read_csv(
        io.BytesIO(csv_bytes(LIBRARY, table)), dtype=texts, keep_default_na=False, na_values=[""]
    )
    back = back.assign(**{name: back[name].fillna("") for name in texts})
    back = LIBRARY.conform(back.assign(**{n: pd.to_datetime(back[n]) for n in ("first_seen", "last_seen")}))
    pd.testing.assert_frame_equal(back, table.assign(cost=table["cost"].round(2)), atol=0.006)


def test_the_same_library_gives_the_same_bytes_and_long_sheets_are_capped(
    table: pd.DataFrame, tmp_path: Path
) -> None:
    many = pd.concat([table.head(1)] * (MOST_ROWS + 5), ignore_index=True)
    many["keyword"] = [f"词{i}" for i in range(len(many))]
    assert opened(many, tmp_path / "a.xlsx")["新词"].max_row == MOST_ROWS + 1
    for name in ("b.xlsx", "c.xlsx"):
        opened(table, tmp_path / name)
    assert (tmp_path / "b.xlsx").read_bytes() == (tmp_path / "c.xlsx").read_bytes()
