"""One slot and one rival, drawn anew for each search: the simplest auction in which bids matter."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from bidopt.backtest.landscape import STRENGTHS, Landscape
from bidopt.backtest.world import World

SPREADS = (0.25, 0.4, 0.6, 0.9)
"""Competition: standard deviation of the log of the rival's score."""


def landscape(world: World, rng: np.random.Generator) -> Landscape:
    """Auctions of a world, each keyword with a rival of one of SPREADS.

    The winner pays the rival's score y: E[y; y < x] = exp(s^2 / 2) Phi(x / s - s) for log y normal with sd s.
    """
    x, spread = STRENGTHS[None, :], np.array(SPREADS)[:, None]
    won = ndtr(x / spread) * (STRENGTHS[0] < STRENGTHS)
    paid = np.minimum(np.exp(spread**2 / 2) * ndtr(x / spread - spread), won * np.exp(x))
    tables = np.stack([won, won, paid, won], axis=2)
    class_of = rng.integers(0, len(SPREADS), len(world.keywords))
    return Landscape(tables, class_of, world.ctr, world.level)
