"""The notes sheet of the review workbook: goals, what holds for the account, what each sheet and column means, where the numbers come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bidopt.domain.changes import BUDGETS
from bidopt.domain.plan import CAMPAIGN_SUMMARY, DAY_SUMMARY, GRADE_TEXTS, Plan
from bidopt.reporting import labels
from bidopt.reporting.formats import money, number
from bidopt.reporting.sheet import SheetColumn

Lines = list[tuple[str, str, str]]

_GENERAL: Final = (
    (
        "怎么用",
        "采纳",
        "不同意的行选“否”，想用别的出价就填“人工出价”，供复核和记录；这一版还不会把它们读回程序，请按表在后台执行。",
    ),
    ("怎么用", "空白格", "数据里没有，也算不出；不等于零。"),
    (
        "怎么用",
        "颜色",
        "变动：红色为加，绿色为减。投入产出比：从红到绿，黄色处为目标。花费：条越长花得越多。",
    ),
)


def notes(plan: Plan, sheets: Mapping[str, tuple[Sequence[SheetColumn], int]]) -> Lines:
    """Lines of (kind, item, text).

    Args:
        plan: the plan told of.
        sheets: sheet name -> its columns and how many rows it had to leave out.
    """
    return [
        *_identity(plan),
        *_goals(plan),
        *((labels.ACCOUNT, f"第 {place} 条", text) for place, text in enumerate(labels.notes(plan), 1)),
        *_GENERAL,
        *_left_out(sheets),
        *_columns(sheets),
        *(("数据来源", name, value) for name, value in plan.provenance.items()),
    ]


def _identity(plan: Plan) -> Iterator[tuple[str, str, str]]:
    yield "计划", "店铺", plan.shop_name
    yield "计划", "店铺ID", plan.shop
    yield "计划", "决策日", plan.as_of.isoformat()
    yield "计划", "版本", str(plan.revision)
    yield "计划", "币种", plan.currency
    if not plan.days.empty:
        dates = plan.days[DAY_SUMMARY.key[0]]
        yield "计划", "统计窗口", f"{dates.min():%Y-%m-%d} 至 {dates.max():%Y-%m-%d}，有数据 {len(dates)} 天"


def _goals(plan: Plan) -> Iterator[tuple[str, str, str]]:
    goals = plan.goals
    yield "目标", "目标", labels.OBJECTIVES[goals.objective]
    yield "目标", labels.TARGET_ROAS, number(goals.target_roas, 2)
    if goals.daily_budget is not None:
        yield "目标", "账户日预算", money(goals.daily_budget, plan.currency)
    if goals.gross_margin is not None:
        yield "目标", "默认毛利率", f"{goals.gross_margin:.1%}"
    starts = {
        "pass": goals.roas_grades.passing,
        "good": goals.roas_grades.good,
        "excellent": goals.roas_grades.excellent,
    }
    steps = "，".join(f"{start:g} 起{GRADE_TEXTS[grade].zh}" for grade, start in starts.items())
    yield (
        "目标",
        CAMPAIGN_SUMMARY.column("grade").chinese,
        f"按成熟投产比：不到 {starts['pass']:g} {GRADE_TEXTS['fail'].zh}，{steps}",
    )


def _left_out(sheets: Mapping[str, tuple[Sequence[SheetColumn], int]]) -> Iterator[tuple[str, str, str]]:
    for name, (_, left) in sheets.items():
        if left:
            file = {BUDGETS.chinese: "budgets.csv", "新词": "keywords.csv", "否词": "keywords.csv"}.get(
                name, "bids.csv"
            )
            yield "怎么用", name, f"这张表只列最要紧的行，其余 {left:,} 行见 {file}"


def _columns(sheets: Mapping[str, tuple[Sequence[SheetColumn], int]]) -> Iterator[tuple[str, str, str]]:
    for name, (columns, _) in sheets.items():
        for column in columns:
            if column.meaning:
                yield f"列 · {name}", column.heading, column.meaning
