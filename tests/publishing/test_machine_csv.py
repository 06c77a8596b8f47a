"""Machine files say exactly what the table says, in the same bytes everywhere."""

from __future__ import annotations

import csv
import io
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidopt.domain.errors import SchemaError
from bidopt.domain.table_schema import TableSchema, day, number, text
from bidopt.publishing.machine_csv import csv_bytes

TABLE = TableSchema(
    "table",
    "表",
    (
        text("word", "词", "any text"),
        number("price", "currency/click", "价", "money", minimum=None),
        number("clicks", "count", "点击", "a count", minimum=None),
        day("on", "日", "a day"),
    ),
    ("word",),
)


def written(**columns: Any) -> list[list[str]]:  # noqa: ANN401  any column
    return list(csv.reader(io.StringIO(csv_bytes(TABLE, TABLE.conform(columns)).decode(), newline="")))[1:]


def test_each_kind_of_value_has_one_form() -> None:
    days = pd.Series(["2026-02-09", None, None]).astype("datetime64[s]")
    table = TABLE.conform(
        {
            "word": ["a", "", "=b"],
            "price": [1.0, float("nan"), -0.001],
            "clicks": [12, 0.12345, 1e15],
            "on": days,
        }
    )
    assert csv_bytes(TABLE, table) == (
        b"word,price,clicks,on\na,1.00,12,2026-02-09\n,,0.1235,\n=b,0.00,1000000000000000,\n"
    )


def test_a_table_without_rows_is_its_header() -> None:
    assert csv_bytes(TABLE, TABLE.empty()) == b"word,price,clicks,on\n"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), unique=True))
def test_any_text_is_read_back_as_it_was(words: list[str]) -> None:
    assert [row[0] for row in written(word=words)] == words


@given(st.floats(-1e9, 1e9))
def test_numbers_are_read_back_to_their_last_printed_decimal(value: float) -> None:
    [[_, price, clicks, _]] = written(price=[value], clicks=[value])
    assert float(price) == pytest.approx(value, abs=0.005 + 1e-6)
    assert float(clicks) == pytest.approx(value, abs=0.00005 + 1e-6)
    assert "e" not in price + clicks
    assert not {"-0", "-0.00"} & {price, clicks}


def test_text_is_quoted_only_where_it_must_be() -> None:
    words = ["plain", " 空 格 ", "'=1", "a,b", 'a"b', "a\rb", "a\nb"]
    lines = csv_bytes(TABLE, TABLE.conform({"word": words})).decode()
    for line in ("\nplain,", "\n 空 格 ,", "\n'=1,", '\n"a,b",', '\n"a""b",', '\n"a\rb",', '\n"a\nb",'):
        assert line in lines


def test_nul_is_refused_with_its_place() -> None:
    with pytest.raises(SchemaError, match=r"table\.word row 1"):
        csv_bytes(TABLE, TABLE.conform({"word": ["a", "b\0"]}))


def test_a_table_that_breaks_its_schema_is_refused() -> None:
    with pytest.raises(SchemaError):
        csv_bytes(TABLE, TABLE.conform({"word": ["a"]}).drop(columns="price"))
