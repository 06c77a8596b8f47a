"""Gives every row its report day: the morning from which it counts as known."""

from __future__ import annotations

from datetime import date

import pandas as pd

from bidopt.domain.errors import ReportError
from bidopt.domain.table_schema import TableSchema
from bidopt.facts.schemas import DATED, KEYWORD_STATES


def with_report_days(
    schema: TableSchema, table: pd.DataFrame, reported_on: date, source: str
) -> pd.DataFrame:
    """The table with `reported_on` in every row; what a row states itself is kept.

    A row whose day is not over at the given report day counts from the morning after its day, the earliest on
    which it can be known: an export with today's first hours is imported whole and today is not seen today.

    Args:
        schema: of the table.
        table: rows as read; not changed.
        reported_on: report day of rows that state none, and list day of keyword states that state none.
        source: file name, for messages.

    Raises:
        ReportError: naming the first row that has no day, or states that it was reported on its own day or earlier.
    """
    given = pd.Timestamp(reported_on).as_unit("s")
    if schema is KEYWORD_STATES or schema not in DATED:
        filled = table.assign(reported_on=table["reported_on"].fillna(given))
        if schema is KEYWORD_STATES:
            return filled.assign(date=filled["date"].fillna(filled["reported_on"]))
        return filled
    _refuse(
        schema,
        table,
        table["date"].isna(),
        f"{source}：{schema.chinese}里有一行没有日期",
        "请在平台导出分日数据，并确认日期列没有空格。",
    )
    _refuse(
        schema,
        table,
        table["reported_on"] <= table["date"],
        f"{source}：{schema.chinese}里有一行写明的报表日不晚于数据日期，当天还没有结束，数字不完整",
        "请等第二天再导出，或从报表里去掉当天；若日期写错，请改正后重新放入 inbox。",
    )
    earliest = table["date"] + pd.Timedelta(days=1)
    return table.assign(reported_on=table["reported_on"].fillna(earliest.where(earliest > given, given)))


def _refuse(
    schema: TableSchema, table: pd.DataFrame, wrong: pd.Series[bool], message: str, hint: str
) -> None:
    if not wrong.any():
        return
    row = table.loc[wrong].iloc[0]
    names = [*schema.key, "reported_on"]
    shown = "，".join(
        f"{schema.column(name).chinese} {_shown(row[name])}" for name in names if _shown(row[name])
    )
    raise ReportError(f"{message}（共 {int(wrong.sum())} 行）：{shown}。", hint)


def _shown(value: object) -> str:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return value if isinstance(value, str) else ""
