"""One Gaussian process per keyword over log bid, for clicks and for cost: the beliefs of the GCB bandits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bidopt.backtest.baselines.bid_levels import BidLevels
from bidopt.domain.metrics import Array, ratio

AMPLITUDE, LENGTH, SLOPE = 0.4, 0.5, 0.5
"""Standard deviation of a curve around the assumed one relative to it, log bid over which it bends, and the
standard deviation of its slope."""

DAY_NOISE = 0.35
"""Standard deviation of a day's traffic relative to its mean, beyond counting noise."""


@dataclass(frozen=True)
class Process:
    """Posterior of a quantity per day at each level.

    Args:
        mean, deviation: shape (n, levels).
    """

    mean: Array
    deviation: Array

    def bound(self, deviations: float) -> Array:
        """Mean plus so many standard deviations, never below 0, shape (n, levels)."""
        return np.maximum(self.mean + deviations * self.deviation, 0.0)


def keyword_processes(levels: BidLevels) -> tuple[Process, Process]:
    """Clicks and cost per day at each level.

    Both are measured relative to the assumed curve (linear in log-log, the mean function), so that one kernel
    fits large and small keywords: Matern 5/2 plus a linear part over log bid; counting noise and day noise on
    each level played, none seen on the others.

    Returns:
        Process of clicks, process of cost.
    """
    return (
        _posterior(levels, levels.assumed_clicks, levels.clicks, levels.assumed_clicks),
        _posterior(levels, levels.assumed_cost, levels.cost, levels.assumed_clicks),
    )


def _posterior(levels: BidLevels, curve: Array, seen: Array, clicks: Array) -> Process:
    x = levels.steps
    near = np.sqrt(5) * np.abs(x[:, None] - x) / LENGTH
    prior = AMPLITUDE**2 * (1 + near + near**2 / 3) * np.exp(-near) + SLOPE**2 * x[:, None] * x
    played = (levels.days > 0) & (curve > 0) & (clicks > 0)
    off = np.where(played, np.nan_to_num(ratio(seen, levels.days * curve)) - 1, 0.0)
    variance = (ratio(1.0, clicks) + DAY_NOISE**2) / np.where(played, levels.days, 1.0)
    precision = np.where(played, ratio(1.0, variance), 0.0)
    # With precision P: posterior covariance (I + K P)^-1 K, mean covariance @ P @ off; no noise to invert.
    covariance = np.linalg.solve(
        np.eye(len(x)) + prior * precision[:, None, :], np.broadcast_to(prior, (len(curve), *prior.shape))
    )
    mean = np.einsum("nij,nj->ni", covariance, precision * off)
    spread = np.sqrt(np.maximum(np.einsum("nii->ni", covariance), 0.0))
    return Process(curve * np.maximum(1 + mean, 0.0), curve * spread)
