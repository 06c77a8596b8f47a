"""Writes a batch's tables as immutable Parquet files, one per table and month, sorted by key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bidopt.domain.table_schema import TableSchema
from bidopt.facts.atomic_file import sync_folder, written_aside
from bidopt.facts.manifest import FactFile

UNDATED = "all"
"""Folder of the tables that are snapshots and not days."""

_ROW_GROUP = 250_000
_LARGEST = 1 << 62


def write_table(
    folder: Path, schema: TableSchema, table: pd.DataFrame, batch_id: str
) -> tuple[FactFile, ...]:
    """Write one table of a batch below `folder`.

    Args:
        folder: the facts folder.
        schema: what `table` keeps; `reported_on` is filled in every row.
        table: shape (rows, len(schema.columns)), at least one row.
        batch_id: file name; a file of that name, left by a killed import, is replaced.

    Returns:
        One entry per file written.
    """
    dated = schema.key[0] == "date"
    encoded = _encode(schema, table)
    rows = encoded.take(pa.array(_key_order(encoded, schema.key)))
    written = []
    for month, part in _months(rows) if dated else [(UNDATED, rows)]:
        target = folder / schema.name / month / f"{batch_id}.parquet"
        _make_folder(target.parent)
        _write_parquet(target, part)
        written.append(_describe(folder, target, schema, part, dated=dated))
    return tuple(written)


def _encode(schema: TableSchema, table: pd.DataFrame) -> pa.Table:
    """Arrow columns: text as a dictionary in alphabetical order, days as dates, unknown numbers as null."""
    columns: dict[str, Any] = {}
    for column in schema.columns:
        values = pa.array(table[column.name], from_pandas=True)
        if column.dtype == "text":
            columns[column.name] = _alphabetical(values)
        else:
            columns[column.name] = values.cast(pa.date32()) if column.dtype == "date" else values
    return pa.table(columns)


def _alphabetical(values: Any) -> Any:  # noqa: ANN401  pyarrow is untyped
    """A dictionary array whose codes sort like its texts."""
    whole = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    plain = pc.dictionary_encode(whole.cast(pa.string()))
    order = pc.array_sort_indices(plain.dictionary).to_numpy()
    rank = np.empty(len(order), dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    codes = rank[plain.indices.to_numpy()] if len(order) else np.empty(0, dtype=np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(codes), plain.dictionary.take(pa.array(order)))


def _key_order(rows: pa.Table, key: tuple[str, ...]) -> npt.NDArray[np.intp]:
    """Positions that sort the rows by key; of equal keys the earlier stays first."""
    codes = [_codes(rows[name]) for name in key]
    ranges = [int(column.max()) - int(column.min()) + 1 for column in codes]
    if prod(ranges) > _LARGEST:
        return np.lexsort(codes[::-1])
    whole = np.zeros(rows.num_rows, dtype=np.int64)  # sorted once instead of once per column
    for column, size in zip(codes, ranges, strict=True):
        whole = whole * size + (column - column.min())
    return np.argsort(whole, kind="stable")


def _codes(column: pa.ChunkedArray) -> npt.NDArray[np.int32]:
    """Integers that sort like the values of a key column."""
    chunk = column.combine_chunks()
    chunk = chunk.chunk(0) if isinstance(chunk, pa.ChunkedArray) else chunk
    is_text = pa.types.is_dictionary(chunk.type)
    codes: npt.NDArray[np.int32] = (chunk.indices if is_text else chunk.cast(pa.int32())).to_numpy()
    return codes


def _months(rows: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """Slices of rows sorted by date, with their month as YYYY-MM."""
    months = rows["date"].to_numpy().astype("datetime64[M]")
    starts = np.flatnonzero(np.r_[True, months[1:] != months[:-1]])
    for start, end in zip(starts, np.r_[starts[1:], len(months)], strict=True):
        yield str(months[start]), rows.slice(start, end - start)


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True)
        sync_folder(folder.parent)


def _write_parquet(target: Path, rows: pa.Table) -> None:
    with written_aside(target) as temporary, temporary.open("wb") as file:
        pq.write_table(rows, file, compression="zstd", store_schema=False, row_group_size=_ROW_GROUP)


def _describe(folder: Path, target: Path, schema: TableSchema, rows: pa.Table, *, dated: bool) -> FactFile:
    first_day, last_day = _range(rows["date"]) if dated else (None, None)
    first_reported, last_reported = _range(rows["reported_on"])
    return FactFile(
        table=schema.name,
        path=target.relative_to(folder).as_posix(),
        rows=rows.num_rows,
        size=target.stat().st_size,
        first_day=first_day,
        last_day=last_day,
        first_reported=first_reported,
        last_reported=last_reported,
    )


def _range(days: Any) -> tuple[date, date]:  # noqa: ANN401  pyarrow is untyped
    ends = pc.min_max(days).as_py()
    return ends["min"], ends["max"]
