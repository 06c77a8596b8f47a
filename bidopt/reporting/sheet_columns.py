"""The columns of each sheet of the review workbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from bidopt.domain.changes import BIDS, BUDGETS, CAMPAIGN_KEY, KEYWORD_KEY, KEYWORDS, TITLES
from bidopt.domain.data_issue import DataIssue
from bidopt.domain.plan import ACTION_TEXTS, CAMPAIGN_SUMMARY, GRADE_TEXTS, KEYWORD_SUMMARY, Plan
from bidopt.domain.table_schema import TableSchema
from bidopt.reporting import labels
from bidopt.reporting.sheet import Kind, SheetColumn
from bidopt.reporting.work_list import WorkItem

Columns = tuple[SheetColumn, ...]

TAKE: Final = SheetColumn("采纳", "choice", (), "是 = 照建议执行，否 = 这一行不动")
OWN_BID: Final = SheetColumn("人工出价", "entry", (), "想用别的出价时填在这里；留空 = 用建议出价")

_DELTA: Final = ("花费变化/天", "执行后预计每天多花（+）或少花（-）的钱")
_KINDS: Final[dict[str, Kind]] = {"": "text", "count": "count", "count/day": "ratio", "1-10": "count"}


def work_columns(work: Sequence[WorkItem]) -> Columns:
    """今日要做: the work list."""

    def texts(heading: str, name: str, kind: Kind = "text", meaning: str = "") -> SheetColumn:
        return SheetColumn(heading, kind, [getattr(item, name) for item in work], meaning)

    return (
        SheetColumn("序号", "count", list(range(1, len(work) + 1)), "按每天花费的变化排序"),
        texts(BIDS.column("action").chinese, "action"),
        texts("对象", "target", meaning="关键词，或要调预算的计划"),
        texts(BIDS.column("platform").chinese, "platform"),
        texts(CAMPAIGN_SUMMARY.column("name").chinese, "campaign"),
        texts(BIDS.column("match_type").chinese, "match"),
        texts("现在", "old", "money", "现在的出价或日限额"),
        texts("建议", "new", "money", "建议的出价或日限额；删词和数据问题为空"),
        texts(labels.CHANGE, "change", "change", "建议 ÷ 现在 - 1"),
        texts(_DELTA[0], "delta", "money", _DELTA[1]),
        texts(BIDS.column("reason").chinese, "why", "long"),
        texts("Reason", "why_en", "long", "the same in English"),
        texts(BIDS.column("limited_by").chinese, "limits", meaning=labels.MEANINGS["limited_by"]),
    )


def title_columns(plan: Plan) -> Columns:
    """标题: the title in force and the new one side by side, what differs in colour."""
    rows = plan.changes.titles
    pairs = list(zip(rows["current_title"].tolist(), rows["title"].tolist(), strict=True))
    why = [(labels.reason(plan, reason), labels.reason(plan, reason, "en")) for reason in rows["reason"]]
    old, new = TITLES.column("current_title"), TITLES.column("title")
    return (
        TAKE,
        *_of(TITLES, rows, "product_id"),
        SheetColumn(
            TITLES.column("kind").chinese, "text", [labels.TITLE_KINDS[kind] for kind in rows["kind"]]
        ),
        SheetColumn(old.chinese, "lost", pairs, f"{old.meaning}；绿色是去掉的字"),
        SheetColumn(new.chinese, "gained", pairs, f"{new.meaning}；红色是新增的字"),
        SheetColumn(TITLES.column("width").chinese, "count", rows["width"].tolist(), "汉字算 2"),
        *(
            SheetColumn(
                TITLES.column(f"{way}_words").chinese,
                "long",
                [labels.word_facts(facts) for facts in rows[f"{way}_facts"]],
                labels.MEANINGS[f"{way}_facts"],
            )
            for way in ("gained", "lost")
        ),
        SheetColumn(TITLES.column("demand_gain").chinese, "count", rows["demand_gain"].tolist()),
        SheetColumn(TITLES.column("reason").chinese, "long", [zh for zh, _ in why]),
        SheetColumn("Reason", "long", [en for _, en in why], "the same in English"),
    )


def bid_columns(plan: Plan, rows: pd.DataFrame) -> Columns:
    """出价: bids to set and bids to keep.

    Args:
        plan: the plan told of.
        rows: of its `keyword_rows`.
    """
    return (
        TAKE,
        _actions(rows),
        *_of(BIDS, rows, *KEYWORD_KEY),
        _named(CAMPAIGN_SUMMARY, "name", rows["campaign"].tolist()),
        *_of(BIDS, rows, "current_bid"),
        *_of(KEYWORD_SUMMARY, rows, "base_bid"),
        *_of(BIDS, rows, "bid"),
        _change(rows),
        OWN_BID,
        *_seen(rows),
        *_of(
            BIDS, rows, "expected_clicks", "expected_cost", "expected_revenue", "revenue_low", "revenue_high"
        ),
        SheetColumn(_DELTA[0], "money", rows["delta"].tolist(), _DELTA[1]),
        *_why(plan, rows),
        *_tests(plan, rows),
    )


def dropped_columns(plan: Plan, rows: pd.DataFrame) -> Columns:
    """删词: words to drop, arguments as in `bid_columns`."""
    return (
        TAKE,
        *_of(BIDS, rows, *KEYWORD_KEY),
        _named(CAMPAIGN_SUMMARY, "name", rows["campaign"].tolist()),
        *_of(BIDS, rows, "current_bid"),
        *_seen(rows),
        SheetColumn(_DELTA[0], "money", rows["delta"].tolist(), _DELTA[1]),
        *_why(plan, rows),
    )


def word_columns(plan: Plan, rows: pd.DataFrame) -> Columns:
    """新词 or 否词: words to add with their first bid, or words to block; `rows` of `word_rows`."""
    adding = bool((rows["kind"] == "add").any())
    reasons = rows["reason"].tolist()
    expected = (f"expected_{name}" for name in ("clicks", "cost", "revenue", "gain"))
    return (
        TAKE,
        *_of(KEYWORDS, rows, *KEYWORD_KEY),
        _named(CAMPAIGN_SUMMARY, "name", rows["campaign"].tolist()),
        *((*_of(KEYWORDS, rows, "bid"), OWN_BID) if adding else ()),
        *_of(KEYWORDS, rows, "roots", *expected, "days_proposed"),
        SheetColumn(
            KEYWORDS.column("reason").chinese,
            "long",
            [labels.reason(plan, r) for r in reasons],
            "为什么这样建议",
        ),
        SheetColumn("Reason", "long", [labels.reason(plan, r, "en") for r in reasons], "the same in English"),
        *_of(KEYWORDS, rows, "policy"),
    )


def budget_columns(plan: Plan, rows: pd.DataFrame) -> Columns:
    """预算: one row per campaign; `rows` of `budget_rows`."""
    return (
        TAKE,
        *_of(BUDGETS, rows, *CAMPAIGN_KEY),
        _named(CAMPAIGN_SUMMARY, "name", rows["campaign"].tolist()),
        *_of(BUDGETS, rows, "current_budget", "budget"),
        _change(rows),
        *_of(CAMPAIGN_SUMMARY, rows, "cost", "clicks", "conversions", "revenue", "roas", "mature_roas"),
        _named(CAMPAIGN_SUMMARY, "grade", [GRADE_TEXTS[grade].zh for grade in rows["grade"]]),
        *_why(plan, rows),
    )


def issue_columns(issues: Sequence[DataIssue]) -> Columns:
    """数据问题: findings, worst first."""
    return (
        SheetColumn(
            "级别", "text", [labels.SEVERITIES[i.severity] for i in issues], "拦截 = 不处理就不能发布"
        ),
        SheetColumn("说明", "long", [i.zh for i in issues]),
        SheetColumn("数量", "count", [float(i.count) for i in issues], "涉及的行、天或文件数"),
        SheetColumn("样例", "long", ["；".join(i.sample) for i in issues], "最多五行，最严重的在前"),
        SheetColumn("Finding", "long", [i.en for i in issues], "the same in English"),
        SheetColumn("检查", "text", [i.code for i in issues], "检查的代码名"),
    )


def note_columns(lines: Sequence[tuple[str, str, str]]) -> Columns:
    """说明: three columns of text."""
    kinds, items, texts = ([line[place] for line in lines] for place in range(3))
    return (
        SheetColumn("类别", "text", kinds),
        SheetColumn("项目", "text", items),
        SheetColumn("内容", "long", texts),
    )


def _of(schema: TableSchema, rows: pd.DataFrame, *names: str) -> Columns:
    return tuple(_named(schema, name, rows[name].tolist()) for name in names)


def _named(schema: TableSchema, name: str, values: Sequence[object]) -> SheetColumn:
    column = schema.column(name)
    kind: Kind = "money" if column.unit.startswith("currency") else _KINDS.get(column.unit, "ratio")
    if name in {"roas", "mature_roas"}:
        kind = "roas"
    elif name == "cost":
        kind = "cost"
    return SheetColumn(labels.column_heading(column), kind, values, labels.MEANINGS.get(name, ""))


def _actions(rows: pd.DataFrame) -> SheetColumn:
    return _named(BIDS, "action", [ACTION_TEXTS[action].zh for action in rows["action"]])


def _change(rows: pd.DataFrame) -> SheetColumn:
    return SheetColumn(labels.CHANGE, "change", rows["change"].tolist(), "建议 ÷ 现在 - 1")


def _seen(rows: pd.DataFrame) -> Columns:
    counts = _of(KEYWORD_SUMMARY, rows, "impressions", "clicks", "cost", "conversions", "revenue")
    return (*counts, *_of(CAMPAIGN_SUMMARY, rows, "roas"), *_of(KEYWORD_SUMMARY, rows, "quality_score"))


def _tests(plan: Plan, rows: pd.DataFrame) -> Columns:
    """How far each word's test has come; nothing where no policy tests."""
    states = rows["state"].tolist()
    if not any(states):
        return ()
    told = [labels.reason(plan, state) for state in states]
    return (
        SheetColumn(
            BIDS.column("state").chinese, "long", told, "通过、延长（还差多少次点击、约几天）、先加价等"
        ),
    )


def _why(plan: Plan, rows: pd.DataFrame) -> Columns:
    reasons = rows["reason"].tolist()
    return (
        _named(BIDS, "limited_by", [labels.limits(plan, limited) for limited in rows["limited_by"]]),
        SheetColumn(
            BIDS.column("reason").chinese, "long", [labels.reason(plan, r) for r in reasons], "为什么这样建议"
        ),
        SheetColumn("Reason", "long", [labels.reason(plan, r, "en") for r in reasons], "the same in English"),
        *_of(BIDS, rows, "policy"),
    )
