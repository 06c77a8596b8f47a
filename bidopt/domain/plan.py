"""A finished plan: the changes and everything a reader needs to judge them. Publishing and reporting show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from bidopt.domain.changes import CAMPAIGN_KEY, KEYWORD_KEY, KEYWORD_KEY_COLUMNS, Changes
from bidopt.domain.data_issue import DataIssue
from bidopt.domain.goals import Goals
from bidopt.domain.reasons import ReasonText
from bidopt.domain.subject_tests import SUBJECT_TESTS
from bidopt.domain.table_schema import TableSchema, day, number, text

_COUNTS = (
    number("impressions", "count", "展现量", "impressions in the window"),
    number("clicks", "count", "点击量", "clicks in the window"),
    number("cost", "currency", "花费", "cost in the window"),
    number("conversions", "count", "成交笔数", "conversions reported so far in the window", minimum=None),
    number(
        "revenue",
        "currency",
        "成交金额",
        "revenue reported so far in the window; refunds may exceed it",
        minimum=None,
    ),
)

KEYWORD_SUMMARY = TableSchema(
    "keyword_summary",
    "关键词表现",
    (
        *KEYWORD_KEY_COLUMNS,
        *_COUNTS,
        number("quality_score", "1-10", "质量分", "newest quality score; NaN where unknown"),
        number(
            "base_bid",
            "currency/click",
            "基准出价",
            "current bid, or the recent cost per click where none is known",
        ),
        number("daily_cost", "currency/day", "现日花费", "cost per day expected with nothing changed"),
        number(
            "daily_revenue",
            "currency/day",
            "现日成交",
            "mature revenue per day expected with nothing changed",
        ),
        number("cvr", "fraction", "预计转化率", "believed mature conversion rate"),
        number("value_per_click", "currency/click", "点击价值", "believed mature revenue per click"),
        number("value_low", "currency/click", "点击价值下限", "5 % quantile"),
        number("value_high", "currency/click", "点击价值上限", "95 % quantile"),
    ),
    KEYWORD_KEY,
)
"""One row per row of Changes.bids, in the same order; counts over the evidence window."""

CAMPAIGN_SUMMARY = TableSchema(
    "campaign_summary",
    "计划表现",
    (
        text("platform", "平台", "ad platform"),
        text("campaign_id", "计划ID", "campaign id or name"),
        text("name", "计划名称", "campaign name"),
        *_COUNTS,
        number("roas", "revenue / cost", "投入产出比", "revenue / cost as reported so far", minimum=None),
        number(
            "mature_roas",
            "revenue / cost",
            "成熟投产比",
            "revenue / cost once late orders are in",
            minimum=None,
        ),
        number("daily_cost", "currency/day", "现日花费", "cost per day expected with nothing changed"),
        text("grade", "等级", "fail, pass, good, excellent or unknown, by mature_roas"),
    ),
    CAMPAIGN_KEY,
)
"""One row per row of Changes.budgets, in the same order."""

DAY_SUMMARY = TableSchema(
    "day_summary",
    "每日表现",
    (
        day("date", "日期", "business date"),
        *_COUNTS,
        number("matured", "fraction", "已成熟", "share of the day's conversions that has arrived by now"),
    ),
    ("date",),
)
"""One row per day with facts in the window, oldest first."""

GRADE_TEXTS: dict[str, ReasonText] = {
    "fail": ReasonText("不及格", "fail"),
    "pass": ReasonText("及格", "pass"),
    "good": ReasonText("良好", "good"),
    "excellent": ReasonText("优秀", "excellent"),
    "unknown": ReasonText("未知", "unknown"),
}

ACTION_TEXTS: dict[str, ReasonText] = {
    "set_bid": ReasonText("调价", "set bid"),
    "pause": ReasonText("删词", "pause"),
    "resume": ReasonText("恢复", "resume"),
    "add": ReasonText("加词", "add"),
    "keep": ReasonText("不动", "keep"),
}


WORD_TEXTS: dict[str, ReasonText] = {
    "add": ReasonText("加词", "add"),
    "negative": ReasonText("否词", "block"),
}
"""Kinds of the rows of keywords.csv."""


@dataclass(frozen=True)
class Plan:
    """One revision of one day's plan.

    Args:
        shop: shop id, `shop_name` its display name.
        currency: ISO code; all money is in it.
        as_of: decision day; facts up to the day before are used.
        revision: 1 for the first plan of the day, more when new files arrived.
        goals: what the plan works towards.
        changes: the recommendations.
        notes: what holds for the account as a whole, as encoded reasons, in the order of the policies.
        keywords: schema KEYWORD_SUMMARY, aligned with changes.bids.
        campaigns: schema CAMPAIGN_SUMMARY, aligned with changes.budgets.
        days: schema DAY_SUMMARY.
        issues: findings about the data, worst first.
        reasons: reason code -> sentences.
        limits: what may stand in `limited_by` -> its title in zh and en.
        provenance: inputs, settings and bidopt version that made the plan; plain strings.
        subject_tests: schema SUBJECT_TESTS: verdicts on products and creatives in test.
    """

    shop: str
    shop_name: str
    currency: str
    as_of: date
    revision: int
    goals: Goals
    changes: Changes
    notes: tuple[str, ...]
    keywords: pd.DataFrame
    campaigns: pd.DataFrame
    days: pd.DataFrame
    issues: tuple[DataIssue, ...]
    reasons: Mapping[str, ReasonText]
    limits: Mapping[str, ReasonText]
    provenance: Mapping[str, str]
    subject_tests: pd.DataFrame = field(default_factory=SUBJECT_TESTS.empty)
