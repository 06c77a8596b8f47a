"""No auction behind it: each keyword has a table of price bins, and a bid buys all bins up to it.

Bins are bumpy and heavy-tailed, so the curves are monotone but neither smooth nor concave, as in recorded markets.
"""

from __future__ import annotations

import numpy as np

from bidopt.backtest.landscape import STRENGTHS, Landscape
from bidopt.backtest.world import World

BINS = 16
"""Price bins of a keyword."""

_LOWEST, _HIGHEST = -1.6, 1.2  # log of a bin's price against the keyword's level
_BUMPINESS = 0.6  # shape of the gamma that the bins' shares are drawn from; smaller is bumpier


def landscape(world: World, rng: np.random.Generator) -> Landscape:
    """A table per keyword.

    Args:
        world: the shop; a keyword's level is the price around which its bins lie.
        rng: draws the bins.
    """
    n = len(world.keywords)
    price = np.sort(rng.uniform(_LOWEST, _HIGHEST, (n, BINS)), axis=1)
    share = rng.gamma(_BUMPINESS, 1.0, (n, BINS)) * np.exp(-0.5 * (price / 0.8) ** 2)
    share /= share.sum(axis=1, keepdims=True)
    place = np.searchsorted(STRENGTHS, price)  # the first strength that buys the bin
    cell = (np.arange(n)[:, None] * len(STRENGTHS) + place).ravel()
    clicks, paid = (
        np.bincount(cell, weights.ravel(), minlength=n * len(STRENGTHS)).reshape(n, -1).cumsum(axis=1)
        for weights in (share, share * np.exp(price))
    )
    # More searches see the ad than look at it, and it stands higher the more of them it wins.
    shown = np.sqrt(clicks)
    tables = np.stack([shown, clicks, paid, shown * (1 + 7 * (1 - clicks))], axis=2)
    return Landscape(tables, np.arange(n), world.ctr, world.level)
