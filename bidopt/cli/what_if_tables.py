"""Prints what a what-if found: both settings side by side, and how well the fitted market matches the log."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.console import Console
from rich.table import Table

from bidopt.backtest.calibration import Marginal, Trust, trust
from bidopt.backtest.what_if import FIGURES, Range
from bidopt.domain.goals import Goals
from bidopt.jobs.what_if import WhatIf

_SHARES = (
    "cost_beyond_share",
    "ctr",
    "cvr",
    "no_impressions",
    "no_clicks",
    "no_orders",
    "top_tenth",
    "day_spread",
)


_SMALLEST = 0.005
"""Difference from which it is told as a number: a smaller one would be told as 0 %."""


def print_what_if(answer: WhatIf) -> None:
    """Print the answer as tables."""
    console = Console()
    console.print(
        f"从 {answer.as_of} 起模拟 {answer.days} 天，{answer.draws} 个按店铺数据抽出的市场，两边运气相同。",
        markup=False,
    )
    table = Table(
        "", f"现在 ({_goals(answer.current)})", f"改后 ({_goals(answer.changed, answer.dropped)})", "差别"
    )
    for row in answer.compared:
        cells = (_range(row.name, r) for r in (row.current, row.changed))
        table.add_row(FIGURES[row.name], *cells, _range(row.name, row.difference, sign=True))
    console.print(table)
    console.print(
        "括号里是 90% 区间: 前两列含运气，差别不含。“出价没试过的”越多，结果越靠推断。加词、否词、标题不在模拟内。",
        markup=False,
    )
    console.print(f"\n拟合得像不像: 最近 {answer.past_days} 天，同样的出价和预算", markup=False)
    held = Table("", "真实", "模拟", "模拟最低~最高", "")
    for line in answer.calibration:
        numbers = [_number(line.name, value) for value in (line.real, line.simulated, line.low, line.high)]
        held.add_row(
            line.chinese, numbers[0], numbers[1], f"{numbers[2]} ~ {numbers[3]}", calibration_mark(line)
        )
    console.print(held)
    console.print(trust_sentence(answer.calibration), markup=False)


def calibration_mark(line: Marginal) -> str:
    """What stands beside a figure of the log that the simulated ones do not hold; empty where they do."""
    if line.off:
        return "对不上"
    if line.real is None or line.low is None or line.high is None or line.low <= line.real <= line.high:
        return ""
    return "真实在模拟范围外，还在运气之内"


def trust_sentence(marginals: Sequence[Marginal]) -> str:
    """Whether the fitted market may be trusted, and what of it not."""
    off = "、".join(f"{line.chinese} ({_difference(line)})" for line in marginals if line.off)
    return {
        Trust.ALL: "对得上: 没有一项和真实数据差得超出运气，上面的结果可以参考。",
        Trust.MOST: f"大体对得上；超出运气的差别有: {off}。上面“现在”“改后”两列可能偏得一样多，先按它改回来再看；"
        "“差别”两边偏得一样，影响小些。小词和个别日子的数字别细看。",
        Trust.NOTHING: f"对不上: {off} 差得超出运气。上面的金额别当真，只看改动的方向；先查数据是否完整 (bidopt doctor)。",
    }[trust(marginals)]


def _difference(line: Marginal) -> str:
    if np.isfinite(line.difference):
        size = "不足 1%" if abs(line.difference) < _SMALLEST else f"{abs(line.difference):.0%}"
        return f"模拟偏{'高' if line.difference > 0 else '低'} {size}"
    return "比不了" if line.real else "真实是 0"


def _goals(goals: Goals, dropped: str | None = None) -> str:
    budget = "计划限额之和" if goals.daily_budget is None else f"{goals.daily_budget:g}"
    without = f"，停 {dropped}" if dropped else ""
    return f"预算 {budget}，目标 {goals.target_roas:g}{without}"


def _range(name: str, found: Range, *, sign: bool = False) -> str:
    numbers = [_number(name, value, sign=sign) for value in (found.mean, found.low, found.high)]
    return f"{numbers[0]}  ({numbers[1]} ~ {numbers[2]})"


def _number(name: str, value: float | None, *, sign: bool = False) -> str:
    if value is None:
        return "—"
    plus = "+" if sign else ""
    if name in _SHARES:
        return f"{value:{plus}.1%}"
    return f"{value:{plus},.0f}" if abs(value) >= 100 else f"{value:{plus},.2f}"
