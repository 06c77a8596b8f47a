"""Do the reports of one platform tell the same story: their totals side by side, over the days all of them have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from bidopt.domain.data_issue import DataIssue
from bidopt.domain.table_schema import TableSchema, day, number, text
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.schemas import (
    ACCOUNT_DAYS,
    CAMPAIGN_DAYS,
    KEYWORD_DAYS,
    PLACEMENT_DAYS,
    PRODUCT_DAYS,
    SEARCH_TERM_DAYS,
)

_REPORTS = (KEYWORD_DAYS, SEARCH_TERM_DAYS, PRODUCT_DAYS, CAMPAIGN_DAYS, PLACEMENT_DAYS, ACCOUNT_DAYS)
_COUNTS = ["impressions", "clicks", "cost", "conversions", "revenue"]
_SHARE = 0.005
"""Difference between two totals that rounding explains, as a share of the larger."""
_ROUNDING = 0.05
"""The same in units, for small totals."""

RECONCILIATION = TableSchema(
    "reconciliation",
    "报表对账",
    (
        text("platform", "平台", "ad platform"),
        text("report", "报表", "table of facts the report fills"),
        day("first_day", "开始日期", "oldest day that all reports of the platform have"),
        day("last_day", "结束日期", "newest such day"),
        number("days", "days", "共同天数", "days that all reports of the platform have"),
        number(
            "impressions",
            "count",
            "展现量",
            "impressions on those days; search terms count clicked ones only",
        ),
        number("clicks", "count", "点击量", "clicks on those days"),
        number("cost", "currency", "花费", "cost on those days"),
        number(
            "conversions", "count", "成交笔数", "conversions on those days, as reported so far", minimum=None
        ),
        number("revenue", "currency", "成交金额", "revenue on those days, as reported so far", minimum=None),
    ),
    ("platform", "report"),
)


def reconcile(facts: FactTables) -> tuple[pd.DataFrame, tuple[DataIssue, ...]]:
    """Totals of every report, and the differences that rounding does not explain.

    Returns:
        Table of schema RECONCILIATION, platforms in order, the keyword report first; numbers that a report does
        not have are NaN. Findings: warn for clicks and cost, info for impressions.
    """
    rows = [row for platform in _platforms(facts) for row in _totals(facts, platform)]
    table = RECONCILIATION.conform(pd.DataFrame(rows, columns=RECONCILIATION.names))
    issues = [issue for _, totals in table.groupby("platform") for issue in _differences(totals)]
    return table, tuple(issues)


def _platforms(facts: FactTables) -> list[str]:
    return sorted({name for schema in _REPORTS for name in getattr(facts, schema.name)["platform"].unique()})


def _totals(facts: FactTables, platform: str) -> Iterator[list[object]]:
    """One row of RECONCILIATION per report that the platform has."""
    found = {schema.name: getattr(facts, schema.name) for schema in _REPORTS}
    tables = {name: table[table["platform"] == platform] for name, table in found.items()}
    tables = {name: table for name, table in tables.items() if len(table)}
    common = set.intersection(*(set(table["date"].unique()) for table in tables.values()))
    if common:
        for name, table in tables.items():
            shared = table[table["date"].isin(common)]
            yield [platform, name, min(common), max(common), len(common), *shared[_COUNTS].sum(min_count=1)]


def _differences(totals: pd.DataFrame) -> Iterator[DataIssue]:
    """Findings of one platform: each report against its first; what one of them does not state is left out."""
    first = totals.iloc[0]
    for _, other in totals.iloc[1:].iterrows():
        terms = SEARCH_TERM_DAYS.name in {first["report"], other["report"]}
        for column in ("clicks", "cost") if terms else ("clicks", "cost", "impressions"):
            difference = abs(float(first[column]) - float(other[column]))
            largest = max(float(first[column]), float(other[column]))
            allowed = 0.0 if column == "impressions" else max(_SHARE * largest, _ROUNDING)
            if difference > allowed:
                yield _issue(first, other, column)


def _issue(first: pd.Series[Any], other: pd.Series[Any], column: str) -> DataIssue:
    names = {schema.name: schema.chinese for schema in _REPORTS}
    what = RECONCILIATION.column(column).chinese
    ours, theirs = float(first[column]), float(other[column])
    return DataIssue(
        "reports_differ",
        "info" if column == "impressions" else "warn",
        f"{first['platform']}：{names[first['report']]}的{what}合计 {ours:,.2f}，{names[other['report']]} {theirs:,.2f}，"
        f"相差 {theirs - ours:+,.2f}（{first['days']:.0f} 个共同日期）。"
        "若有计划不投关键词，或平台隐藏了部分搜索词，属正常；否则请重新导出两份报表。",
        f"{first['platform']}: {column} {ours:,.2f} in {first['report']}, {theirs:,.2f} in {other['report']}.",
        1,
    )
