"""What other bids would have brought on logged days: the log, thinned or stretched by what is believed of bids.

The estimate of a keyword-day at another bid is the model's expectation there plus the logged residual, carried over:

    m(own) + w x (logged - m(logged bid)),   m(own) = ratio x m(logged bid),   w = min(ratio, MOST_CARRIED)

where m is believed clicks, cost or revenue and `ratio` = believed clicks at the own bid / at the logged one. With
w = ratio this is the logged figure times the ratio: whatever the model has wrong about a keyword's demand, its
click rate, its conversions or the day cancels, and only the shape of its response is taken on trust (a doubly
robust estimate; Dudik, Langford & Li 2011). So a kept bid is scored by the log alone, a paused word by zero, a
lower bid by thinning the log. A raise multiplies the luck of the log with its clicks; beyond MOST_CARRIED the model
speaks for the rest, and so it does alone where the log has no clicks to offer, such as for a word paused then.

What the log's own bid moves say against the response (`steepness`) mends it on the way within the bids that the keyword
ever had; beyond them nothing was seen, and the believed curve stands.

Two doubts make the interval. The model's: ratios of clicks and of their price are drawn with what `steepness` leaves
in doubt on the way from the logged bid to the own one, and more outside the bids that the keyword ever had (one share
common to the shop, since all words lean on one shape of auction). The log's luck: each residual counts more or less by its
block of days and by its product, each day is more or less busy by chance, and what budgets cut off the log is only believed;
the model's part is not drawn anew, for other days and products are not asked about. Draws lie around the estimate: the
log's luck was cut by budgets before, and cutting it twice would make them too low. All policies share
the same draws, so that differences are paired. Of stretches of one log the model is wrong in the same way on each,
their luck is drawn on its own: its seed holds the first day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bidopt.backtest.drawn_ratios import Way, drawn_ratios
from bidopt.backtest.logged_days import LoggedDays, Mask
from bidopt.backtest.market import OUTCOME
from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.keyword_index import Ints, sums

MOST_CARRIED = 3.0
"""Largest factor by which a logged residual is carried over to another bid."""

_HIDDEN = 0.5
"""Standard deviation of what is believed of the part of days that budgets cut off, as a share of it (in logarithms)."""

_BLOCK = 3
"""Days that are drawn together."""

_SPREAD = 3**0.5 - 1
"""Variance of the weight of a block of days, and of a product: that of their product is 2, a whole one for each."""

_SLACK = 0.005
"""Log bids this far outside the logged range are still inside: cents are rounded."""


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
class Doubt:
    """How luck and model doubt are drawn.

    Args:
        draws: how many.
        seed: of all of them; policies that share it share their draws.
    """

    draws: int = 200
    seed: int = 7


@dataclass(frozen=True)
class ReplayEstimate:
    """What own bids would have brought.

    Args:
        days: schema OUTCOME.
        cost, revenue, earned: by draw and day, shape (draws, D); `earned` is revenue x gross margin, NaN where no
            margin is known.
        mean_earned: its estimate, shape (D,).
        inside: share of the running keyword-days whose bid lies within the bids logged for the keyword; NaN where
            no bid is known.
        inside_money: the same by estimated cost.
        by_model: share of the estimated revenue that rests on the model alone.
    """

    days: pd.DataFrame
    cost: Array
    revenue: Array
    earned: Array
    mean_earned: Array
    inside: float
    inside_money: float
    by_model: float


def estimate(log: LoggedDays, own: OwnDays, doubt: Doubt, margin: float | None = None) -> ReplayEstimate:
    """Estimate what own bids would have brought.

    Args:
        log: of the days.
        own: in force on them.
        doubt: draws.
        margin: gross margin where a product states none.
    """
    cells = _cells(log, own, margin)
    size = (3, doubt.draws, len(log.dates))
    plain, lucky = np.empty(size), np.empty(size)
    spent, alone = np.zeros(len(cells.keyword)), 0.0
    draws = zip(
        _ratios(cells, log, doubt),
        _values(log, doubt),
        _luck(doubt, log),
        strict=True,
    )
    for draw, ((rate, dearer), value, luck) in enumerate(draws):
        parts = cells.parts(rate, dearer, value)
        plain[:, draw] = parts.by_day
        lucky[:, draw] = cells.parts(rate, dearer, value, luck).by_day
        spent += parts.spent / doubt.draws
        alone += parts.alone / doubt.draws
    cost, revenue, earned = plain.mean(axis=1)
    lucky += (plain - lucky).mean(axis=1, keepdims=True)  # budgets have cut the log's own luck before
    lucky *= np.fmin(ratio(cells.capacity.reshape(len(log.dates), -1).sum(axis=1), lucky[0]), 1.0)
    lucky[:2] = _never_taken_back(lucky[:2])  # what is earned may be below 0: margins may
    days = {"date": log.dates, "budget": np.nansum(own.budget, axis=0)}
    inside, known = cells.outside <= _SLACK, (log.high >= log.low)[cells.keyword].astype(np.float64)
    return ReplayEstimate(
        days=OUTCOME.conform({**days, "cost": np.maximum(cost, 0.0), "revenue": revenue}),
        mean_earned=earned,
        cost=lucky[0],
        revenue=lucky[1],
        earned=lucky[2],
        inside=_share(known, inside),
        inside_money=_share(known * np.maximum(spent, 0.0), inside),
        by_model=float(ratio(alone, revenue.sum())),
    )


def _share(weight: Array, rows: Mask) -> float:
    return float(ratio((weight * rows).sum(), weight.sum()))


@dataclass(frozen=True)
class _Luck:
    """One draw of the log's luck.

    Args:
        weight: how much each day's and product's residual counts, shape (D, products), not below 0 and 1 on average.
        busy: how busy each day is, shape (D,), 1 on average.
        hidden: how far off the log is in what each campaign's days cut short would have cost, shape (c,): -1 to 1, where
            nothing was hidden at all; 0 on average.
    """

    weight: Array
    busy: Array
    hidden: Array


@dataclass(frozen=True)
class _Parts:
    """One draw of the estimate.

    Args:
        by_day: cost, revenue and earned, shape (3, D).
        spent: cost of each cell, shape (cells,).
        alone: revenue that rests on the model alone.
    """

    by_day: Array
    spent: Array
    alone: float


@dataclass(frozen=True)
class _Cells:
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

    def parts(self, rate: Array, dearer: Array, value: Array, luck: _Luck | None = None) -> _Parts:
        """The estimate at a ratio of clicks and of their cost per cell, shape (cells,), and a value per click per keyword, shape (n,).

        Budgets cut what luck adds like everything else; without any, the log's own days count as they were.
        """
        days, campaigns, products = self.shape
        day = self.day_product // products
        weight = 1.0 if luck is None else luck.weight.ravel()[self.day_product]
        busy = 1.0 if luck is None else luck.busy[day]
        spending, worth = rate * dearer, np.nan_to_num(value)[self.keyword]
        kept, kept_cost = np.minimum(rate, self.carried), np.minimum(spending, self.carried)
        off = 1.0 if luck is None else np.exp(luck.hidden[self.campaign_day % campaigns] * self.hidden)
        cost = busy * (spending * self.cost + weight * kept_cost * (off * self.logged_cost - self.cost))
        alone, expected = (rate - kept) * self.clicks * worth, kept * self.clicks * self.value
        revenue = busy * (alone + expected + weight * (kept * off * self.logged_revenue - expected))

        wanted = sums(self.campaign_day, cost, days * campaigns)
        bought = np.where(wanted > self.capacity, ratio(self.capacity, wanted), 1.0)[self.campaign_day]
        taken = (cost, revenue, self.margin * revenue)
        return _Parts(
            by_day=np.stack([sums(day, bought * values, days) for values in taken]),
            spent=bought * cost,
            alone=float((bought * alone).sum()),
        )


def _cells(log: LoggedDays, own: OwnDays, margin: float | None) -> _Cells:
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
    return _Cells(
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


def _ratios(cells: _Cells, log: LoggedDays, doubt: Doubt) -> Iterator[tuple[Array, Array]]:
    """Draws of the ratio of clicks and of the cost per click of each cell."""
    return drawn_ratios(
        np.random.default_rng([doubt.seed, 1]),
        doubt.draws,
        cells.keyword,
        log.steepness,
        (cells.more, cells.dearer),
        cells.outside,
        cells.raised,
    )


def _values(log: LoggedDays, doubt: Doubt) -> Iterator[Array]:
    """Draws of the value per click of each keyword."""
    rng = np.random.default_rng([doubt.seed, 2])
    for _ in range(doubt.draws):
        yield log.value.draw(rng)


def _luck(doubt: Doubt, log: LoggedDays) -> Iterator[_Luck]:
    """Draws of the log's luck."""
    days, products = len(log.dates), log.products
    rng = np.random.default_rng([doubt.seed, 3, log.dates[0].toordinal()])
    for _ in range(doubt.draws):
        block = (np.arange(days) + rng.integers(days)) % days // _BLOCK  # blocks wrap around
        of_day, of_product = _weights(rng, -(-days // _BLOCK))[block], _weights(rng, products)
        busy = np.exp(log.day_noise * rng.normal(size=days) - log.day_noise**2 / 2)
        hidden = np.clip(_HIDDEN * rng.normal(size=len(log.campaigns)), -1.0, 1.0)
        yield _Luck(of_day[:, None] * of_product, busy, hidden)


def _weights(rng: np.random.Generator, things: int) -> Array:
    """Weights of mean 1 and variance _SPREAD that add up to their number, shape (things,) (Bayesian bootstrap; Rubin 1981).

    Even of few things the variance is whole, for they know their spread around their own mean only.
    """
    if things < 2:
        return np.ones(things)
    alike = ((things - 1) / _SPREAD - 1) / things
    return things * rng.dirichlet(np.full(things, alike))


def _never_taken_back(draws: Array) -> Array:
    """Draws by day, shape (..., D), of which none is below 0: what a day would take back, the days before it never had.

    A residual can weigh more than the model expects of its day. Sums over all days stay what they are, unless below 0.
    """
    so_far = np.fmin.accumulate(draws.cumsum(axis=-1)[..., ::-1], axis=-1)[..., ::-1]
    return np.diff(np.maximum(so_far, 0.0), axis=-1, prepend=0.0)


def day_weights(rng: np.random.Generator, days: int) -> Array:
    """How often each day is drawn when blocks of days are drawn anew, shape (days,), 1 on average."""
    starts = rng.integers(0, days, -(-days // _BLOCK))
    chosen = (starts[:, None] + np.arange(_BLOCK)).ravel()[:days] % days  # blocks wrap around
    return sums(chosen, np.ones(len(chosen)), days)
