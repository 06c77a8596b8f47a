"""The totals row of a report: told apart from data, and held against the sum of the rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import isnan, sqrt

import numpy as np
import pandas as pd

from bidopt.domain.errors import ReportError
from bidopt.platforms.reading import cells
from bidopt.platforms.reading.headings import Located

ADDITIVE = ("impressions", "clicks", "cost", "conversions", "revenue")
"""Columns that a totals row adds up."""

_COUNTS = ("impressions", "clicks", "conversions")
_MARK = re.compile(r"(合计|总计|总和|汇总|总账户|grand total|total)\s*(:.*)?")
_SPREAD_OF_SUM = 0.015
"""Five standard deviations of one cell's rounding to 0.01: rounding errors of n rows add up with sqrt(n)."""


def is_mark(text: str) -> bool:
    """Whether a cell says that its row is a total."""
    return _MARK.fullmatch(cells.unfold(text).casefold()) is not None


def reconcile(
    frame: pd.DataFrame, rows: Sequence[tuple[int, Mapping[str, str]]], columns: Sequence[Located]
) -> dict[str, float]:
    """The figures of the report's own totals row, after holding them against the rows.

    Args:
        frame: typed rows of the report.
        rows: row number and cells by column name of each totals row.
        columns: the located columns.

    Returns:
        Column -> figure; of several totals rows the one that agrees. Empty without a totals row.

    Raises:
        ReportError: no totals row agrees with the rows, so rows are missing or double.
    """
    headings = {c.field.column: c.heading for c in columns if c.field.column in ADDITIVE}
    refused: ReportError | None = None
    for number, texts in rows:
        figures = {name: _figure(number, heading, texts[name]) for name, heading in headings.items()}
        stated = {name: figure for name, figure in figures.items() if not isnan(figure)}
        wrong = [name for name in stated if not _agrees(name, texts[name], stated[name], frame)]
        if not wrong:
            return stated
        name = wrong[0]
        refused = refused or ReportError(
            f"第 {number} 行的总计与各行之和不符：{headings[name]} 总计 {stated[name]:.10g}，各行之和 {np.nansum(frame[name]):.10g}",
            "文件缺行、多行或被改动过，请重新导出",
        )
    if refused:
        raise refused
    return {}


def _figure(number: int, heading: str, text: str) -> float:
    try:
        return cells.parse_number(text)
    except ValueError as error:
        raise ReportError(
            f"第 {number} 行（总计）「{heading}」的值 {text!r} {error}", "请重新导出原始报表"
        ) from error


def _agrees(name: str, text: str, stated: float, frame: pd.DataFrame) -> bool:
    """Whether a figure equals a sum up to rounding; rows that repeat may have been counted once or each time."""
    rounding = 0.0 if name in _COUNTS else _SPREAD_OF_SUM * sqrt(len(frame))
    allowed = 0.5001 * cells.resolution(text) + rounding + 1e-9 * abs(stated)
    if abs(float(np.nansum(frame[name])) - stated) <= allowed:
        return True
    return abs(float(np.nansum(frame.drop_duplicates()[name])) - stated) <= allowed
