"""Where rivals stand against each keyword: what its episodes say under each shape of the auction that explains the shop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bidopt.domain.metrics import Array
from bidopt.evidence.auction_fit import DEMAND_SPREAD, Observations, fit_levels, weigh_levels
from bidopt.evidence.auction_shape import STEP, AuctionShapes, auction_shapes, reader
from bidopt.evidence.bid_episodes import Episodes

LEVELS: Array = np.arange(-24, 25, 2).astype(np.float64) * STEP
"""Possible logarithms of the rivals' level relative to the anchor bid, shape (levels,)."""

_TELLING, _COARSE = 240, 2  # episodes that choose the shape, on every second level
_SHAPES, _LEAST_WEIGHT = 3, 0.1
_WIDEST = 1.0
"""Variance of log demand beyond which its mean is not believed: hardly anything is known there."""


@dataclass(frozen=True)
class RivalLevels:
    """Beliefs about the rivals' level under one shape, each of shape (n, levels).

    Args:
        weight: of each level, adding up to 1.
        searches: expected per ordinary day.
        noise: variance of their logarithm.
        rate: log click rate in the first slot.
        price: log bias of the price, premium included.
    """

    weight: Array
    searches: Array
    noise: Array
    rate: Array
    price: Array


def likely_shapes(episodes: Episodes, told: Observations) -> list[tuple[AuctionShapes, float]]:
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


def believed_levels(
    episodes: Episodes, told: Observations, shape: AuctionShapes, click_rate: Array
) -> RivalLevels:
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
    price += told.premium
    bidless = np.ones(n, dtype=bool)
    bidless[episodes.keyword[episodes.known_bid]] = False
    price[bidless] = -reader(-LEVELS)(shape.price[0])  # their anchor is a cost per click, not a bid
    noise = np.minimum(noise, _WIDEST)
    rate = np.log(np.maximum(click_rate, 1e-9))[:, None] - _usual_rate(episodes, shape, n)
    return RivalLevels(weight, np.exp(demand + noise / 2), noise, rate, price)


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
