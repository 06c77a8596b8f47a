"""Learns what bids buy: the auction's shape for the shop, the rivals' level and the demand of each keyword.

Every shape that explains the shop well takes part with its weight, and within it every level of rivals that explains
the keyword. A keyword whose bid never moved and that got no clicks keeps the shop's prior, and so a wide belief.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bidopt.domain.metrics import Array
from bidopt.evidence.auction_fit import DEMAND_SPREAD, Observations, fit_levels, observe, weigh_levels
from bidopt.evidence.auction_shape import STEP, AuctionShapes, auction_shapes, reader
from bidopt.evidence.bid_episodes import Episodes
from bidopt.evidence.bid_response import STEPS, BidResponse

LEVELS: Array = np.arange(-24, 25, 2).astype(np.float64) * STEP
"""Possible logarithms of the rivals' level relative to the anchor bid, shape (levels,)."""

_TELLING, _COARSE = 240, 2  # episodes that choose the shape, on every second level
_SHAPES, _LEAST_WEIGHT = 3, 0.1
_BLOCK = 10_000
_WIDEST = 1.0
"""Variance of log demand beyond which its mean is not believed: hardly anything is known there."""


@dataclass(frozen=True)
class _Curves:
    """Expectations along STEPS, each of shape (n, steps), added up shape by shape.

    Args:
        impressions: per ordinary day.
        clicks, cost: on the decision day but for its demand.
        squares: expected square of clicks.
    """

    impressions: Array
    clicks: Array
    cost: Array
    squares: Array


@dataclass(frozen=True)
class _Levels:
    """Beliefs about the rivals' level under one shape, each of shape (n, levels).

    Args:
        weight: of each level, adding up to 1.
        searches: expected per ordinary day.
        noise: variance of their logarithm.
        rate: log click rate in the first slot.
        price: log bias of the price.
    """

    weight: Array
    searches: Array
    noise: Array
    rate: Array
    price: Array


def learn_response(
    episodes: Episodes,
    *,
    base_bid: Array,
    anchor: Array,
    click_rate: Array,
    rivals_today: float = 0.0,
) -> tuple[BidResponse, Array]:
    """Learn the response of every keyword.

    Args:
        episodes: of the keywords.
        base_bid: bid in force, shape (n,).
        anchor: bid that the episodes' bids are relative to, shape (n,).
        click_rate: believed click rate, shape (n,).
        rivals_today: rise of the rivals' level expected today, in logarithms.

    Returns:
        The response on an ordinary day but for the rivals, and impressions per ordinary day along the same grid,
        shape (n, steps).
    """
    told = observe(episodes, anchor, click_rate)
    curves = _Curves(*(np.zeros((len(anchor), len(STEPS))) for _ in range(4)))
    for shape, weight in _likely_shapes(episodes, told):
        levels = _believed_levels(episodes, told, shape, click_rate)
        _add(curves, weight, levels, shape, anchor, rivals_today)
        del levels  # before those of the next shape are made
    spread = _spread(curves)
    bidless = ~(base_bid > 0)
    clicks, cost = curves.clicks, curves.cost
    clicks[bidless] = clicks[bidless][:, len(STEPS) // 2, None]
    cost[bidless] = 0.0
    return BidResponse(base_bid, anchor, clicks, cost, spread), curves.impressions


def _spread(curves: _Curves) -> Array:
    """Standard deviation of log clicks, shape (n, steps); takes the place of the squares, to bound the memory."""
    spread = curves.squares
    spread /= np.maximum(curves.clicks, 1e-300) ** 2
    np.maximum(spread, 1.0, out=spread)
    np.log(spread, out=spread)
    np.sqrt(spread, out=spread)
    return spread


def _likely_shapes(episodes: Episodes, told: Observations) -> list[tuple[AuctionShapes, float]]:
    """The shapes that explain the most telling episodes best, with weights adding up to 1."""
    shapes = auction_shapes()
    if not len(told.demand):
        return [(shapes.pick(np.full(len(shapes), 1 / len(shapes))), 1.0)]
    telling = 1 / told.price_noise + 1 / told.demand_noise
    best = np.unique(episodes.keyword[np.argsort(-telling, kind="stable")[:_TELLING]])
    rows = np.isin(episodes.keyword, best)
    rows &= np.cumsum(rows) <= 2 * _TELLING
    levels = LEVELS[::_COARSE]
    fit = fit_levels(episodes.take(rows), told.take(rows), shapes, levels, told.usual_demand)
    _, _, evidence = weigh_levels(fit.likelihood, levels)
    weight = np.exp(evidence - evidence.max())
    weight /= weight.sum()
    likely = np.argsort(-weight, kind="stable")[:_SHAPES]
    likely = likely[weight[likely] >= min(_LEAST_WEIGHT, weight.max())]
    return [(shapes.only(int(i)), float(weight[i] / weight[likely].sum())) for i in likely]


def _believed_levels(
    episodes: Episodes, told: Observations, shape: AuctionShapes, click_rate: Array
) -> _Levels:
    """What is believed of each keyword's rivals under one shape."""
    n, rows = len(click_rate), episodes.keyword[episodes.starts]
    table = (n, len(LEVELS))
    demand, noise = np.full(table, told.usual_demand), np.full(table, DEMAND_SPREAD**2)
    price, weight = np.zeros(table), np.empty(table)
    fit = fit_levels(episodes, told, shape, LEVELS, told.usual_demand) if len(rows) else None
    likelihood = np.zeros((0, len(LEVELS), 1)) if fit is None else fit.likelihood
    posterior, prior, _ = weigh_levels(likelihood, LEVELS)
    weight[:] = prior[0]
    if fit is not None:
        weight[rows], demand[rows], noise[rows], price[rows] = (
            posterior[0],
            fit.demand[..., 0],
            fit.demand_noise[..., 0],
            fit.price[..., 0],
        )
    bidless = np.ones(n, dtype=bool)
    bidless[episodes.keyword[episodes.known_bid]] = False
    price[bidless] = -reader(-LEVELS)(shape.price[0])  # their anchor is a cost per click, not a bid
    noise = np.minimum(noise, _WIDEST)
    rate = np.log(np.maximum(click_rate, 1e-9))[:, None] - _usual_rate(episodes, shape, n)
    return _Levels(weight, np.exp(demand + noise / 2), noise, rate, price)


def _add(
    curves: _Curves, share: float, levels: _Levels, shape: AuctionShapes, anchor: Array, rivals_today: float
) -> None:
    """Add what the keywords' bids buy under one shape, a block of keywords at a time to bound the memory."""
    standing = STEPS[None, :] - LEVELS[:, None]
    ordinary = np.exp(reader(standing)(shape.impressions[0]))
    today = reader(standing - rivals_today)
    log_clicked = today(shape.impressions[0]) + today(shape.click_rate[0])
    clicked = np.exp(log_clicked)
    paid = np.exp(log_clicked + today(shape.price[0]))
    middle = np.where(anchor > 0, anchor, 1.0)
    for start in range(0, len(anchor), _BLOCK):
        rows = slice(start, start + _BLOCK)
        weight, searches = share * levels.weight[rows], levels.searches[rows]
        buyers = searches * np.exp(levels.rate[rows])
        bids = middle[rows, None] * np.exp(STEPS)
        curves.impressions[rows] += (weight * searches) @ ordinary
        curves.clicks[rows] += (weight * buyers) @ clicked
        curves.cost[rows] += (weight * buyers * np.exp(levels.price[rows])) @ paid * bids
        curves.squares[rows] += (weight * buyers**2 * np.exp(levels.noise[rows])) @ clicked**2


def _usual_rate(episodes: Episodes, shape: AuctionShapes, n: int) -> Array:
    """Log relative click rate of the slots behind each keyword's believed click rate, shape (n, levels)."""
    rate = np.exp(reader(episodes.log_bid[:, None] - LEVELS)(shape.click_rate[0]))
    shown = episodes.shown[:, None] + 1.0
    out = np.exp(reader(-LEVELS)(shape.click_rate[0]))[None, :].repeat(n, axis=0)
    rows = episodes.keyword[episodes.starts]
    if len(rows):
        seen = np.add.reduceat(shown, episodes.starts, axis=0)
        out[rows] = np.add.reduceat(rate * shown, episodes.starts, axis=0) / seen
    return np.log(out)
