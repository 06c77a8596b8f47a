"""Tables as CSV for machines: exact text, and the same bytes for the same table everywhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bidopt.domain.errors import SchemaError
from bidopt.domain.table_schema import Column, TableSchema

_NEEDS_QUOTES = '[",\r\n]'


def csv_bytes(schema: TableSchema, table: pd.DataFrame) -> bytes:
    """The table as CSV: RFC 4180, but with newline as line end; UTF-8 without a mark.

    Money has 2 decimals, other numbers up to 4; unknown is empty; days are ISO. Text stands as it is, quoted only
    where it must be and never altered against formulas: these files go back to platforms, and people get the
    workbook.

    Args:
        schema: what the table is; gives the header and the format of each column.
        table: rows to write.

    Raises:
        SchemaError: the table breaks its schema, or a text holds NUL, which CSV readers cannot take.
    """
    schema.check(table)
    columns = [_cells(schema, column, table[column.name]) for column in schema.columns]
    rows = map(",".join, zip(*columns, strict=True))
    return "\n".join([",".join(schema.names), *rows, ""]).encode()


def _cells(schema: TableSchema, column: Column, values: pd.Series[Any]) -> list[str]:
    if column.dtype == "date":
        return [
            day if day != "NaT" else "" for day in np.datetime_as_string(values.to_numpy(), unit="D").tolist()
        ]
    if column.dtype == "number":
        money = column.unit.startswith("currency")
        return _decimals(values.to_numpy(), 2) if money else _short_decimals(values.to_numpy())
    cells: list[str] = values.tolist()
    if values.str.contains("\0", regex=False).any():
        row = next(i for i, cell in enumerate(cells) if "\0" in cell)
        raise SchemaError(f"{schema.name}.{column.name} row {row} holds NUL: {cells[row]!r}")
    for i in np.flatnonzero(values.str.contains(_NEEDS_QUOTES).to_numpy()).tolist():
        cells[i] = '"' + cells[i].replace('"', '""') + '"'
    return cells


def _decimals(values: np.ndarray[Any, Any], digits: int) -> list[str]:
    unsigned = np.where(np.abs(values) < 0.5 * 10.0**-digits, 0.0, values)  # no "-0.00"
    return ["" if text == "nan" else text for text in [f"{v:.{digits}f}" for v in unsigned.tolist()]]


def _short_decimals(values: np.ndarray[Any, Any]) -> list[str]:
    return [text.rstrip("0").rstrip(".") for text in _decimals(values, 4)]
