"""Which of several reports of the same row counts on a morning, and how the numbers grew between them.

Every question is asked per segment of days. Days that one file alone may hold need no comparison of versions,
which makes one big export as cheap as reading it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from bidopt.domain.table_schema import TableSchema
from bidopt.facts.manifest import FactFile
from bidopt.facts.parquet_reader import ParquetReader, select_list, to_frame
from bidopt.facts.schemas import DATED, KEYWORD_DAYS, RESTATEMENTS

_MOST_ROWS_AT_ONCE = 1_500_000
"""Rows compared in one query, a single day excepted; bounds the memory when many exports overlap."""


@dataclass(frozen=True)
class Segment:
    """Consecutive days and the files that may hold them.

    Args:
        first: oldest day, `last` newest day, both included.
        files: in the order of their commit.
        contested: some day may stand in more than one file.
    """

    first: date
    last: date
    files: tuple[FactFile, ...]
    contested: bool


def segments(files: Sequence[FactFile], first: date, last: date) -> tuple[Segment, ...]:
    """Cut the days from `first` to `last` into runs that are contested or not; days without files are left out.

    Args:
        files: of one dated table, in the order of their commit.
        first: oldest day of interest.
        last: newest day of interest, included.
    """
    runs: list[list[date]] = []
    was_contested, rows = False, 0.0
    for day in _days(first, last):
        holders = [file for file in files if file.covers(day)]
        contested, more = len(holders) > 1, sum(file.rows_per_day for file in holders)
        follows = bool(runs) and runs[-1][-1] == day - timedelta(days=1) and contested == was_contested
        if not holders:
            continue
        if follows and not (contested and rows + more > _MOST_ROWS_AT_ONCE):
            runs[-1].append(day)
            rows += more
        else:
            runs.append([day])
            was_contested, rows = contested, more
    return tuple(_segment(files, run[0], run[-1]) for run in runs)


def _segment(files: Sequence[FactFile], first: date, last: date) -> Segment:
    holders = tuple(file for file in files if any(file.covers(day) for day in _days(first, last)))
    contested = sum(file.covers(first) for file in holders) > 1
    return Segment(first, last, holders, contested)


def newest(
    reader: ParquetReader,
    schema: TableSchema,
    files: Sequence[FactFile],
    first: date,
    last: date,
    known: date,
) -> pd.DataFrame:
    """The rows of a stored table as known on a morning: per key the newest report, of equal days the later commit.

    Args:
        reader: over the facts folder.
        schema: of the table; undated tables take no notice of `first` and `last`.
        files: of this table, in the order of their commit.
        first: oldest day wanted.
        last: newest day wanted, included.
        known: reports made after this day are not seen.

    Returns:
        Table of `schema`, sorted by its key.
    """
    if schema not in DATED:
        queries = [_newest_query(reader, schema, files, None, known)] if files else []
    else:
        queries = [_newest_query(reader, schema, s.files, s, known) for s in segments(files, first, last)]
    return to_frame(schema, reader.tables(queries))


def snapshots(
    reader: ParquetReader, schema: TableSchema, files: Sequence[FactFile], known: date
) -> pd.DataFrame:
    """Every report of an undated table, not only the newest: a row per key and report day.

    Args:
        reader: over the facts folder.
        schema: of the table.
        files: of this table, in the order of their commit.
        known: reports made after this day are not seen.

    Returns:
        The columns of `schema`; of two reports of one day the later commit counts.
    """
    if not files:
        return schema.empty()
    key = ", ".join((*schema.key, "reported_on"))
    source, values = lists(reader, schema, files, known)
    version = f"row_number() OVER (PARTITION BY {key} ORDER BY file_index DESC)"
    sql = f"SELECT {select_list(schema)} FROM {source} QUALIFY {version} = 1 ORDER BY {key}"  # noqa: S608  as below
    return to_frame(schema, reader.tables([(sql, values)]))


def restatements(
    reader: ParquetReader, files: Sequence[FactFile], first: date, last: date, known: date
) -> pd.DataFrame:
    """How conversions of the same keyword-days grew from one report to the next, schema RESTATEMENTS.

    Only keyword-days that at least two reports of different days hold, with conversions stated, take part.
    Arguments as for `newest`.
    """
    contested = [s for s in segments(files, first, last) if s.contested]
    parts = reader.tables([_growth_query(reader, s, known) for s in contested])
    found = pd.concat([part.to_pandas() for part in parts]) if parts else RESTATEMENTS.empty()
    key = list(RESTATEMENTS.key)
    return RESTATEMENTS.conform(found.groupby(key, as_index=False, sort=True).sum()) if len(found) else found


def count_reported_after(reader: ParquetReader, files: Sequence[FactFile], known: date) -> int:
    """Rows of `files` whose report was made after `known`."""
    whole = sum(file.rows for file in files if file.first_reported > known)
    mixed = [file for file in files if file.first_reported <= known < file.last_reported]
    if not mixed:
        return whole
    sql = "SELECT count(*) AS n FROM read_parquet($paths) WHERE reported_on > $known"
    (found,) = reader.tables([(sql, {"paths": reader.paths(mixed), "known": known})])
    return whole + int(found["n"][0].as_py())


def _newest_query(
    reader: ParquetReader,
    schema: TableSchema,
    files: Sequence[FactFile],
    segment: Segment | None,
    known: date,
) -> tuple[str, Mapping[str, Any]]:
    columns, key = select_list(schema), ", ".join(schema.key)
    if segment is not None and not segment.contested:
        ordered = sorted(segment.files, key=lambda f: (f.first_day or date.min, f.path))
        source, values = _rows(reader, ordered, segment, known)
        return f"SELECT {columns} FROM {source}", values  # noqa: S608  only names of our own schemas
    if segment is None:
        source, values = lists(reader, schema, files, known)
    else:
        source, values = _rows(reader, files, segment, known)
    version = f"row_number() OVER (PARTITION BY {key} ORDER BY reported_on DESC, file_index DESC)"
    sql = f"SELECT {columns} FROM {source} QUALIFY {version} = 1 ORDER BY {key}"  # noqa: S608  as above
    return sql, values


def _growth_query(reader: ParquetReader, segment: Segment, known: date) -> tuple[str, Mapping[str, Any]]:
    source, values = _rows(reader, segment.files, segment, known)
    key = ", ".join(KEYWORD_DAYS.key)
    sql = f"""
        WITH stated AS (
            SELECT {key}, reported_on, arg_max(conversions, file_index) AS conversions
            FROM {source} AND conversions IS NOT NULL
            GROUP BY {key}, reported_on
        ), pairs AS (
            SELECT platform, date, reported_on, conversions,
                   lag(reported_on) OVER earlier AS reported_from, lag(conversions) OVER earlier AS conversions_from
            FROM stated WINDOW earlier AS (PARTITION BY {key} ORDER BY reported_on)
        )
        SELECT platform, (reported_from - date)::DOUBLE AS age_from, (reported_on - date)::DOUBLE AS age_to,
               sum(conversions_from) AS conversions_from, sum(conversions) AS conversions_to
        FROM pairs WHERE reported_from IS NOT NULL GROUP BY ALL
    """  # noqa: S608  only names of our own schemas
    return sql, values


def lists(
    reader: ParquetReader, schema: TableSchema, files: Sequence[FactFile], known: date
) -> tuple[str, dict[str, Any]]:
    """SQL after FROM, with its parameters: rows of an undated table that were reported by `known`, in their order.

    Its older files may lack columns that have come since; those are blank.
    """
    blank = {"text": "''", "number": "NULL::DOUBLE", "date": "NULL::DATE"}
    none = ", ".join(f"{blank[column.dtype]} AS {column.name}" for column in schema.columns)
    given = ", ".join(
        f"coalesce({c.name}, '') AS {c.name}" if c.dtype == "text" else c.name for c in schema.columns
    )
    told = "SELECT *, file_index FROM read_parquet($paths, union_by_name = true)"
    every = f"SELECT {none}, NULL::UBIGINT AS file_index WHERE false"
    source = (
        f"(SELECT {given}, file_index FROM ({every} UNION ALL BY NAME {told})) WHERE reported_on <= $known"  # noqa: S608  only names of our own schemas
    )
    return source, {"paths": reader.paths(files), "known": known}


def _rows(
    reader: ParquetReader, files: Sequence[FactFile], segment: Segment | None, known: date
) -> tuple[str, dict[str, Any]]:
    """SQL after FROM, with its parameters: rows of `files` in the segment that were reported by `known`."""
    values: dict[str, Any] = {"paths": reader.paths(files), "known": known}
    source = "read_parquet($paths) WHERE reported_on <= $known"
    if segment is not None:
        source += " AND date BETWEEN $first AND $last"
        values |= {"first": segment.first, "last": segment.last}
    return source, values


def _days(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)
