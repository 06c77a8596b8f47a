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

from bidopt.backtest.drawn_luck import drawn_luck
from bidopt.backtest.drawn_ratios import drawn_ratios
from bidopt.backtest.logged_days import LoggedDays, Mask
from bidopt.backtest.market import OUTCOME
from bidopt.backtest.replay_cells import Cells, OwnDays, cells_of
from bidopt.domain.metrics import Array, ratio

_SLACK = 0.005
"""Log bids this far outside the logged range are still inside: cents are rounded."""


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
    cells = cells_of(log, own, margin)
    size = (3, doubt.draws, len(log.dates))
    plain, lucky = np.empty(size), np.empty(size)
    spent, alone = np.zeros(len(cells.keyword)), 0.0
    lucks = drawn_luck(log, doubt.draws, doubt.seed)
    draws = zip(_ratios(cells, log, doubt), _values(log, doubt), lucks, strict=True)
    for draw, (ratios, value, luck) in enumerate(draws):
        model = cells.model(*ratios, value)
        parts = cells.parts(model)
        plain[:, draw] = parts.by_day
        lucky[:, draw] = cells.parts(model, luck).by_day
        spent += parts.spent / doubt.draws
        alone += parts.alone / doubt.draws
    cost, revenue, earned = plain.mean(axis=1)
    lucky += (plain - lucky).mean(axis=1, keepdims=True)  # budgets have cut the log's own luck before
    lucky[0] = _no_more_than(cells.capacity.reshape(len(log.dates), -1).sum(axis=1), lucky[0], cost)
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


def undrawn(log: LoggedDays, own: OwnDays) -> tuple[float, float]:
    """Cost and revenue that own bids would have brought by what is believed; no doubt is drawn.

    Where budgets bind it is a little above what `estimate` finds, for there doubt can only take away.
    """
    cells, found = cells_of(log, own, None), log.steepness
    rate = cells.more.mean(found.clicks, cells.keyword)
    dearer = cells.dearer.mean(found.price, cells.keyword)
    cost, revenue, _ = cells.parts(cells.model(rate, dearer, log.value.mean)).by_day.sum(axis=1)
    return float(cost), float(revenue)


def _share(weight: Array, rows: Mask) -> float:
    return float(ratio((weight * rows).sum(), weight.sum()))


def _ratios(cells: Cells, log: LoggedDays, doubt: Doubt) -> Iterator[tuple[Array, Array]]:
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


def _no_more_than(most: Array, draws: Array, mean: Array) -> Array:
    """Draws by day around their mean, strayed as little as it takes to stay within what budgets hold, shape (draws, D).

    Where the mean is all that they hold nothing is open; to cut single draws would make them too low.
    """
    furthest = (draws - mean).max(axis=0)
    room = np.fmin(ratio(np.maximum(most - mean, 0.0), furthest), 1.0)
    within: Array = mean + room * (draws - mean)
    return within


def _never_taken_back(draws: Array) -> Array:
    """Draws by day, shape (..., D), of which none is below 0: what a day would take back, the days before it never had.

    A residual can weigh more than the model expects of its day. Sums over all days stay what they are, unless below 0.
    """
    so_far = np.fmin.accumulate(draws.cumsum(axis=-1)[..., ::-1], axis=-1)[..., ::-1]
    return np.diff(np.maximum(so_far, 0.0), axis=-1, prepend=0.0)
