"""A belief: what we expect of each keyword and how far it may be off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from bidopt.domain.metrics import Array

LOW, HIGH = 0.05, 0.95
"""Quantiles of every interval: 90 % of the truth should lie between."""


@dataclass(frozen=True)
class Belief:
    """Mean and 90 % interval of a non-negative quantity, one entry per row of the table it belongs to.

    Args:
        mean: expected value, shape (n,); NaN where nothing is known.
        shape: shape of the Gamma distribution that stands for the belief, shape (n,); its relative variance
            is 1 / shape.
    """

    mean: Array
    shape: Array

    @property
    def low(self) -> Array:
        """5 % quantile, shape (n,)."""
        return self._quantile(LOW)

    @property
    def high(self) -> Array:
        """95 % quantile, shape (n,)."""
        return self._quantile(HIGH)

    def times(self, other: Belief) -> Belief:
        """The product of two independent beliefs; relative variances combine, Var(xy)/E² = (1+a)(1+b) - 1."""
        variance = (1 + 1 / self.shape) * (1 + 1 / other.shape) - 1
        return Belief(self.mean * other.mean, 1 / variance)

    def _quantile(self, probability: float) -> Array:
        quantile: Array = self.mean / self.shape * special.gammaincinv(self.shape, probability)
        return quantile


def gamma_posterior(events: Array, exposure: Array, prior_mean: Array, strength: float) -> Belief:
    """Posterior of a Poisson rate under a Gamma prior.

    Args:
        events: weighted events seen (clicks, orders), shape (n,).
        exposure: weighted chances seen (impressions, clicks already matured), shape (n,).
        prior_mean: rate expected before looking, shape (n,).
        strength: how many chances the prior is worth.

    Returns:
        Gamma(strength * prior_mean + events, strength + exposure); orders may outnumber clicks.
    """
    shape = np.maximum(strength * prior_mean + events, 1e-9)
    return Belief(shape / (strength + exposure), shape)


def fit_strength(events: Array, exposure: Array, prior_mean: Array, default: float) -> float:
    """Empirical-Bayes strength of the Gamma prior: how alike the rows are.

    Maximises the negative-binomial marginal likelihood over log(strength), with a weak normal pull (one unit
    of log) towards `default` so that a shop with little data gets the default.

    Args:
        events: events seen, shape (n,).
        exposure: chances seen, shape (n,).
        prior_mean: expected rate of each row, shape (n,), positive.
        default: strength for a shop without data, in chances.

    Returns:
        The strength, between default / 100 and default * 100.
    """
    seen = (exposure > 0) & (prior_mean > 0)
    y, e, m = events[seen], exposure[seen], prior_mean[seen]
    grid = np.linspace(np.log(default / 100), np.log(default * 100), 37)
    scores = [_marginal(np.exp(g), y, e, m) - (g - np.log(default)) ** 2 / 2 for g in grid]
    return float(np.exp(grid[int(np.argmax(scores))]))


def _marginal(strength: float, events: Array, exposure: Array, mean: Array) -> float:
    shape = strength * mean
    terms = (
        special.gammaln(events + shape)
        - special.gammaln(shape)
        + shape * np.log(strength / (strength + exposure))
        + events * np.log(exposure / (strength + exposure))
    )
    return float(terms.sum())
