"""The typed rows of a sheet -> the tables of its report, each keeping its schema."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd

from bidopt.domain.errors import ReportError
from bidopt.domain.table_schema import TableSchema
from bidopt.platforms.reading import cells
from bidopt.platforms.reading.headings import Recognised
from bidopt.platforms.reading.repeats import without_repeats

_CHECKED_AGAIN = 200_000
"""Tables up to this size are also held against their schema as a whole; cells and keys are checked in any size."""


def constants(frame: pd.DataFrame, what: Recognised) -> dict[str, str]:
    """What the sheet says once and for all, such as its currency: field name -> text, "" where it does not say.

    Raises:
        ReportError: it mixes what must be one.
    """
    found = {}
    for column in what.columns:
        if column.field.kind == "constant":
            values = [v for v in frame[column.field.column].unique() if not cells.is_null(v)]
            if len(values) > 1:
                raise ReportError(
                    f"「{column.heading}」有几种：{'、'.join(values)}", "请按每种分别导出，分到不同的店铺"
                )
            found[column.field.column] = cells.unfold(values[0]) if values else ""
    return found


def make_tables(
    frame: pd.DataFrame, what: Recognised, platform: str, file_name: str
) -> tuple[dict[str, pd.DataFrame], int]:
    """The tables of a sheet, each keeping its schema, and the number of copies dropped.

    Args:
        frame: typed columns by field name; the index is the row number in the file.
        what: the report it was recognised as.
        platform: name of the platform.
        file_name: may hold the day of export.

    Raises:
        ReportError: two rows of one key differ.
    """
    report = what.report
    frame = frame.drop(columns=[c.field.column for c in what.columns if c.field.kind == "constant"])
    frame = _without_orders_no_revenue(frame)
    made = report.split(frame) if report.split else {report.schemas[0].name: frame}
    exported = _stamp(report.file_stamp, file_name, frame)
    tables, duplicates = {}, 0
    for schema in report.schemas:
        if not len(made[schema.name]):
            continue
        table, copies = without_repeats(_owned(made[schema.name], schema, platform), schema)
        duplicates += copies
        filled = schema.conform(table)
        if exported is not None:
            filled["reported_on"] = pd.Series(
                pd.Timestamp(exported), index=filled.index, dtype="datetime64[s]"
            )
            if "date" in filled.columns and "date" not in table.columns:
                filled["date"] = filled["reported_on"]
        tables[schema.name] = schema.check(filled) if len(filled) <= _CHECKED_AGAIN else filled
    return tables, duplicates


def _without_orders_no_revenue(frame: pd.DataFrame) -> pd.DataFrame:
    """`frame` with revenue 0 where there were 0 orders: Amazon leaves the cell empty there."""
    if not {"conversions", "revenue"} <= set(frame.columns):
        return frame
    nothing_sold = frame["revenue"].isna() & (frame["conversions"] == 0)
    return frame.assign(revenue=frame["revenue"].mask(nothing_sold, 0.0)) if nothing_sold.any() else frame


def _owned(table: pd.DataFrame, schema: TableSchema, platform: str) -> pd.DataFrame:
    """`table` with its platform, where the schema asks for one."""
    if "platform" not in schema.names:
        return table
    if "platform" not in table.columns:
        return table.assign(platform=pd.Series(platform, index=table.index, dtype="str"))
    return table.assign(platform=table["platform"].mask(table["platform"] == "", platform))


def _stamp(pattern: str, name: str, frame: pd.DataFrame) -> date | None:
    """Day of export in the file name; None unless there is exactly one and it is later than all dates told of."""
    found = re.findall(pattern, name) if pattern else []
    if len(found) != 1:
        return None
    try:
        stamp = cells.parse_date(found[0])
    except ValueError:
        return None
    newest = frame["date"].max() if "date" in frame.columns else pd.NaT
    return stamp if stamp and (pd.isna(newest) or pd.Timestamp(stamp) > newest) else None
