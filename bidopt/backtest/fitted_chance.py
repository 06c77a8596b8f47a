"""How far a shop's days stray from what is expected of them, measured on its log: for markets fitted to it."""

from __future__ import annotations

import numpy as np

from bidopt.backtest.auction_day import Chance
from bidopt.backtest.past_days import PastDays
from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.conversion_delay import learn_delays
from bidopt.evidence.evidence import Evidence, EvidenceSettings
from bidopt.facts.fact_tables import FactTables

_LEAST_NOISE, _MOST_NOISE, _USUAL_NOISE = 0.05, 1.5, 0.3
_ORDER_SPREAD, _SALES_WORTH = 0.6, 20.0
"""Relative standard deviation of one order's value before the shop's own orders say otherwise, and its worth in days."""


def fitted_chance(
    facts: FactTables,
    evidence: Evidence,
    settings: EvidenceSettings,
    past: PastDays,
    demand: Array,
    spread: float,
    order_value: Array,
) -> Chance:
    """How far the shop's days stray, measured on its log; orders arrive by its platforms' own delays.

    Args:
        facts: known on the morning.
        evidence: gathered from them.
        settings: that it was gathered with.
        past: the newest days.
        demand: of each relative to an ordinary day, shape (days,).
        spread: standard deviation of the log of a day's demand around its weekday.
        order_value: expected of each keyword, shape (n,), currency.
    """
    delays = learn_delays(
        facts.restatements, facts.attribution_windows, settings.conversion_window, settings.delay_strength
    )
    names, platform = np.unique(evidence.keywords["platform"].to_numpy(dtype=str), return_inverse=True)
    longest = max(len(delays.curves.get(str(name), delays.default).matured) for name in names) - 1
    mornings = np.arange(1, longest + 1)
    arrived = np.stack([delays.at(np.full(longest, name, dtype=object), mornings) for name in names])
    return Chance(
        demand=_demand_noise(past, demand),
        shared_demand=spread,
        shared_shock=0.0,  # the shape was learned from days with their shocks in it
        own_shock=0.0,
        arrived=arrived,
        curve_of=platform.astype(np.int64),
        extra_items=0.0,
        value_spread=_value_spread(past, order_value),
    )


def _demand_noise(past: PastDays, demand: Array) -> float:
    """Relative standard deviation of a keyword's daily impressions beyond counting, by moments.

    Impressions are taken to follow the day's demand and the bid; of var = mean + noise^2 mean^2 the noise is left.
    """
    push = past.offered * demand[:, None]
    days = np.maximum((push > 0).sum(axis=0), 1)
    due = push * ratio(past.impressions.sum(axis=0), push.sum(axis=0))
    due = np.nan_to_num(due)
    usable = (days >= 4) & (due.sum(axis=0) > 0)
    due, seen = due[:, usable], past.impressions[:, usable]
    freedom = (days / np.maximum(days - 1, 1))[usable]
    weight = 1 / (1 + _USUAL_NOISE**2 * due) ** 2  # the inverse of the squares' variance, but for a factor
    excess = (weight * ((seen - due) ** 2 * freedom - due)).sum()
    scale = (weight * due**2).sum()
    if scale <= 0:
        return _USUAL_NOISE
    return float(np.clip(np.sqrt(max(excess / scale, 0.0)), _LEAST_NOISE, _MOST_NOISE))


def _value_spread(past: PastDays, mean: Array) -> float:
    """Standard deviation of the log of an order's value, from the days that sold."""
    sold = past.told & (past.orders >= 1) & (mean > 0)
    orders, expected = past.orders[sold], np.broadcast_to(mean, sold.shape)[sold]
    squares = (past.revenue[sold] / expected - orders) ** 2 / orders
    variance = (squares.sum() + _SALES_WORTH * _ORDER_SPREAD**2) / (len(squares) + _SALES_WORTH)
    return float(np.sqrt(np.log1p(variance)))
