"""The review workbook: what an operator checks, strikes out and corrects in Excel before the plan is set."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bidopt.domain.changes import BIDS, BUDGETS, TITLES
from bidopt.domain.plan import ACTION_TEXTS, WORD_TEXTS, Plan
from bidopt.domain.subject_tests import CREATIVE, PRODUCT
from bidopt.reporting import sheet_columns, subject_columns
from bidopt.reporting.digest import Digest, digest
from bidopt.reporting.sheet import ReviewBook, SheetColumn, open_book
from bidopt.reporting.word_funnel import word_funnel
from bidopt.reporting.workbook_notes import notes

MOST_ROWS: Final = 2_000
"""Longest sheet: Excel files are slow to write, and nobody reads more."""

WORK: Final = "今日要做"
NEW_WORDS: Final = "新词"
ISSUES: Final = "数据问题"
NOTES: Final = "说明"


@dataclass(frozen=True)
class _Sheet:
    name: str
    columns: tuple[SheetColumn, ...]
    rows: int
    left: int = 0


def write_workbook(plan: Plan, path: Path) -> None:
    """Write review.xlsx.

    Sheets: 今日要做, 出价, 预算, 删词, 新词 and 否词 (if there are any), 测词漏斗, 测款, 测图 (where there are tests),
    标题 (if any is new or watched), 数据问题, 说明. 出价 has each keyword that is not dropped, changed ones
    first; 删词 has the dropped ones; both end at MOST_ROWS. The same plan gives the same bytes.

    Args:
        plan: what to show.
        path: the file to write; its folder exists. It is written in place, so a failing disk leaves a broken
            file: write beside the final name and rename.
    """
    sheets = _sheets(plan)
    with open_book(str(path), title=f"{plan.shop_name} {plan.as_of.isoformat()}", made_on=plan.as_of) as book:
        review = ReviewBook(book, plan.currency, plan.goals.target_roas)
        for sheet in sheets:
            review.add(sheet.name, sheet.columns, sheet.rows)
        described = {sheet.name: (sheet.columns, sheet.left) for sheet in sheets}
        lines = notes(plan, described)
        review.add(NOTES, sheet_columns.note_columns(lines), len(lines))


def _sheets(plan: Plan) -> list[_Sheet]:
    short = digest(plan)
    bids, dropped = short.rows[short.rows["action"] != "pause"], short.dropped
    sheets = [_Sheet(WORK, sheet_columns.work_columns(short.work), len(short.work))]
    for name, table, make in (
        (BIDS.chinese, bids, sheet_columns.bid_columns),
        (BUDGETS.chinese, short.budgets, sheet_columns.budget_columns),
        (ACTION_TEXTS["pause"].zh, dropped, sheet_columns.dropped_columns),
    ):
        shown = table.head(MOST_ROWS)
        sheets.append(_Sheet(name, make(plan, shown), len(shown), len(table) - len(shown)))
    for name, table in ((NEW_WORDS, short.new_words), (WORD_TEXTS["negative"].zh, short.negatives)):
        if len(table):
            shown = table.head(MOST_ROWS)
            columns = sheet_columns.word_columns(plan, shown)
            sheets.append(_Sheet(name, columns, len(shown), len(table) - len(shown)))
    sheets += _test_sheets(plan, short)
    titles = plan.changes.titles
    if len(titles):
        sheets.append(_Sheet(TITLES.chinese, sheet_columns.title_columns(plan), len(titles)))
    sheets.append(_Sheet(ISSUES, sheet_columns.issue_columns(plan.issues), len(plan.issues)))
    return sheets


def _test_sheets(plan: Plan, short: Digest) -> list[_Sheet]:
    """What is in test; a plan that tests nothing has none of them."""
    sheets = []
    funnel = word_funnel(short)
    if funnel is not None:
        rows = len(funnel.stages) + len(funnel.told)
        sheets.append(_Sheet("测词漏斗", subject_columns.funnel_columns(funnel), rows))
    for name, kind in (("测款", PRODUCT), ("测图", CREATIVE)):
        tests = plan.subject_tests[plan.subject_tests["kind"] == kind]
        shown = tests.head(MOST_ROWS)
        if len(shown):
            columns = subject_columns.subject_columns(plan, shown, kind)
            sheets.append(_Sheet(name, columns, len(shown), len(tests) - len(shown)))
    return sheets
