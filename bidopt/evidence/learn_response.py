"""Learns what bids buy: the auction's shape for the shop, the rivals' level and the demand of each keyword.

Every shape that explains the shop well takes part with its weight, and within it every level of rivals that explains
the keyword. A keyword whose bid never moved and that got no clicks keeps the shop's prior, and so a wide belief.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bidopt.domain.metrics import Array
from bidopt.evidence.auction_fit import observe
from bidopt.evidence.auction_shape import AuctionShapes, reader
from bidopt.evidence.bid_episodes import Episodes
from bidopt.evidence.bid_response import STEPS, BidResponse
from bidopt.evidence.rival_levels import LEVELS, RivalLevels, believed_levels, likely_shapes

_BLOCK = 10_000


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
    for shape, weight in likely_shapes(episodes, told):
        levels = believed_levels(episodes, told, shape, click_rate)
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


def _add(
    curves: _Curves,
    share: float,
    levels: RivalLevels,
    shape: AuctionShapes,
    anchor: Array,
    rivals_today: float,
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
