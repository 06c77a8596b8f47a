"""The terminal summary: what was decided, what holds for the account, what is wrong with the data, and the first things to do."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from rich import box
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bidopt.domain.data_issue import Severity
from bidopt.domain.plan import GRADE_TEXTS, Plan
from bidopt.reporting import labels
from bidopt.reporting.digest import Digest, digest
from bidopt.reporting.formats import cells, clean, clip, money, number, percent
from bidopt.reporting.work_list import WorkItem

_MOST_ITEMS: Final = 10
_MOST_NOTES: Final = 5
_MOST_ISSUES: Final = 5
_WIDE: Final = 110
"""Columns from which reasons and campaigns fit beside the work."""

_NUMBERS: Final = ("现在 → 建议", labels.CHANGE, "花费/天")
_ACTION: Final = 8
"""Columns of the action and the table's edges; each gap between columns takes 3."""

_NARROWEST: Final = 8

_SEVERITY_STYLES: Final[dict[Severity, str]] = {"block": "bold red", "warn": "yellow", "info": "dim"}


def print_summary(plan: Plan, console: Console, *, report: Path | None = None) -> None:
    """Print a plan in short; colours and frames only where the console is a terminal.

    Args:
        plan: the plan.
        console: where to; its width decides how much is said.
        report: the report page, named in the last line.
    """
    short = digest(plan)
    for part in (_head(short, console), *_notes(short), *_issues(short), _work(short, console)):
        console.print(part)
    if report is not None:
        console.print(Text.assemble(("报告：", "bold"), clean(str(report))), soft_wrap=True)


def _head(short: Digest, console: Console) -> RenderableType:
    plan, totals, currency = short.plan, short.totals, short.plan.currency
    title = f"{clip(plan.shop_name, 40)}  {plan.as_of.isoformat()}  第 {plan.revision} 版"
    lines = Group(
        Text(
            f"{labels.TARGET_ROAS} {number(plan.goals.target_roas, 2)}   "
            f"成熟投产比 {number(totals.mature_roas, 2)}（近 {len(plan.days)} 天，{GRADE_TEXTS[totals.grade].zh}）"
        ),
        Text(
            f"预计每天: 花费 {money(totals.cost, currency, 0)} → {money(totals.planned_cost, currency, 0)}   "
            f"成交 {money(totals.revenue, currency, 0)} → {money(totals.planned_revenue, currency, 0)}   "
            f"投产比 {number(totals.roas, 2)} → {number(totals.planned_roas, 2)}"
        ),
        Text(_counts(short)),
    )
    if console.is_terminal:
        return Panel(lines, title=Text(title, style="bold"), title_align="left", box=box.ROUNDED)
    return Group(Text(title), lines)


def _counts(short: Digest) -> str:
    counts = short.counts
    parts = [
        f"调价 {counts['set_bid']:,} 词（加 {counts['raise']:,}，降 {counts['cut']:,}）",
        f"删词 {counts['pause']:,}",
        f"{labels.SET_BUDGET} {counts['budget']:,}",
    ]
    extras = (("恢复", "resume"), ("加词", "new_word"), ("否词", "negative"), ("改标题", "title"))
    parts += [f"{name} {counts[key]:,}" for name, key in extras if counts[key]]
    return "   ".join([*parts, f"不动 {counts['keep']:,}"])


def _notes(short: Digest) -> list[RenderableType]:
    notes = labels.notes(short.plan)
    lines: list[RenderableType] = [
        Text.assemble((f"[{labels.ACCOUNT}] ", "cyan"), clip(note, 300)) for note in notes[:_MOST_NOTES]
    ]
    if len(notes) > _MOST_NOTES:
        lines.append(Text(f"{labels.ACCOUNT}还有 {len(notes) - _MOST_NOTES} 条，见报告"))
    return lines


def _issues(short: Digest) -> list[RenderableType]:
    issues = [issue for issue in short.plan.issues if issue.severity != "info"]
    lines: list[RenderableType] = [
        Text.assemble(
            (f"[{labels.SEVERITIES[issue.severity]}] ", _SEVERITY_STYLES[issue.severity]),
            f"{clip(issue.zh, 300)}（{issue.count:,} 处）",
        )
        for issue in issues[:_MOST_ISSUES]
    ]
    if len(issues) > _MOST_ISSUES:
        lines.append(Text(f"还有 {len(issues) - _MOST_ISSUES} 条数据问题，见报告"))
    return lines


def _work(short: Digest, console: Console) -> RenderableType:
    items = [item for item in short.work if item.kind != "block"][:_MOST_ITEMS]
    if not items:
        return Text("今天没有要改的。")
    table = Table(
        title=Text(f"今日要做（前 {len(items)} 件，按每天花费的变化排序）"),
        title_justify="left",
        title_style="bold" if console.is_terminal else "",
        box=box.SIMPLE_HEAD if console.is_terminal else None,
        pad_edge=False,
    )
    numbers = [_numbers(item, short.plan.currency) for item in items]
    widths = [
        max(cells(heading), *(row[i].cell_len for row in numbers)) for i, heading in enumerate(_NUMBERS)
    ]
    # Numbers are never cut: texts share the room that numbers leave.
    wide = console.width >= _WIDE
    room = console.width - sum(widths) - (_ACTION + 3 * (5 if wide else 4))
    names = max(_NARROWEST, 2 * room // 5 if wide else room)
    for heading in ("动作", "对象"):
        table.add_column(heading, no_wrap=True)
    for heading in _NUMBERS:
        table.add_column(heading, justify="right", no_wrap=True)
    if wide:
        table.add_column("理由", no_wrap=True)
    for item, row in zip(items, numbers, strict=True):
        why = [Text(clip(item.why, room - names))] if wide else []
        table.add_row(Text(item.action), Text(clip(item.target, names)), *row, *why)
    return table


def _numbers(item: WorkItem, currency: str) -> list[Text]:
    new = {"pause": "停", "negative": "屏蔽"}.get(item.kind) or money(item.new, currency)
    style = "red" if item.change > 0 else "green" if item.change < 0 else ""
    return [
        Text(f"{money(item.old, currency)} → {new}"),
        Text(percent(item.change, 0, signed=True), style=style),
        Text(money(item.delta, currency, signed=True)),
    ]
