"""One day of a simulated shop: what is expected of it, and what luck makes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bidopt.backtest.controls import Controls
from bidopt.backtest.days import TrueConditions
from bidopt.backtest.landscape import Landscape
from bidopt.backtest.world import EXTRA_ITEMS, VALUE_SPREAD, Ints, World
from bidopt.domain.metrics import Array, ratio

DEMAND_NOISE = 0.2
"""Standard deviation of a keyword's searches around their mean, as a share, beside the noise of counting."""

SHARED_SHOCK, OWN_SHOCK = 0.08, 0.10
"""Standard deviations of the log of what rivals bid on a day: of all keywords together, and of each."""

SHOCK = float(np.hypot(SHARED_SHOCK, OWN_SHOCK))
"""Standard deviation of both together."""

LONGEST_LAG = 15
"""Mornings until the last order of a day is reported."""

ARRIVED: Array = np.interp(np.arange(1, LONGEST_LAG + 1), [1, 3, 7, 15], [0.65, 0.80, 0.92, 1.0])
"""Share of a day's orders that reports know 1, 2 ... 15 mornings later, where the lag exponent is 1."""

_PRICE_NOISE = 0.1


@dataclass(frozen=True)
class HappenedDay:
    """What happened; a row per keyword, and below a row per order.

    Args:
        order_keyword: row of the order's keyword.
        order_lag: mornings until a report knows it, 1-15.
        order_value: currency, to the cent.
    """

    impressions: Array
    clicks: Array
    cost: Array
    rank: Array
    order_keyword: Ints
    order_lag: Ints
    order_value: Array


def expected_day(
    world: World, averaged: Landscape, truth: TrueConditions, controls: Controls
) -> tuple[float, float]:
    """Expected cost and mature revenue of a day at the bids and budgets in force.

    Args:
        world: the shop.
        averaged: landscape averaged over the day's shocks.
        truth: what the day is like.
        controls: bids and budgets.
    """
    traffic = averaged.traffic(controls.offered, truth.demand, truth.shift, world.quality)
    bought = _affordable(world, traffic.cost, controls.budgets)
    value = truth.cvr * truth.sellable * world.order_value
    return float(bought @ traffic.cost), float(bought @ (traffic.clicks * value))


def _affordable(world: World, cost: Array, budgets: Array) -> Array:
    """Share of the day that each keyword's campaign can pay for, shape (n,)."""
    spent = np.bincount(world.campaign_of, cost, minlength=len(budgets))
    share = np.where(spent > budgets, ratio(budgets, spent), 1.0)
    return share[world.campaign_of]


def draw_day(
    rng: np.random.Generator,
    world: World,
    landscape: Landscape,
    truth: TrueConditions,
    controls: Controls,
) -> HappenedDay:
    """Draw a day.

    Args:
        rng: luck of the day; shocks and searches are drawn first, so that they do not depend on the bids.
        world: the shop.
        landscape: of a given shift.
        truth: what the day is like.
        controls: bids and budgets.
    """
    n = len(world.keywords)
    shock = SHARED_SHOCK * rng.normal() + OWN_SHOCK * rng.normal(size=n)
    searches = truth.demand * rng.gamma(DEMAND_NOISE**-2, DEMAND_NOISE**2, n)
    noise = rng.normal(size=n)
    bids = controls.offered
    traffic = landscape.traffic(bids, searches, truth.shift + shock, world.quality)
    impressions = rng.poisson(traffic.impressions)
    clicks = rng.binomial(
        impressions, np.nan_to_num(np.minimum(ratio(traffic.clicks, traffic.impressions), 1.0))
    )
    mean: Array = np.nan_to_num(ratio(traffic.cost, traffic.clicks))
    spread = np.minimum(_PRICE_NOISE * mean, (bids - mean) / 3)  # stays below the bid without moving the mean
    cpc: Array = np.minimum(mean + spread * noise / np.sqrt(np.maximum(clicks, 1)), bids)

    # A campaign whose money runs out buys that share of the day only.
    share = _affordable(world, clicks * cpc, controls.budgets)
    impressions, clicks = _thinned(rng, impressions, clicks, share)
    cost = clicks * cpc
    cost = np.floor(cost * _affordable(world, cost, controls.budgets) * 100 + 1e-6) / 100
    orders = rng.binomial(clicks, truth.cvr * truth.sellable)
    keyword = np.repeat(np.arange(n), orders)
    return HappenedDay(
        impressions=impressions.astype(np.float64),
        clicks=clicks.astype(np.float64),
        cost=cost,
        rank=_mean_positions(rng, traffic.rank, impressions),
        order_keyword=keyword,
        order_lag=1 + np.searchsorted(ARRIVED, rng.random(len(keyword)) ** (1 / truth.lag[keyword])),
        order_value=_order_values(rng, world, keyword),
    )


def _thinned(rng: np.random.Generator, impressions: Ints, clicks: Ints, share: Array) -> tuple[Ints, Ints]:
    """What is left of a day's counts; clicks and impressions without a click are thinned alike."""
    kept = rng.binomial(clicks, share)
    return kept + rng.binomial(impressions - clicks, share), kept


def _mean_positions(rng: np.random.Generator, expected: Array, impressions: Ints) -> Array:
    """Average position over a day's impressions, as reports round it; NaN without any."""
    spread = np.sqrt(np.maximum(np.nan_to_num(expected - 1), 0.0) / np.maximum(impressions, 1))
    drawn = np.maximum(expected + spread * rng.normal(size=len(expected)), 1.0)
    return np.where(impressions > 0, np.round(drawn, 1), np.nan)


def _order_values(rng: np.random.Generator, world: World, keyword: Ints) -> Array:
    """Revenue of each order: one item or more, at prices around the usual; the mean is `order_value`."""
    item = world.order_value[keyword] / (1 + EXTRA_ITEMS)
    items = rng.geometric(1 / (1 + EXTRA_ITEMS), len(keyword))
    paid = rng.lognormal(-(VALUE_SPREAD**2) / 2, VALUE_SPREAD, len(keyword))
    values: Array = np.round(item * items * paid, 2)
    return values
