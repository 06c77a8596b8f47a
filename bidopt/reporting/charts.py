"""The charts of the report page: each answers one question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

from bidopt.domain.metrics import grade_of, ratio
from bidopt.domain.plan import Plan
from bidopt.reporting.formats import clip, currency_sign, money, number, percent
from bidopt.reporting.svg import draw

MATURE: Final = 0.95
"""A day of which less has arrived is marked as not mature."""

GRADE_COLOURS: Final = {
    "fail": "#dc2626",
    "pass": "#d97706",
    "good": "#2563eb",
    "excellent": "#059669",
    "unknown": "#94a3b8",
}

_INK: Final = "#1e293b"
_FAINT: Final = "#64748b"
_BLUE: Final = "#3b82f6"
_PALE: Final = "#93c5fd"
_GREEN: Final = "#059669"
_MOST_CAMPAIGNS: Final = 12
_MOST_POINTS: Final = 400
_MOST_LABELS: Final = 5


def daily_chart(plan: Plan) -> str:
    """How spend and return went day by day, and which days are still waiting for orders; "" without days."""
    if plan.days.empty:
        return ""

    def paint(figure: Figure) -> None:
        top = figure.add_axes((0.11, 0.55, 0.88, 0.38))
        bottom = figure.add_axes((0.11, 0.08, 0.88, 0.33))
        _daily_roas(top, plan)
        _daily_cost(bottom, plan)
        dates = pd.to_datetime(plan.days["date"]).dt.strftime("%m-%d").tolist()
        for axes in (top, bottom):
            axes.set_xlim(-0.7, len(dates) - 0.3)
            step = max(1, -(-len(dates) // 7))
            axes.set_xticks(range(0, len(dates), step), dates[::step] if axes is bottom else [])

    return draw("daily", (5.2, 3.3), "每日花费和投产比", paint)


def _daily_roas(axes: Axes, plan: Plan) -> None:
    days, target = plan.days, plan.goals.target_roas
    x = np.arange(len(days))
    reported = ratio(days["revenue"], days["cost"])
    mature = ratio(reported, days["matured"])
    ripe = (days["matured"] >= MATURE).to_numpy()
    axes.axhline(target, color=_GREEN, linewidth=1, linestyle=(0, (4, 3)))
    axes.plot(x, reported, color="#94a3b8", linewidth=1, linestyle=":")
    axes.plot(x, mature, color=_BLUE, linewidth=1.6)
    axes.plot(x[ripe], mature[ripe], "o", color=_BLUE, markersize=3.5)
    axes.plot(x[~ripe], mature[~ripe], "o", markerfacecolor="#ffffff", markeredgecolor=_BLUE, markersize=4.5)
    highest = np.nanmax([target, *reported, *mature])
    axes.set_ylim(0, highest * 1.15)
    axes.yaxis.set_major_locator(MaxNLocator(4))
    _title(axes, f"成熟投产比（实线）、目前已报（点线）、目标 {target:g}（虚线）")


def _daily_cost(axes: Axes, plan: Plan) -> None:
    days = plan.days
    ripe = (days["matured"] >= MATURE).to_numpy()
    cost = np.nan_to_num(days["cost"].to_numpy())
    x = np.arange(len(days))
    axes.bar(x[ripe], cost[ripe], width=0.7, color=_BLUE)
    axes.bar(x[~ripe], cost[~ripe], width=0.7, color=_PALE, hatch="////")
    axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.yaxis.set_major_formatter(FuncFormatter(_money_axis(plan)))
    _title(axes, "花费，斜纹为订单还没有到齐的日子")


def campaign_chart(plan: Plan) -> str:
    """Which campaigns reach the target, largest spenders first; "" where none is judged."""
    known = plan.campaigns[plan.campaigns["mature_roas"].notna()]
    shown = known.sort_values("cost", ascending=False, kind="stable").head(_MOST_CAMPAIGNS)
    if shown.empty:
        return ""

    height = 0.6 + 0.26 * len(shown)

    def paint(figure: Figure) -> None:
        axes = figure.add_axes((0.29, 0.42 / height, 0.68, 1 - 0.5 / height))
        y = np.arange(len(shown))[::-1]
        roas = shown["mature_roas"].to_numpy()
        axes.barh(y, roas, height=0.62, color=[GRADE_COLOURS[grade] for grade in shown["grade"]])
        target = plan.goals.target_roas
        axes.axvline(target, color=_INK, linewidth=1, linestyle=(0, (4, 3)))
        axes.set_xlim(0, max(float(roas.max()), target) * 1.12)
        axes.set_ylim(-0.8, len(shown) - 0.2)
        titles = shown["name"].where(shown["name"] != "", shown["campaign_id"])
        axes.set_yticks(y, [clip(title, 20) for title in titles])
        axes.grid(visible=False)
        for position, value in zip(y, roas, strict=True):
            _label(axes, value, position, f"{value:.2f}")
        axes.set_xlabel(f"成熟投产比，虚线为目标 {target:g}", color=_FAINT, fontsize=9)

    return draw("campaigns", (5.2, height), "各计划的成熟投产比与目标", paint)


def keyword_chart(plan: Plan, rows: pd.DataFrame) -> str:
    """Which words are shown and clicked, and where the money goes; "" where nothing was shown.

    Args:
        plan: the plan told of.
        rows: its `keyword_rows`; the words that cost most are drawn.
    """
    shown = rows[(rows["impressions"] > 0) & (rows["cost"] > 0) & (rows["clicks"] > 0)]
    shown = shown.sort_values("cost", ascending=False, kind="stable").head(_MOST_POINTS)
    if shown.empty:
        return ""

    def paint(figure: Figure) -> None:
        axes = figure.add_axes((0.06, 0.13, 0.93, 0.79))
        rate = ratio(shown["clicks"], shown["impressions"])
        x = shown["impressions"].to_numpy()
        axes.set_xscale("log")
        _bubbles(axes, plan, shown, x, rate)
        axes.axvline(float(np.median(x)), color="#cbd5e1", linewidth=1)
        axes.axhline(float(np.median(rate)), color="#cbd5e1", linewidth=1)
        axes.set_xlim(x.min() * 0.7, x.max() * 1.4)
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_ylim(0, float(np.quantile(rate, 0.995)) * 1.2)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(value)))
        axes.set_xlabel("展现量（对数）", color=_FAINT, fontsize=9)
        _title(axes, "点击率")

    return draw("keywords", (9.6, 4.0), "关键词的展现量与点击率", paint)


def _bubbles(axes: Axes, plan: Plan, shown: pd.DataFrame, x: Any, y: Any) -> None:  # noqa: ANN401  float arrays
    # Sizes go in steps and points by marker: one symbol is reused instead of a path per point.
    cost = shown["cost"].to_numpy()
    step = np.ceil(4 * np.sqrt(cost / cost.max())).astype(int)
    grades = plan.goals.roas_grades
    named = np.array([grade_of(v, grades.passing, grades.good, grades.excellent) for v in shown["roas"]])
    for size in (4, 3, 2, 1):
        for name, colour in GRADE_COLOURS.items():
            here = (step == size) & (named == name)
            axes.plot(x[here], y[here], "o", markersize=4 * size, color=colour, alpha=0.55, markeredgewidth=0)
    for row in range(min(_MOST_LABELS, len(shown))):
        inward = -1 if x[row] > x.max() ** 0.7 * x.min() ** 0.3 else 1
        _label(axes, x[row], y[row], clip(shown["keyword"].iloc[row], 16), gap=inward * (2 * step[row] + 2))


def _title(axes: Axes, text: str) -> None:
    axes.set_title(text, loc="left", fontsize=9, color=_FAINT, pad=6)


def _label(axes: Axes, x: float, y: float, text: str, gap: float = 4) -> None:
    side = "left" if gap > 0 else "right"
    axes.annotate(
        text, (x, y), (gap, 0), textcoords="offset points", ha=side, va="center", color=_INK, fontsize=8.5
    )


def _money_axis(plan: Plan) -> Callable[[float, int], str]:
    def show(value: float, _position: int) -> str:
        tenthousand = 10_000
        if plan.currency == "CNY" and value >= tenthousand:
            return f"{currency_sign(plan.currency)}{value / tenthousand:g}万"
        return money(value, plan.currency, 0)

    return show
