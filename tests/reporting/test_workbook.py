"""The workbook is a review form that Excel cannot turn against its reader."""

from __future__ import annotations

import re
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bidopt.domain.data_issue import DataIssue
from bidopt.domain.plan import Plan
from bidopt.reporting.sheet import cell_text
from bidopt.reporting.workbook import MOST_ROWS, write_workbook
from tests.reporting.shown_plans import HOSTILE

SHEETS = ["今日要做", "出价", "预算", "删词", "新词", "否词", "数据问题", "说明"]
KEY = ["平台", "计划ID", "单元ID", "宝贝ID", "关键词", "匹配方式"]

Open = Callable[[Plan], Any]


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    def write_and_open(plan: Plan) -> Any:  # noqa: ANN401  an openpyxl workbook
        path = tmp_path / "review.xlsx"
        write_workbook(plan, path)
        return openpyxl.load_workbook(path)

    return write_and_open


def _cells(sheet: Any, heading: str) -> list[Any]:  # noqa: ANN401
    place = [cell.value for cell in sheet[1]].index(heading)
    return [row[place] for row in sheet.iter_rows(min_row=2)]


def test_sheets_are_frozen_and_filtered(opened: Open, plan: Plan) -> None:
    book = opened(plan)
    assert book.sheetnames == SHEETS
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions


def test_no_cell_is_a_formula_or_a_link_and_every_text_arrives(opened: Open, hostile_plan: Plan) -> None:
    book = opened(hostile_plan)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert cell.hyperlink is None
    words = {cell.value for name in ("出价", "删词") for cell in _cells(book[name], "关键词")}
    escaped = {"_x0041_": "_x005F_x0041_"}  # as stored; Excel shows the first, openpyxl the second
    assert {escaped.get(text, cell_text(text)) for text in HOSTILE} <= words


def test_no_formula_or_link_in_the_raw_file(hostile_plan: Plan, tmp_path: Path) -> None:
    write_workbook(hostile_plan, tmp_path / "review.xlsx")
    with zipfile.ZipFile(tmp_path / "review.xlsx") as archive:
        names = archive.namelist()
        sheets = [archive.read(name) for name in names if name.startswith("xl/worksheets/sheet")]
    assert not [name for name in names if "externalLink" in name or "worksheets/_rels" in name]
    assert len(sheets) == len(SHEETS)
    for xml in sheets:
        assert b"<f>" not in xml
        assert b"<hyperlink" not in xml


def test_words_to_add_and_to_block_come_with_money_reason_and_days_proposed(opened: Open, plan: Plan) -> None:
    book = opened(plan)
    added, blocked = (
        {h: cells[0].value for h in [c.value for c in book[name][1]] for cells in [_cells(book[name], h)]}
        for name in ("新词", "否词")
    )
    assert (added["采纳"], added["关键词"], added["出价"]) == ("是", "法兰绒毛毯 加厚", 0.62)
    assert (added["预计花费/天"], added["预计收益/天"], added["已建议天数"]) == (12.4, 3.5, 2)
    assert added["理由"]
    assert (blocked["关键词"], blocked["匹配方式"], blocked["预计收益/天"]) == ("免费", "phrase", 4.2)
    assert "出价" not in blocked


def test_ids_and_keywords_are_text(opened: Open, plan: Plan) -> None:
    book = opened(plan)
    for name in ("出价", "删词"):
        for heading in KEY:
            for cell in _cells(book[name], heading):
                assert cell.value is None or isinstance(cell.value, str)
                assert cell.number_format == "@"
    assert {len(cell.value) for cell in _cells(book["出价"], "计划ID")} == {19}


def test_rows_can_be_matched_with_the_plan_by_their_key(opened: Open, plan: Plan) -> None:
    book = opened(plan)
    shown = set()
    for name in ("出价", "删词"):
        shown |= set(zip(*([cell.value or "" for cell in _cells(book[name], k)] for k in KEY), strict=True))
    bids = plan.changes.bids
    assert shown == set(bids[list(bids.columns[:6])].itertuples(index=False, name=None))
    assert len(_cells(book["删词"], "关键词")) == (bids["action"] == "pause").sum()


def test_review_columns_take_yes_or_no_and_a_hand_made_bid(opened: Open, plan: Plan) -> None:
    book = opened(plan)
    for name in ("出价", "预算", "删词"):
        assert {cell.value for cell in _cells(book[name], "采纳")} == {"是"}
        assert '"是,否"' in {rule.formula1 for rule in book[name].data_validations.dataValidation}
    assert {cell.value for cell in _cells(book["出价"], "人工出价")} == {None}


def test_numbers_have_formats_and_unknown_ones_are_blank(opened: Open, plan: Plan) -> None:
    sheet = opened(plan)["出价"]
    assert {cell.number_format for cell in _cells(sheet, "当前出价")} == {"¥#,##0.00"}
    assert {cell.number_format for cell in _cells(sheet, "变动")} == {"0.0%"}
    unknown = plan.changes.bids["current_bid"].isna() & (plan.changes.bids["action"] != "pause")
    assert unknown.any()
    assert sum(cell.value is None for cell in _cells(sheet, "当前出价")) == unknown.sum()
    rules = {rule.type for span in sheet.conditional_formatting for rule in span.rules}
    assert rules == {"cellIs", "dataBar", "colorScale"}


@pytest.mark.parametrize(
    ("currency", "form"), [("USD", "$#,##0.00"), ("AUD", '"A$"#,##0.00'), ("GBP", '"GBP "#,##0.00')]
)
def test_amounts_carry_the_sign_of_the_shop(opened: Open, plan: Plan, currency: str, form: str) -> None:
    sheet = opened(replace(plan, currency=currency))["预算"]
    assert {cell.number_format for cell in _cells(sheet, "建议日限额")} == {form}


def test_changed_bids_stand_before_kept_ones(opened: Open, plan: Plan) -> None:
    sheet = opened(plan)["出价"]
    kept = [cell.value == "不动" for cell in _cells(sheet, "动作")]
    moved = [abs(cell.value) for cell in _cells(sheet, "花费变化/天")]
    assert kept == sorted(kept)
    assert moved == sorted(moved, reverse=True)
    assert all(cell.value for cell in _cells(sheet, "理由"))
    assert all(cell.value.isascii() for cell in _cells(sheet, "Reason"))


def test_notes_name_the_plan_its_columns_and_its_sources(opened: Open, plan: Plan) -> None:
    lines = {(row[0], row[1]): row[2] for row in opened(plan)["说明"].iter_rows(min_row=2, values_only=True)}
    assert lines["计划", "店铺ID"] == "demo"
    assert lines["计划", "决策日"] == "2026-11-21"
    assert lines["计划", "版本"] == "2"
    assert lines["目标", "目标投产比"] == "3.00"
    assert lines["列 · 出价", "当前出价"] == "报表或关键词列表里的出价；空白表示都没有"
    assert lines["数据来源", "bidopt"] == "0.1.0"


def test_notes_sheet_tells_what_holds_for_the_account_in_its_order(opened: Open, plan: Plan) -> None:
    lines = [row[:3] for row in opened(plan)["说明"].iter_rows(min_row=2, values_only=True)]
    assert [line for line in lines if line[0] == "账户层面"] == [
        ("账户层面", "第 1 条", "账户日预算再加 100，预计每天多成交 430"),
        (
            "账户层面",
            "第 2 条",
            "目标投产比 3.00 与各计划的最低日限额冲突：今天最多做到 2.62，每天差 760 成交额",
        ),
    ]


def test_limited_by_is_explained_alike_for_work_bids_and_budgets(opened: Open, plan: Plan) -> None:
    lines = {(row[0], row[1]): row[2] for row in opened(plan)["说明"].iter_rows(min_row=2, values_only=True)}
    told = {lines[f"列 · {sheet}", "受限于"] for sheet in ("今日要做", "出价", "预算", "删词")}
    assert len(told) == 1
    assert told.pop().startswith("什么限制了它")


def test_lone_surrogates_in_findings_can_be_written(opened: Open, plan: Plan) -> None:
    issue = DataIssue("x", "info", "坏字\ud800", "bad", 1, ("\ud800",))
    assert opened(replace(plan, issues=(issue,)))["数据问题"]["B2"].value == "坏字\ufffd"


def test_the_same_plan_gives_the_same_bytes_whenever_it_is_written(plan: Plan, tmp_path: Path) -> None:
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    write_workbook(plan, first)
    write_workbook(plan, second)
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 31, 0, 0, 0)}
        times = set(re.findall(rb"\d{4}-\d\d-\d\dT[^<]*", archive.read("docProps/core.xml")))
        assert times == {b"2026-11-21T00:00:00Z"}


def test_an_empty_plan_gives_all_sheets_but_those_of_words(opened: Open, empty_plan: Plan) -> None:
    book = opened(empty_plan)
    assert book.sheetnames == [name for name in SHEETS if name not in {"新词", "否词"}]
    assert book["出价"].max_row == 1


def test_a_large_shop_is_quick_and_cut_and_says_so(large_plan: Plan, tmp_path: Path) -> None:
    start = time.process_time()
    write_workbook(large_plan, tmp_path / "review.xlsx")
    assert time.process_time() - start < 20
    book = openpyxl.load_workbook(tmp_path / "review.xlsx", read_only=True)
    assert book["出价"].max_row == MOST_ROWS + 1
    notes = [str(row[2]) for row in book["说明"].iter_rows(values_only=True)]
    left = int((large_plan.changes.bids["action"] != "pause").sum()) - MOST_ROWS
    assert any(f"其余 {left:,} 行见 bids.csv" in note for note in notes)
    book.close()
