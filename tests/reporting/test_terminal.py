"""The terminal summary fits the screen, is plain in a pipe, and runs no codes found in the data."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from bidopt.domain.plan import Plan
from bidopt.reporting.terminal import print_summary


def _printed(plan: Plan, width: int, *, terminal: bool = False, report: Path | None = None) -> str:
    out = io.StringIO()
    print_summary(
        plan, Console(file=out, width=width, force_terminal=terminal, color_system=None), report=report
    )
    return out.getvalue()


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("terminal", [False, True])
def test_lines_fit_the_screen_and_no_number_is_cut(hostile_plan: Plan, width: int, *, terminal: bool) -> None:
    text = _printed(hostile_plan, width, terminal=terminal)
    assert max(cell_len(line) for line in text.splitlines()) <= width
    assert "-¥5,039.55" in text


def test_summary_says_what_matters(plan: Plan) -> None:
    text = _printed(plan, 80)
    for part in (
        "暖冬家纺旗舰店",
        "2026-11-21",
        "目标投产比 3.00",
        "及格",
        "调价",
        "删词 15",
        "今日要做",
        "[留意] 缺 2 天",
    ):
        assert part in text
    assert "点击价值" not in text
    assert "点击价值" in _printed(plan, 120)


def test_what_holds_for_the_account_is_told_before_the_data_problems(plan: Plan) -> None:
    text = _printed(plan, 80)
    assert "[账户层面] 账户日预算再加 100，预计每天多成交 430\n" in text
    assert text.index("[账户层面]") < text.index("[留意]")
    many = _printed(replace(plan, notes=plan.notes * 4), 80)
    assert many.count("[账户层面]") == 5
    assert "账户层面还有 3 条，见报告" in many
    assert "账户层面" not in _printed(replace(plan, notes=()), 80)


def test_a_pipe_gets_neither_codes_nor_frames(plan: Plan) -> None:
    text = _printed(plan, 80)
    assert "\x1b" not in text
    assert not set("╭│─━") & set(text)


def test_texts_of_the_data_are_not_obeyed(hostile_plan: Plan) -> None:
    text = _printed(hostile_plan, 120, terminal=True)
    assert "\x1b[31m" not in text
    assert "\u202e" not in text
    assert "[拦截] 平均点击花费" in text


def test_the_report_is_named(plan: Plan) -> None:
    long = Path("plans") / ("深" * 60) / "report.html"
    assert f"报告：{long}\n" in _printed(plan, 80, report=long)


def test_an_empty_plan_prints(empty_plan: Plan) -> None:
    assert "今天没有要改的" in _printed(empty_plan, 80)
