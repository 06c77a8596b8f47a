"""Keyword auction of today's platforms: several slots, ranked by bid x quality, each pays the next one's score."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.special import log_ndtr, ndtr
from scipy.stats import binom

from bidopt.backtest.landscape import STRENGTHS, Landscape
from bidopt.backtest.world import World
from bidopt.domain.metrics import Array

EXAMINATION = np.array([1.0, 0.65, 0.45, 0.33, 0.25, 0.19, 0.15, 0.12])
"""Share of searches in which the ad at each position is looked at."""

CLASSES = (
    (3, 0.7, 4, 0.30),
    (5, 0.5, 4, 0.25),
    (8, 0.4, 5, 0.30),
    (8, 0.8, 6, 0.20),
    (14, 0.5, 6, 0.30),
    (25, 0.6, 8, 0.25),
)
"""Competition: rivals, sd of the log of their scores, slots, reserve score (as a share of the centre of the scores)."""


def landscape(world: World, rng: np.random.Generator) -> Landscape:
    """Auctions of a world, each keyword in one of CLASSES.

    Args:
        world: the shop.
        rng: draws the classes; much searched words have more rivals.
    """
    tables = np.stack([_tabulate(*c) for c in CLASSES])
    crowd = np.argsort(np.argsort(np.log(world.demand) + rng.normal(0.0, 1.5, len(world.demand))))
    class_of = crowd * len(CLASSES) // len(crowd)
    # A crowd's best scores lie above its centre: level means the price of a good position in every class.
    centre = np.array([_centre(rivals, spread) for rivals, spread, _, _ in CLASSES])
    return Landscape(tables, class_of, world.ctr, world.level / centre[class_of])


def _centre(rivals: int, spread: float) -> float:
    """Score that a fifth of auctions' best rivals stay below, against the centre of the scores."""
    best = STRENGTHS[np.searchsorted(rivals * log_ndtr(STRENGTHS / spread), np.log(0.2))]
    return float(np.exp(best))


@cache
def _tabulate(rivals: int, spread: float, slots: int, reserve: float) -> Array:
    """Table of one class, shape (len(STRENGTHS), 4).

    With j of K rivals above, the next score is the best of K - j below, or the reserve:
    E = r + integral over u from r to x of 1 - (F(u) / F(x)) ** (K - j).
    """
    x, log_share = STRENGTHS, log_ndtr(STRENGTHS / spread)
    above = np.arange(min(slots, rivals + 1))
    won = binom.pmf(above[:, None], rivals, ndtr(-x / spread)) * (np.exp(x) > reserve)  # (positions, x)
    relative = np.minimum(log_share[None, :] - log_share[:, None], 0.0)  # (x, u)
    counted = (x[None, :] <= x[:, None]) & (np.exp(x) >= reserve)[None, :]
    width = np.exp(x) * (x[1] - x[0])
    following = np.stack(
        [reserve + ((1 - np.exp((rivals - j) * relative)) * counted * width).sum(axis=1) for j in above]
    )
    following = np.minimum(following, np.exp(x))
    looked_at = won * EXAMINATION[above][:, None]
    columns = [won, looked_at, looked_at * following, won * (above + 1.0)[:, None]]
    return np.stack([column.sum(axis=0) for column in columns], axis=1)
