"""Tables with a contract: each column is described once, and that drives check, headings and dictionary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from bidopt.domain.errors import SchemaError, did_you_mean

Dtype = Literal["text", "number", "date"]
PANDAS_DTYPES: dict[Dtype, Any] = {
    "text": pd.api.types.pandas_dtype("str"),
    "number": np.dtype("float64"),
    "date": np.dtype("datetime64[s]"),
}
POSITIVE = float(np.finfo(np.float64).tiny)
"""Minimum of a column whose numbers have to be above 0."""

_BLANKS: dict[Dtype, Any] = {"text": "", "number": np.nan, "date": np.datetime64("NaT", "s")}


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Args:
        name: code name, as in the glossary.
        dtype: text (never missing, "" means not given), number (float64, NaN means unknown) or date.
        unit: count, currency, fraction, days ...; empty for text.
        chinese: the heading a Chinese operator knows.
        meaning: one line for the data dictionary.
        minimum: smallest value allowed, NaN excepted.
        maximum: largest value allowed, NaN excepted.
    """

    name: str
    dtype: Dtype
    unit: str
    chinese: str
    meaning: str
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True)
class TableSchema:
    """A kind of table: its columns in order and the columns that identify a row.

    Args:
        name: code name of the table.
        chinese: what an operator calls it.
        columns: all columns, in order.
        key: columns that together name a row; no two rows share them.
    """

    name: str
    chinese: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [column.name for column in self.columns]

    def column(self, name: str) -> Column:
        """The column called `name`.

        Raises:
            SchemaError: there is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise SchemaError(f"table {self.name} has no column {name!r}", did_you_mean(name, self.names))

    def empty(self) -> pd.DataFrame:
        """A table of this kind without rows."""
        return self._nothing.copy()

    @cached_property
    def _nothing(self) -> pd.DataFrame:
        """To be copied: making a table of no rows takes as long as one of a thousand."""
        return self.conform({})

    def conform(self, columns: Mapping[str, Any] | pd.DataFrame) -> pd.DataFrame:
        """A table of this kind from `columns`; what is absent becomes "", NaN or NaT.

        Args:
            columns: column name -> values, all of one length; unknown names are refused.

        Raises:
            SchemaError: an unknown column, or values that do not fit the dtype.
        """
        for name in columns:
            self.column(str(name))
        given: dict[str, Any] = {str(name): values for name, values in columns.items()}
        length = max((len(values) for values in given.values() if not isinstance(values, str)), default=0)
        out = {column.name: _cast(column, given.get(column.name), length) for column in self.columns}
        return pd.DataFrame(out, index=pd.RangeIndex(length))

    def check(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return `table` unchanged if it keeps the contract.

        Raises:
            SchemaError: naming the column and the first offending row.
        """
        if list(table.columns) != self.names:
            raise SchemaError(f"table {self.name} has columns {list(table.columns)}, expected {self.names}")
        for column, dtype in zip(self.columns, table.dtypes, strict=True):
            if dtype != PANDAS_DTYPES[column.dtype]:
                raise SchemaError(f"{self.name}.{column.name} is {dtype}, not {column.dtype}")
        if table.empty:
            return table
        for column in self.columns:
            values = table[column.name]
            if column.dtype == "number":
                _check_numbers(self.name, column, values.to_numpy())
            elif column.dtype == "text" and values.array.isna().any():
                raise SchemaError(f"{self.name}.{column.name} has missing text; use '' for not given")
        repeated = table.duplicated(list(self.key))
        if repeated.any():
            row = table.loc[repeated, list(self.key)].iloc[0].to_dict()
            raise SchemaError(f"{self.name} has two rows for {row}")
        return table


def _cast(column: Column, values: Any, length: int) -> Any:  # noqa: ANN401  array-likes
    """An array of the column's dtype and of shape (length,); what has that dtype already is taken as it is."""
    dtype = PANDAS_DTYPES[column.dtype]
    if values is None or isinstance(values, str):
        blank = _BLANKS[column.dtype] if values is None else values
        return pd.array(np.full(length, blank, dtype=object if column.dtype == "text" else None), dtype=dtype)
    try:
        fits = hasattr(values, "dtype") and values.dtype == dtype
        cast = values if fits else pd.Series(values).astype(dtype)
    except (TypeError, ValueError) as error:
        raise SchemaError(f"column {column.name}: {error}") from error
    array = getattr(cast, "array", cast)  # its own index does not count
    return array.fillna("") if column.dtype == "text" and array.isna().any() else array


def _check_numbers(table: str, column: Column, values: np.ndarray[Any, Any]) -> None:
    wrong = np.isinf(values)
    if column.minimum is not None:
        wrong |= values < column.minimum
    if column.maximum is not None:
        wrong |= values > column.maximum
    if wrong.any():
        row = int(np.argmax(wrong))
        raise SchemaError(
            f"{table}.{column.name} row {row}: {values[row]} is not allowed "
            f"(minimum {column.minimum}, maximum {column.maximum})"
        )


def text(name: str, chinese: str, meaning: str) -> Column:
    """A text column."""
    return Column(name, "text", "", chinese, meaning)


def number(
    name: str,
    unit: str,
    chinese: str,
    meaning: str,
    minimum: float | None = 0.0,
    maximum: float | None = None,
) -> Column:
    """A number column; not negative unless `minimum` says otherwise."""
    return Column(name, "number", unit, chinese, meaning, minimum, maximum)


def day(name: str, chinese: str, meaning: str) -> Column:
    """A business-date column."""
    return Column(name, "date", "date", chinese, meaning)
