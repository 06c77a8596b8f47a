"""Schemas fill what is absent and refuse what breaks the contract."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bidopt.domain.changes import BIDS
from bidopt.domain.errors import SchemaError
from bidopt.domain.table_schema import TableSchema, day, number, text
from bidopt.facts.schemas import STORED

SCHEMA = TableSchema(
    "words",
    "词",
    (text("word", "词", "the word"), number("cost", "yuan", "花费", "money"), day("seen", "日期", "when")),
    ("word",),
)


def test_absent_columns_become_unknown_not_zero() -> None:
    table = SCHEMA.check(SCHEMA.conform({"word": ["a", None]}))
    assert table["word"].tolist() == ["a", ""]
    assert table["cost"].isna().all()
    assert table["seen"].isna().all()


def test_an_unknown_column_names_the_likely_one() -> None:
    with pytest.raises(SchemaError, match="cots") as caught:
        SCHEMA.conform({"word": ["a"], "cots": [1.0]})
    assert "cost" in caught.value.hint


@pytest.mark.parametrize("cost", [-1.0, np.inf])
def test_impossible_numbers_are_refused_with_their_row(cost: float) -> None:
    with pytest.raises(SchemaError, match=r"words\.cost row 1"):
        SCHEMA.check(SCHEMA.conform({"word": ["a", "b"], "cost": [1.0, cost]}))


def test_two_rows_of_one_key_are_refused() -> None:
    with pytest.raises(SchemaError, match="two rows"):
        SCHEMA.check(SCHEMA.conform({"word": ["a", "a"]}))


def test_a_wrong_type_is_refused() -> None:
    with pytest.raises(SchemaError, match="column cost"):
        SCHEMA.conform({"word": ["a"], "cost": ["much"]})
    with pytest.raises(SchemaError, match=r"words\.word"):
        SCHEMA.check(SCHEMA.conform({"word": ["a"]}).assign(word=pd.Series([1.0])))


@pytest.mark.parametrize("schema", [*STORED, BIDS], ids=lambda s: s.name)
def test_every_schema_describes_its_columns(schema: TableSchema) -> None:
    schema.check(schema.empty())
    assert set(schema.key) <= set(schema.names)
    for column in schema.columns:
        assert column.chinese
        assert column.meaning
        assert (column.dtype == "number") == bool(column.unit) or column.dtype == "date"


def test_a_number_above_its_maximum_is_refused() -> None:
    schema = TableSchema(
        "t", "表", (text("k", "键", "key"), number("share", "fraction", "占比", "share", maximum=1.0)), ("k",)
    )
    schema.check(schema.conform({"k": ["a", "b"], "share": [1.0, np.nan]}))
    with pytest.raises(
        SchemaError, match=r"t\.share row 1: 35\.0 is not allowed \(minimum 0\.0, maximum 1\.0\)"
    ):
        schema.check(schema.conform({"k": ["a", "b"], "share": [1.0, 35.0]}))
