"""A whole platform's money column off by a factor: yuan read as fen, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from bidopt.domain.data_issue import DataIssue
from bidopt.domain.metrics import ratio
from bidopt.facts.health.check import HISTORY_DAYS, RECENT_DAYS, HealthCase, HealthCheck, HealthRules

_LEAST_DAYS = 3
"""Earlier days that make a median."""

_LEAST_BIDS = 5
"""Keywords with a bid that make a day's median bid."""


class UnitSlip(HealthCheck):
    """Cost per click, order value and bid of each newest day against the median of the days before.

    Ordinary days stay well within a factor of five; 元 for 分 is a factor of a hundred. The finding blocks.
    """

    def issues(self, case: HealthCase) -> Iterator[DataIssue]:
        """One finding per platform and column."""
        for platform, rows in case.facts.keyword_days.groupby("platform"):
            for column, measure, days in _daily(rows, case.rules):
                off, usual = _off(days, case.rules.unit_slip_ratio)
                if len(off):
                    named = "、".join(f"{day:%Y-%m-%d}" for day in off.index)
                    yield DataIssue(
                        "unit_slip",
                        "block",
                        f"{platform} 的“{column}”疑似单位错误（元/分混用）：{named} 的{measure}是平时（{usual:.4g}）的 "
                        f"{off.iloc[-1] / usual:.3g} 倍。已停止出价；请核对这几天的报表，改正后重新导入。",
                        f"{platform}: column {column} looks like a unit slip (yuan/fen) on {named}: "
                        f"{off.iloc[-1] / usual:.3g} times the usual {usual:.4g}.",
                        len(off),
                        tuple(
                            f"{day:%Y-%m-%d}，{measure} {value:.6g}，平时 {usual:.6g}"
                            for day, value in off.items()
                        ),
                    )


def _daily(rows: pd.DataFrame, rules: HealthRules) -> Iterator[tuple[str, str, pd.Series[float]]]:
    """Column in question, what is measured, and its value on each day that has enough rows to tell."""
    newest = rows["date"].max()
    rows = rows[rows["date"] > newest - pd.Timedelta(days=RECENT_DAYS + HISTORY_DAYS)]
    cost, clicks = _sums(rows, "cost", "clicks")
    yield "花费", "平均点击花费", _values(cost, clicks, rules.min_clicks_for_unit_slip)
    revenue, orders = _sums(rows, "revenue", "conversions")
    yield "成交金额", "平均每笔成交金额", _values(revenue, orders, rules.min_orders_for_unit_slip)
    bids = rows.dropna(subset="bid").groupby("date")["bid"].agg(["median", "size"])
    yield "出价", "出价中位数", bids.loc[bids["size"] >= _LEAST_BIDS, "median"]


def _sums(rows: pd.DataFrame, top: str, bottom: str) -> tuple[pd.Series[float], pd.Series[float]]:
    sums = rows.dropna(subset=[top, bottom]).groupby("date")[[top, bottom]].sum()
    return sums[top], sums[bottom]


def _values(top: pd.Series[float], bottom: pd.Series[float], least: int) -> pd.Series[float]:
    """Quotient of each day; days with less than `least` below the line are left out."""
    enough = bottom >= least
    return pd.Series(ratio(top[enough], bottom[enough]), index=top[enough].index)


def _off(days: pd.Series[float], times: float) -> tuple[pd.Series[float], float]:
    """The recent days that are `times` off the median of the earlier ones, and that median."""
    if days.empty:
        return days, np.nan
    recent = days.index > days.index.max() - pd.Timedelta(days=RECENT_DAYS)
    earlier = days[~recent]
    usual = float(earlier.median()) if len(earlier) >= _LEAST_DAYS else np.nan
    now = days[recent]
    return (now[(now >= usual * times) | (now <= usual / times)], usual) if usual > 0 else (now[:0], usual)
