"""The keyword-days of a log on which a policy runs, with what the log and the model say of them at the policy's bids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bidopt.backtest.drawn_luck import Luck
from bidopt.backtest.drawn_ratios import Way
from bidopt.backtest.logged_days import LoggedDays, Mask
from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.keyword_index import Ints, sums

MOST_CARRIED = 3.0
"""Largest factor by which a logged residual is carried over to another bid."""


@dataclass(frozen=True)
class OwnDays:
    """What a policy would have had in force.

    Args:
        bid: shape (n, D), in the log's terms: currency where bids are known, else logged stand-in x relative change.
        running: shape (n, D).
        budget: shape (c, D); NaN where there is none.
    """

    bid: Array
    running: Mask
    budget: Array


@dataclass(frozen=True)
class Model:
    """What the model says of each cell at its own bid, each of shape (cells,).

    Args:
        cost: expected of a whole day.
        revenue: likewise, as far as the log's residual is carried over; `alone` beyond that.
        alone: revenue that rests on the model alone.
        kept, kept_cost: factors by which the log's residuals of revenue and of cost are carried over.
    """

    cost: Array
    revenue: Array
    alone: Array
    kept: Array
    kept_cost: Array


@dataclass(frozen=True)
class Parts:
    """The estimate.

    Args:
        by_day: cost, revenue and earned, shape (3, D).
        spent: cost of each cell, shape (cells,).
        alone: revenue that rests on the model alone.
    """

    by_day: Array
    spent: Array
    alone: float


@dataclass(frozen=True)
class Cells:
    """Running keyword-days, each array of shape (cells,) unless said otherwise.

    Args:
        keyword, campaign_day, day_product: numbers; the last two number pairs, day first.
        more: believed clicks at the own bid / at the logged one; `dearer` the cost per click likewise.
        raised: whether the own bid is above the logged one (1), below it (-1) or the same (0).
        outside: distance of the log bid from the logged ones.
        carried: whether the log can speak: MOST_CARRIED, else 0.
        clicks, cost: believed at the logged bid.
        logged_cost, logged_revenue: of a whole day; `hidden` of it is believed, not logged: log of the share logged.
        margin: gross margin.
        value: believed revenue per click.
        capacity: of each campaign-day, shape (D x campaigns,).
        shape: D, campaigns, products.
    """

    keyword: Ints
    campaign_day: Ints
    day_product: Ints
    more: Way
    dearer: Way
    raised: Array
    outside: Array
    carried: Array
    clicks: Array
    cost: Array
    logged_cost: Array
    logged_revenue: Array
    hidden: Array
    margin: Array
    value: Array
    capacity: Array
    shape: tuple[int, int, int]

    def model(self, rate: Array, dearer: Array, value: Array) -> Model:
        """The model at a ratio of clicks and of their cost per cell, shape (cells,), and a value per click per keyword, shape (n,)."""
        spending, kept = rate * dearer, np.minimum(rate, self.carried)
        return Model(
            cost=spending * self.cost,
            revenue=kept * self.clicks * self.value,
            alone=(rate - kept) * self.clicks * np.nan_to_num(value)[self.keyword],
            kept=kept,
            kept_cost=np.minimum(spending, self.carried),
        )

    def parts(self, model: Model, luck: Luck | None = None) -> Parts:
        """The estimate by the model; budgets cut what luck adds like everything else.

        Without luck the log's own days count as they were.
        """
        days, campaigns, products = self.shape
        day = self.day_product // products
        off: Array | float = 1.0
        weight, busy = off, off
        if luck is not None:
            off = np.exp(luck.hidden[self.campaign_day % campaigns] * self.hidden)
            weight, busy = luck.weight.ravel()[self.day_product], luck.busy[day]
        residual_cost = model.kept_cost * (off * self.logged_cost - self.cost)
        residual = model.kept * off * self.logged_revenue - model.revenue
        cost = busy * (model.cost + weight * residual_cost)
        revenue = busy * (model.alone + model.revenue + weight * residual)

        wanted = sums(self.campaign_day, cost, days * campaigns)
        bought = np.where(wanted > self.capacity, ratio(self.capacity, wanted), 1.0)[self.campaign_day]
        taken = (cost, revenue, self.margin * revenue)
        return Parts(
            by_day=np.stack([sums(day, bought * values, days) for values in taken]),
            spent=bought * cost,
            alone=float((bought * model.alone).sum()),
        )


def cells_of(log: LoggedDays, own: OwnDays, margin: float | None) -> Cells:
    """The keyword-days on which the policy runs, with what the log and the model say of them."""
    keyword, day = np.nonzero(own.running & log.in_play)
    bid, logged = own.bid[keyword, day], log.bid[keyword, day]
    response, at = log.response, (keyword, day)
    before, before_cost = response.clicks_at(log.bid)[at], response.cost_at(log.bid)[at]

    def against_logged(bids: Array) -> tuple[Array, Array]:
        """Clicks, and their price, believed at other bids over those at the logged ones."""
        clicks, cost = response.clicks_at(bids)[at], response.cost_at(bids)[at]
        dearer = ratio(ratio(cost, clicks), ratio(before_cost, before))
        return np.nan_to_num(ratio(clicks, before), nan=1.0), np.nan_to_num(dearer, nan=1.0)

    rate, dearer = against_logged(own.bid)
    tried = against_logged(np.fmin(np.fmax(own.bid, log.low[:, None]), log.high[:, None]))
    outside = np.nan_to_num(
        np.maximum(np.log(ratio(bid, log.high[keyword])), -np.log(ratio(bid, log.low[keyword])))
    )
    outside = np.maximum(outside, 0.0)
    days, campaigns = len(log.dates), len(log.campaigns)
    return Cells(
        keyword=keyword,
        campaign_day=day * campaigns + log.campaign_of[keyword],
        day_product=day * log.products + log.product_of[keyword],
        more=Way(rate, tried[0]),
        dearer=Way(dearer, tried[1]),
        raised=np.sign(np.nan_to_num(bid - logged)),
        outside=outside,
        carried=np.where(log.ran[at], MOST_CARRIED, 0.0),
        clicks=log.expected_clicks[at],
        cost=log.expected_cost[at],
        logged_cost=log.cost[at] / log.lasted[at],
        logged_revenue=log.revenue[at] / log.lasted[at],
        hidden=np.log(log.lasted[at]),
        margin=np.where(np.isnan(log.margin), np.nan if margin is None else margin, log.margin)[keyword],
        value=np.nan_to_num(log.value.mean)[keyword],
        capacity=_capacity(log, own.budget).T.ravel(),
        shape=(days, campaigns, log.products),
    )


def _capacity(log: LoggedDays, budget: Array) -> Array:
    """Most that each campaign spends on a day under its own budget, shape (c, D).

    Platforms overspend a budget a little, or stop short of it; what the log shows of its own budget is taken over.
    """
    campaigns, days = budget.shape
    number = log.campaign_of[:, None] * days + np.arange(days)
    spent = sums(number.ravel(), log.cost.ravel(), campaigns * days).reshape(campaigns, days)
    cut = np.zeros(campaigns * days)
    np.maximum.at(cut, number.ravel(), (log.lasted < 1).ravel().astype(np.float64))
    used = np.nan_to_num(ratio(spent, log.budget), nan=1.0)
    used = np.where(cut.reshape(campaigns, days) > 0, used, np.maximum(used, 1.0))
    return np.where(np.isnan(budget), np.inf, budget * used)
