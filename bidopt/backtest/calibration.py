"""Holds a fitted market against the log it was fitted to: the same days at the same bids, played, beside the real ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
from scipy import stats

from bidopt.backtest.auction_day import draw_day
from bidopt.backtest.past_days import PastDays
from bidopt.backtest.shop_fit import DrawnShop, ShopFit
from bidopt.domain.metrics import Array, number_or_none, ratio

_REPLAY = 31  # stream of chance

QUANTILES = (0.5, 0.9, 0.99)

TOTALS = frozenset({"impressions", "clicks", "cost", "orders", "revenue"})
"""Names of the figures that all answers rest on."""

_SURE, _SMALL, _FAR = 0.99, 0.02, 0.1
"""Of 27 figures one in four sound markets has one that lies further off; differences below 2 % are left alone, and of a
tenth too large for a total."""


@dataclass(frozen=True)
class Marginal:
    """One figure of the log and of the drawn shops.

    Args:
        name: stable name.
        chinese: as operators call it.
        real: of the log; None where unknown.
        simulated: mean over the draws; `low` and `high` are the least and largest draw.
        off: whether the log's figure lies further from the draws than chance takes one in a hundred more draws.
    """

    name: str
    chinese: str
    real: float | None
    simulated: float | None
    low: float | None
    high: float | None
    off: bool = False

    @property
    def difference(self) -> float:
        """Simulated against real, as a share; infinite where only the real one is 0, NaN where either is unknown."""
        if self.simulated is None or self.real is None:
            return float("nan")
        if self.real == 0:
            return float("inf") if self.simulated else 0.0
        return self.simulated / self.real - 1


class Trust(Enum):
    """How far a fitted market may be trusted."""

    ALL = "all"
    """No figure is off."""
    MOST = "most"
    """Some are off, but no total by a tenth."""
    NOTHING = "nothing"
    """A total is."""


def trust(marginals: Sequence[Marginal]) -> Trust:
    """What the marginals say of the market they were drawn from."""
    off = [marginal for marginal in marginals if marginal.off]
    if any(marginal.name in TOTALS and not abs(marginal.difference) <= _FAR for marginal in off):
        return Trust.NOTHING
    return Trust.MOST if off else Trust.ALL


def calibration(fit: ShopFit, shops: Sequence[DrawnShop], seed: int) -> tuple[Marginal, ...]:
    """Marginals of the log's newest days beside those of the drawn shops at the same bids, budgets and demand.

    Orders count as far as the reports know them: simulated ones that would not have arrived yet are left out.

    Args:
        fit: beliefs and log.
        shops: drawn from it.
        seed: of luck.
    """
    real = _figures(fit.past, fit.past.impressions, fit.past.clicks, fit.past.cost, _sold(fit.past))
    drawn = [_replayed(fit, shop, [seed, _REPLAY, number]) for number, shop in enumerate(shops)]
    return tuple(
        _marginal(name, chinese, value, [figures[name][1] for figures in drawn])
        for name, (chinese, value) in real.items()
    )


def _marginal(name: str, chinese: str, real: float, drawn: Sequence[float]) -> Marginal:
    known = [value for value in drawn if np.isfinite(value)]
    mean, low, high = (f(known) if known else np.nan for f in (np.mean, np.min, np.max))
    off = _is_off(real, np.array(known))
    return Marginal(
        name,
        chinese,
        number_or_none(real),
        number_or_none(mean),
        number_or_none(low),
        number_or_none(high),
        off=off,
    )


def _is_off(real: float, drawn: Array) -> bool:
    """Whether one more draw would hardly ever lie as far from the others, and the difference is worth a word."""
    if len(drawn) < 2 or not np.isfinite(real):
        return False
    mean, count = float(drawn.mean()), len(drawn)
    noise = float(drawn.std(ddof=1)) * np.sqrt(1 + 1 / count)
    reach = float(stats.t.ppf((1 + _SURE) / 2, count - 1)) * noise
    return bool(abs(real - mean) > max(reach, _SMALL * abs(mean)))


def _sold(past: PastDays) -> tuple[Array, Array]:
    return np.where(past.told, past.orders, 0.0), np.where(past.told, past.revenue, 0.0)


def _replayed(fit: ShopFit, shop: DrawnShop, seed: list[int]) -> dict[str, tuple[str, float]]:
    """The past days played in a drawn shop; the day's shared demand is the one measured, not drawn again."""
    past = fit.past
    tables = [np.zeros(past.impressions.shape) for _ in range(5)]
    chance = replace(shop.chance, shared_demand=0.0)
    for row, demand in enumerate(fit.past_demand):
        rng = np.random.default_rng([*seed, row])
        day = draw_day(rng, shop.world, shop.landscape, shop.conditions(demand), past.controls(row), chance)
        arrived = rng.random(len(day.order_keyword)) < past.matured[row, day.order_keyword]
        arrived &= past.told[row, day.order_keyword]
        keyword, n = day.order_keyword[arrived], past.impressions.shape[1]
        for table, values in zip(
            tables,
            (
                day.impressions,
                day.clicks,
                day.cost,
                np.bincount(keyword, minlength=n),
                np.bincount(keyword, day.order_value[arrived], minlength=n),
            ),
            strict=True,
        ):
            table[row] = values
    return _figures(past, tables[0], tables[1], tables[2], (tables[3], tables[4]))


def _figures(
    past: PastDays, impressions: Array, clicks: Array, cost: Array, sold: tuple[Array, Array]
) -> dict[str, tuple[str, float]]:
    """Name -> (Chinese, value); tables of shape (days, n)."""
    orders, revenue = sold
    days = max(len(past.days), 1)
    of_word = {"impressions": impressions.sum(axis=0), "clicks": clicks.sum(axis=0), "cost": cost.sum(axis=0)}
    clicked = of_word["clicks"][of_word["clicks"] > 0]
    cpc = ratio(of_word["cost"], of_word["clicks"])
    by_day = clicks.sum(axis=1)
    totals = {
        "impressions": ("每天展现", impressions),
        "clicks": ("每天点击", clicks),
        "cost": ("每天花费", cost),
        "orders": ("每天成交笔数(已报)", orders),
        "revenue": ("每天成交金额(已报)", revenue),
    }
    figures = {name: (text, float(table.sum()) / days) for name, (text, table) in totals.items()}
    figures |= {
        "ctr": ("点击率", _share(clicks, impressions)),
        "cpc": ("平均点击花费", _share(cost, clicks)),
        "cvr": ("转化率(已报)", _share(orders, clicks)),
        "order_value": ("客单价", _share(revenue, orders)),
        "no_impressions": ("没有展现的词", float((of_word["impressions"] <= 0).mean())),
        "no_clicks": ("没有点击的词", float((of_word["clicks"] <= 0).mean())),
        "no_orders": ("有点击没成交的词", float((orders.sum(axis=0)[of_word["clicks"] > 0] <= 0).mean())),
        "top_tenth": ("点击最多的一成词占点击", _share_of_top(of_word["clicks"])),
        "day_spread": ("每天点击的波动", float(ratio(by_day.std(), by_day.mean()))),
    }
    for q in QUANTILES:
        figures[f"clicks_q{q}"] = (f"每词点击 {q:.0%} 分位", _quantile(clicked, q))
        figures[f"cpc_q{q}"] = (f"每词点击花费 {q:.0%} 分位", _quantile(cpc[~np.isnan(cpc)], q))
    weekday = np.array([day.weekday() for day in past.days])
    for number, name in enumerate("一二三四五六日"):
        of_day = by_day[weekday == number]
        share = float(ratio(of_day.mean(), by_day.mean())) if len(of_day) else np.nan
        figures[f"weekday_{number}"] = (f"周{name}点击比平均", share)
    return figures


def _share(top: Array, bottom: Array) -> float:
    return float(ratio(top.sum(), bottom.sum()))


def _share_of_top(clicks: Array) -> float:
    most = np.sort(clicks)[::-1][: max(len(clicks) // 10, 1)]
    return float(ratio(most.sum(), clicks.sum()))


def _quantile(values: Array, q: float) -> float:
    return float(np.quantile(values, q)) if len(values) else float("nan")
