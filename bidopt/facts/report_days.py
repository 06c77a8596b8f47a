"""Gives every row its report day, and refuses rows reported before their day was over."""

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

    Args:
        schema: of the table.
        table: rows as read; not changed.
        reported_on: report day of rows that state none, and list day of keyword states that state none.
        source: file name, for messages.

    Raises:
        ReportError: naming the first row that has no day, or was reported on its own day or earlier.
    """
    given = pd.Timestamp(reported_on).as_unit("s")
    filled = table.assign(reported_on=table["reported_on"].fillna(given))
    if schema is KEYWORD_STATES:
        return filled.assign(date=filled["date"].fillna(filled["reported_on"]))
    if schema in DATED:
        _refuse(
            schema,
            filled,
            filled["date"].isna(),
            f"{source}：{schema.chinese}里有一行没有日期",
            "请在平台导出分日数据，并确认日期列没有空格。",
        )
        _refuse(
            schema,
            filled,
            filled["reported_on"] <= filled["date"],
            f"{source}：{schema.chinese}里有一行的报表日不晚于数据日期，当天还没有结束，数字不完整",
            "请等第二天再导出，或从报表里去掉当天；若日期写错，请改正后重新放入 inbox。",
        )
    return filled


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
