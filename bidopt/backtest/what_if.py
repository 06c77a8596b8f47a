"""What other goals would bring: today's settings and changed ones on the same drawn shops with the same luck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from bidopt.backtest.fitted_market import FittedMarket
from bidopt.backtest.shop_fit import ShopFit
from bidopt.domain.metrics import Array, number_or_none, ratio
from bidopt.recommender import Recommender

_DRAW, _LUCK = 41, 42  # streams of chance
_COVERAGE = 0.9

FIGURES = {
    "impressions": "每天展现",
    "clicks": "每天点击",
    "cost": "每天花费",
    "orders": "每天成交笔数",
    "revenue": "每天成交金额",
    "roas": "投入产出比",
    "cost_beyond_share": "花费中出价没试过的",
}
"""What is compared; money in the shop's currency, orders and revenue mature."""


@dataclass(frozen=True)
class Arm:
    """One way to run the shop.

    Args:
        recommender: decides.
        without_product: product whose words are paused from the first morning; None: all stay.
    """

    recommender: Recommender
    without_product: str | None = None


@dataclass(frozen=True)
class Range:
    """What to expect and a 90 % interval; None where unknown."""

    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Compared:
    """One figure under both settings, and what the change brings.

    Args:
        name: key of FIGURES.
        current, changed: with the interval of what one may see, luck included.
        difference: changed - today on the same shops, luck left out.
    """

    name: str
    current: Range
    changed: Range
    difference: Range


def play_draw(fit: ShopFit, arms: Sequence[Arm], days: int, seed: int, draw: int) -> pd.DataFrame:
    """Draw one shop and play every arm on it.

    Args:
        fit: of the shop.
        arms: decide from the same facts with the same luck.
        days: to play.
        seed: of chance.
        draw: number of the draw; same numbers, same shop and luck.

    Returns:
        A row per arm and day: arm, draw, and the columns of `FittedMarket.brought`.
    """
    shop = fit.draw(np.random.default_rng([seed, _DRAW, draw]))
    luck = int(np.random.default_rng([seed, _LUCK, draw]).integers(2**31))
    played = []
    for number, arm in enumerate(arms):
        goals = arm.recommender.goals
        market = FittedMarket(luck, fit, shop, goals, without_product=arm.without_product)
        for _ in range(days):
            market.play(arm.recommender.recommend(market.facts(), market.morning).changes)
        played.append(market.brought().assign(arm=number, draw=draw))
    return pd.concat(played, ignore_index=True)


def compare(played: pd.DataFrame) -> tuple[Compared, ...]:
    """Arm 0 beside arm 1.

    Args:
        played: rows of `play_draw` of at least two draws.
    """
    expected, seen = (_per_draw(played, prefix) for prefix in ("expected_", ""))
    return tuple(
        Compared(
            name,
            _range(expected[name][0], seen[name][0]),
            _range(expected[name][1], seen[name][1]),
            _range(expected[name][1] - expected[name][0]),
        )
        for name in FIGURES
    )


def _per_draw(played: pd.DataFrame, prefix: str) -> dict[str, Array]:
    """Figure -> means per day, shape (arms, draws)."""
    means = played.groupby(["arm", "draw"]).mean(numeric_only=True)

    def table(column: str) -> Array:
        values: Array = means[column].to_numpy().reshape(played["arm"].nunique(), -1)
        return values

    tables = {
        name: table(f"{prefix}{name}") for name in ("impressions", "clicks", "cost", "orders", "revenue")
    }
    tables["roas"] = ratio(tables["revenue"], tables["cost"])
    tables["cost_beyond_share"] = np.nan_to_num(ratio(table("expected_cost_beyond"), table("expected_cost")))
    return tables


def _range(expected: Array, seen: Array | None = None) -> Range:
    """Mean of the draws and where one more of them would fall, by Student's t."""
    seen = expected if seen is None else seen
    mean, draws = float(np.mean(expected)), len(expected)
    if draws < 2 or not np.isfinite(mean):
        return Range(number_or_none(mean), None, None)
    reach = float(stats.t.ppf((1 + _COVERAGE) / 2, draws - 1) * seen.std(ddof=1) * np.sqrt(1 + 1 / draws))
    return Range(mean, number_or_none(mean - reach), number_or_none(mean + reach))
