"""A belief: what we expect of each keyword and how far it may be off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from bidopt.domain.metrics import Array, ratio

LOW, HIGH = 0.05, 0.95
"""Quantiles of every interval: 90 % of the truth should lie between."""


@dataclass(frozen=True)
class Belief:
    """Mean and 90 % interval of a non-negative quantity, one entry per row of the table it belongs to.

    The quantity is nothing at all with chance `nil`, and otherwise Gamma distributed.

    Args:
        mean: expected value, shape (n,); NaN where nothing is known.
        shape: shape of the Gamma distribution, shape (n,); without `nil` the relative variance is 1 / shape.
        nil: chance that the quantity is nothing, such as the sales of a word that only draws clicks; shape (n,),
            below 1.
    """

    mean: Array
    shape: Array
    nil: Array | float = 0.0

    @property
    def low(self) -> Array:
        """5 % quantile, shape (n,)."""
        return self.quantile(LOW)

    @property
    def high(self) -> Array:
        """95 % quantile, shape (n,)."""
        return self.quantile(HIGH)

    @property
    def relative_sd(self) -> Array:
        """Standard deviation over mean, shape (n,)."""
        return np.sqrt((1 + 1 / self.shape) / (1 - self.nil) - 1)

    def quantile(self, probability: Array | float) -> Array:
        """What the quantity stays below with this chance, one for all or of shape (n,); shape (n,)."""
        within = np.maximum(probability - self.nil, 0.0) / (1 - self.nil)
        quantile: Array = self._unless_nil / self.shape * special.gammaincinv(self.shape, within)
        return quantile

    def times(self, other: Belief) -> Belief:
        """The product of two independent beliefs; relative variances combine, Var(xy)/E² = (1+a)(1+b) - 1."""
        variance = (1 + 1 / self.shape) * (1 + 1 / other.shape) - 1
        nil = 1 - (1 - self.nil) * (1 - other.nil)
        return Belief(self.mean * other.mean, 1 / variance, nil)

    def scaled(self, factor: Array | float) -> Belief:
        """The belief in `factor` times the quantity, the factor taken as known."""
        return Belief(self.mean * factor, self.shape, self.nil)

    def chance_of(self, least: Array | float) -> Array:
        """Chance that the quantity is at least `least`, which is positive; shape (n,), NaN where unknown."""
        above: Array = special.gammaincc(self.shape, self.shape * least / self._unless_nil)
        return (1 - self.nil) * above

    def expected_above(self, value: Array | float) -> Array:
        """Expected max(quantity - value, 0): what a choice to stop at `value` is worth; shape (n,)."""
        scaled = self.shape * value / self._unless_nil
        above = special.gammaincc(self.shape + 1, scaled)
        worth: Array = self.mean * above - (1 - self.nil) * value * special.gammaincc(self.shape, scaled)
        return worth

    def after(self, events: Array, exposure: Array) -> Belief:
        """The belief in a rate once `events` were seen in `exposure` chances (Gamma-Poisson), both of shape (n,).

        Whatever had an event is not worth nothing.
        """
        usual, events = exposure * self._unless_nil, np.maximum(events, 0.0)
        silence = (1 - self.nil) * (self.shape / (self.shape + usual)) ** self.shape
        nil = np.where(events > 0, 0.0, ratio(self.nil, self.nil + silence))
        mean = self._unless_nil * (self.shape + events) / (self.shape + usual)
        return Belief(mean * (1 - nil), self.shape + events, nil)

    def expected_above_after(self, value: Array | float, exposure: Array) -> Array:
        """Expected max(mean after a test - value, 0): what a choice at `value` is worth if it may wait for a test.

        Preposterior analysis (Raiffa & Schlaifer 1961): the events of the test are negative-binomial, and those that
        lift the mean above `value` are found without summing over them. It grows with the test, from the choice made
        now to `expected_above`, which knows the truth.

        Args:
            value: of not having the quantity, shape (n,) or one for all.
            exposure: chances of the test, shape (n,).
        """
        usual, rate = exposure * self._unless_nil, self._unless_nil
        least = np.maximum(np.ceil(value * (self.shape + usual) / rate - self.shape), 1.0)
        chance = usual / (self.shape + usual)
        enough = special.betainc(least, self.shape, chance)
        mean_if_enough = self.mean * special.betainc(least, self.shape + 1, chance)
        kept: Array = mean_if_enough - (1 - self.nil) * value * enough
        always = self.after(np.zeros(len(self.mean)), exposure).mean >= value
        return np.where(always, self.mean - value, kept)

    def draw(self, rng: np.random.Generator) -> Array:
        """One value per row as if the truth were drawn from the belief (Thompson sampling), shape (n,)."""
        drawn = rng.gamma(self.shape) / self.shape * self._unless_nil
        return np.where(rng.random(len(self.mean)) < self.nil, 0.0, drawn)

    @property
    def _unless_nil(self) -> Array:
        return self.mean / (1 - self.nil)
