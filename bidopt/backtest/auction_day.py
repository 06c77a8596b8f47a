"""One day of a simulated shop: what is expected of it, and what luck makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field

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
class Chance:
    """How far days stray from what is expected of them.

    Args:
        demand: standard deviation of a keyword's searches as a share of their mean, beside the noise of counting.
        shared_demand: the same of the whole shop's searches, in logarithms.
        shared_shock, own_shock: of what rivals bid, in logarithms: of all keywords together, and of each.
        arrived: share of a day's orders that reports know 1, 2 ... mornings later, shape (curves, mornings).
        curve_of: curve of each keyword, shape (n,); None: all go by the first.
        extra_items: mean number of further items in an order; their number is geometric.
        value_spread: standard deviation of the log of what an item is paid.
    """

    demand: float = DEMAND_NOISE
    shared_demand: float = 0.0
    shared_shock: float = SHARED_SHOCK
    own_shock: float = OWN_SHOCK
    arrived: Array = field(default_factory=lambda: ARRIVED[None, :])
    curve_of: Ints | None = None
    extra_items: float = EXTRA_ITEMS
    value_spread: float = VALUE_SPREAD

    def lags(self, rng: np.random.Generator, keyword: Ints, slowness: Array) -> Ints:
        """Mornings until a report knows each order, from 1; `slowness` is the exponent on its curve."""
        curve = 0 if self.curve_of is None else self.curve_of[keyword]
        drawn = rng.random(len(keyword)) ** (1 / slowness)
        lags: Ints = 1 + (self.arrived[curve] < drawn[:, None]).sum(axis=1)
        return lags


USUAL_CHANCE = Chance()
"""Of the simulated shops."""


@dataclass(frozen=True)
class ExpectedDay:
    """What a day brings before any luck at the bids and budgets in force; arrays of shape (n,), money in currency.

    Args:
        impressions, clicks, cost: of the day.
        orders, revenue: mature.
    """

    impressions: Array
    clicks: Array
    cost: Array
    orders: Array
    revenue: Array


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
    """Expected cost and mature revenue of a day at the bids and budgets in force; arguments as of `expected_words`."""
    day = expected_words(world, averaged, truth, controls)
    return float(day.cost.sum()), float(day.revenue.sum())


def expected_words(
    world: World, averaged: Landscape, truth: TrueConditions, controls: Controls
) -> ExpectedDay:
    """What each keyword is expected to bring.

    Args:
        world: the shop.
        averaged: landscape averaged over the day's shocks.
        truth: what the day is like.
        controls: bids and budgets.
    """
    traffic = averaged.traffic(controls.offered, truth.demand, truth.shift, world.quality)
    bought = _affordable(world, traffic.cost, controls.budgets)
    orders = bought * traffic.clicks * truth.cvr * truth.sellable
    return ExpectedDay(
        impressions=bought * traffic.impressions,
        clicks=bought * traffic.clicks,
        cost=bought * traffic.cost,
        orders=orders,
        revenue=orders * world.order_value,
    )


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
    chance: Chance = USUAL_CHANCE,
) -> HappenedDay:
    """Draw a day.

    Args:
        rng: luck of the day; shocks and searches are drawn first, so that they do not depend on the bids.
        world: the shop.
        landscape: of a given shift.
        truth: what the day is like.
        controls: bids and budgets.
        chance: how far the day may stray.
    """
    n = len(world.keywords)
    shock = chance.shared_shock * rng.normal() + chance.own_shock * rng.normal(size=n)
    searches = truth.demand * rng.gamma(chance.demand**-2, chance.demand**2, n)
    noise = rng.normal(size=n)
    if chance.shared_demand:
        searches *= rng.lognormal(-(chance.shared_demand**2) / 2, chance.shared_demand)
    bids = controls.offered
    traffic = landscape.traffic(bids, searches, truth.shift + shock, world.quality)
    impressions = rng.poisson(traffic.impressions)
    clicks = rng.binomial(
        impressions, np.nan_to_num(np.minimum(ratio(traffic.clicks, traffic.impressions), 1.0))
    )
    mean: Array = np.nan_to_num(ratio(traffic.cost, traffic.clicks))
    most = np.maximum(bids, mean)  # platforms with a premium charge more than the bid
    spread = np.minimum(_PRICE_NOISE * mean, (most - mean) / 3)  # stays below the bid without moving the mean
    cpc: Array = np.minimum(mean + spread * noise / np.sqrt(np.maximum(clicks, 1)), most)

    impressions, clicks = _until_the_money_is_gone(rng, world, impressions, clicks, cpc, controls.budgets)
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
        order_lag=chance.lags(rng, keyword, truth.lag[keyword]),
        order_value=_order_values(rng, world, keyword, chance),
    )


def _until_the_money_is_gone(
    rng: np.random.Generator, world: World, impressions: Ints, clicks: Ints, cpc: Array, budgets: Array
) -> tuple[Ints, Ints]:
    """Impressions and clicks before their campaign's budget is used up, to which the last click goes.

    Clicks of a day come in any order; where the money for them ends, the day ends for all words of the campaign.
    """
    spent = np.bincount(world.campaign_of, clicks * cpc, minlength=len(budgets))
    short = np.flatnonzero((spent > budgets)[world.campaign_of])
    if not len(short):
        return impressions, clicks
    word = rng.permutation(np.repeat(short, clicks[short]))
    campaign = world.campaign_of[word]
    order = np.argsort(campaign, kind="stable")
    word, campaign = word[order], campaign[order]
    before = np.cumsum(cpc[word]) - cpc[word]
    begins = np.searchsorted(campaign, np.arange(len(budgets)))
    before -= before[np.minimum(begins, len(before) - 1)][campaign]
    bought = before < budgets[campaign]
    kept = clicks.copy()
    kept[short] = np.bincount(word[bought], minlength=len(clicks))[short]
    lasted = ratio(np.bincount(campaign, bought), np.bincount(campaign))[world.campaign_of[short]]
    seen = impressions.copy()
    seen[short] = kept[short] + rng.binomial((impressions - clicks)[short], lasted)
    return seen, kept


def _mean_positions(rng: np.random.Generator, expected: Array, impressions: Ints) -> Array:
    """Average position over a day's impressions, as reports round it; NaN without any."""
    spread = np.sqrt(np.maximum(np.nan_to_num(expected - 1), 0.0) / np.maximum(impressions, 1))
    drawn = np.maximum(expected + spread * rng.normal(size=len(expected)), 1.0)
    return np.where(impressions > 0, np.round(drawn, 1), np.nan)


def _order_values(rng: np.random.Generator, world: World, keyword: Ints, chance: Chance) -> Array:
    """Revenue of each order: one item or more, at prices around the usual; the mean is `order_value`."""
    item = world.order_value[keyword] / (1 + chance.extra_items)
    items = rng.geometric(1 / (1 + chance.extra_items), len(keyword))
    paid = rng.lognormal(-(chance.value_spread**2) / 2, chance.value_spread, len(keyword))
    values: Array = np.round(item * items * paid, 2)
    return values
