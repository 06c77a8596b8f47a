"""Rows whose numbers contradict each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd

from bidopt.domain.data_issue import DataIssue, Severity
from bidopt.facts.health.check import HealthCase, HealthCheck, samples
from bidopt.facts.schemas import (
    ACCOUNT_DAYS,
    CAMPAIGN_DAYS,
    KEYWORD_DAYS,
    PLACEMENT_DAYS,
    PRODUCT_DAYS,
    SEARCH_TERM_DAYS,
)

_REPORTS = (KEYWORD_DAYS, SEARCH_TERM_DAYS, PRODUCT_DAYS, CAMPAIGN_DAYS, PLACEMENT_DAYS, ACCOUNT_DAYS)


@dataclass(frozen=True)
class _Contradiction:
    """Rows of which `excess` is above 0 contradict themselves; unknown numbers contradict nothing."""

    code: str
    severity: Severity
    zh: str
    en: str
    columns: tuple[str, ...]
    excess: Callable[[pd.DataFrame], pd.Series[float]]


_CONTRADICTIONS = (
    _Contradiction(
        "clicks_above_impressions",
        "warn",
        "点击量大于展现量",
        "clicks above impressions",
        ("impressions", "clicks"),
        lambda t: t["clicks"] - t["impressions"],
    ),
    _Contradiction(
        "cost_without_clicks",
        "warn",
        "没有点击却有花费",
        "cost without clicks",
        ("clicks", "cost"),
        lambda t: t["cost"].where(t["clicks"] == 0),
    ),
    _Contradiction(
        "orders_without_revenue",
        "warn",
        "有成交笔数却没有成交金额",
        "conversions without revenue",
        ("conversions", "revenue"),
        lambda t: t["conversions"].where(t["revenue"] == 0),
    ),
    _Contradiction(
        "revenue_without_orders",
        "warn",
        "有成交金额却没有成交笔数",
        "revenue without conversions",
        ("conversions", "revenue"),
        lambda t: t["revenue"].where(t["conversions"] == 0),
    ),
    _Contradiction(
        "negative_sales",
        "info",
        "成交为负数（退款大于成交）",
        "negative sales (refunds)",
        ("conversions", "revenue"),
        lambda t: -t[["conversions", "revenue"]].min(axis=1),
    ),
    _Contradiction(
        "orders_above_clicks",
        "info",
        "成交笔数大于点击量（一次点击可以带来多笔订单）",
        "conversions above clicks (one click may bring several orders)",
        ("clicks", "conversions"),
        lambda t: t["conversions"] - t["clicks"],
    ),
)


class ImpossibleNumbers(HealthCheck):
    """Contradictions inside one row, per report and kind."""

    def issues(self, case: HealthCase) -> Iterator[DataIssue]:
        """One finding per report and contradiction."""
        for schema in _REPORTS:
            table = getattr(case.facts, schema.name)
            for kind in _CONTRADICTIONS:
                excess = kind.excess(table)
                wrong = excess[excess > 0].sort_values(ascending=False, kind="stable")
                if len(wrong):
                    yield DataIssue(
                        kind.code,
                        kind.severity,
                        f"{schema.chinese}有 {len(wrong)} 行{kind.zh}。请核对下面的行，必要时重新导出。",
                        f"{schema.name}: {len(wrong)} rows with {kind.en}.",
                        len(wrong),
                        samples(schema, table.loc[wrong.index[:5]], kind.columns),
                    )
