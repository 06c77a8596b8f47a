"""The charts of a backtest: what came together day by day, and return against spend."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bidopt.domain.metrics import ratio
from bidopt.domain.scorecard import Estimate, PolicyScore, Scorecard
from bidopt.reporting.formats import clip, money
from bidopt.reporting.policy_names import policy_name
from bidopt.reporting.svg import draw

_COLOURS: Final = ("#64748b", "#2563eb", "#059669", "#d97706", "#dc2626", "#7c3aed", "#0891b2", "#be185d")
_FAINT: Final = "#64748b"


def revenue_curve(card: Scorecard) -> str:
    """Revenue that came together day by day, with the first policy's and the baseline's interval."""
    curves = [(score, score.curve.revenue_so_far) for score in card.policies]
    return _so_far(card, "revenue", "累计成交", curves)


def profit_curve(card: Scorecard) -> str:
    """Profit likewise; "" where no margin is known."""
    curves = [(score, score.curve.profit_so_far) for score in card.policies]
    if not np.isfinite([points[-1].value for _, points in curves]).all():
        return ""
    return _so_far(card, "profit", "累计利润", curves)


def _so_far(
    card: Scorecard, name: str, title: str, curves: list[tuple[PolicyScore, tuple[Estimate, ...]]]
) -> str:
    def paint(figure: Figure) -> None:
        axes = figure.add_axes((0.09, 0.1, 0.9, 0.78))
        x = np.arange(len(card.dates))
        banded = card.policies[min(1, len(card.policies) - 1)]  # the first after the log itself
        for (score, points), colour in zip(curves, _colours(card), strict=True):
            axes.plot(
                x, [p.value for p in points], color=colour, linewidth=1.6, label=policy_name(score.policy)
            )
            if score is banded:
                axes.fill_between(
                    x,
                    [p.low for p in points],
                    [p.high for p in points],
                    color=colour,
                    alpha=0.12,
                    linewidth=0,
                )
        step = max(1, -(-len(x) // 8))
        axes.set_xticks(x[::step], [day[5:] for day in card.dates[::step]])
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: money(value, card.currency, 0)))
        band = f"浅色带为“{policy_name(banded.policy)}”的 95% 区间"
        axes.set_title(f"{title}，{band}", loc="left", fontsize=9, color=_FAINT)
        _legend(axes)

    return draw(name, (9.6, 3.6), title, paint)


def spend_chart(card: Scorecard) -> str:
    """Return against spend: each policy with its intervals, and the log with all bids scaled."""

    def paint(figure: Figure) -> None:
        axes = figure.add_axes((0.07, 0.14, 0.92, 0.74))
        curve = [p for p in card.spend_curve if p.cost > 0]
        cost, revenue = np.array([p.cost for p in curve]), np.array([p.revenue for p in curve])
        axes.plot(cost, ratio(revenue, cost), color="#cbd5e1", linewidth=1.4, zorder=1)
        for point, x, y in zip(curve, cost, ratio(revenue, cost), strict=True):
            axes.annotate(f"×{point.factor:g}", (x, y), (0, 5), textcoords="offset points", color="#94a3b8")
        for score, colour in zip(card.policies, _colours(card), strict=True):
            _point(axes, score, colour)
        axes.axhline(card.target_roas, color="#059669", linewidth=1, linestyle=(0, (4, 3)))
        axes.set_xlabel("花费", color=_FAINT, fontsize=9)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: money(value, card.currency, 0)))
        axes.set_title(
            f"投产比，虚线为目标 {card.target_roas:g}，灰线为日志里全部出价同乘一个倍数",
            loc="left",
            fontsize=9,
            color=_FAINT,
        )
        _legend(axes)

    return draw("spend", (9.6, 3.8), "各策略的花费与投产比", paint)


def _point(axes: Axes, score: PolicyScore, colour: str) -> None:
    cost, roas = score.totals.cost, score.totals.roas
    if not np.isfinite([cost.value, roas.value]).all():
        return
    axes.plot([cost.low, cost.high], [roas.value] * 2, color=colour, linewidth=1, alpha=0.6)
    axes.plot([cost.value] * 2, [roas.low, roas.high], color=colour, linewidth=1, alpha=0.6)
    axes.plot(cost.value, roas.value, "o", color=colour, markersize=6, label=policy_name(score.policy))


def _legend(axes: Axes) -> None:
    handles, names = axes.get_legend_handles_labels()
    axes.legend(handles, [clip(name, 20) for name in names], loc="best", frameon=False, fontsize=8.5)


def _colours(card: Scorecard) -> list[str]:
    return [_COLOURS[i % len(_COLOURS)] for i in range(len(card.policies))]
