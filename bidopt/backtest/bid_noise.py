"""Chance put on bids on purpose, with the probability of every bid it may draw: what makes a log worth more."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from bidopt.domain.metrics import Array

BID_STEP, LOWEST_BID = 0.01, 0.05
"""Bids are whole cents, and never below what platforms take."""


def to_step(bids: Array) -> Array:
    """Bids as a platform takes them."""
    rounded: Array = np.maximum(np.round(bids, 2), LOWEST_BID)
    return rounded


class BidNoise(ABC):
    """A way to draw bids around wanted ones."""

    @abstractmethod
    def draw(self, rng: np.random.Generator, wanted: Array) -> Array:
        """Bids in force, of the shape of `wanted`, to the cent."""

    @abstractmethod
    def probability(self, bids: Array, wanted: Array) -> Array:
        """Probability with which `draw` gives these very bids, elementwise; 0 where it never does."""


@dataclass(frozen=True)
class LogNormalNoise(BidNoise):
    """wanted x exp(sigma x standard normal), rounded to the cent.

    Args:
        sigma: standard deviation of the log of a bid; above 0.
    """

    sigma: float

    def draw(self, rng: np.random.Generator, wanted: Array) -> Array:
        """Bids around the wanted ones, which are their medians."""
        return to_step(wanted * np.exp(self.sigma * rng.normal(size=wanted.shape)))

    def probability(self, bids: Array, wanted: Array) -> Array:
        """Mass of the log-normal on the cent that a bid stands for; the lowest bid stands for all below it."""
        with np.errstate(divide="ignore"):
            upper, lower = (
                (np.log(np.maximum(bids + half, 0.0)) - np.log(wanted)) / self.sigma
                for half in (BID_STEP / 2, -BID_STEP / 2)
            )
        mass = np.where(bids < LOWEST_BID + BID_STEP / 2, ndtr(upper), _between(lower, upper))
        possible: Array = np.where(bids > LOWEST_BID - BID_STEP / 2, mass, 0.0)
        return possible


@dataclass(frozen=True)
class LevelNoise(BidNoise):
    """One of a few multiples of the wanted bid, rounded to the cent.

    Args:
        factors: the multiples.
        chances: probability of each; they add up to 1.
    """

    factors: tuple[float, ...]
    chances: tuple[float, ...]

    def draw(self, rng: np.random.Generator, wanted: Array) -> Array:
        """A level for every bid by itself."""
        return to_step(wanted * rng.choice(self.factors, wanted.shape, p=self.chances))

    def probability(self, bids: Array, wanted: Array) -> Array:
        """Chance of all levels that come to the bid once rounded."""
        levels = to_step(np.multiply.outer(wanted, np.array(self.factors)))
        found: Array = (np.abs(levels - bids[..., None]) < BID_STEP / 2) @ np.array(self.chances)
        return found


def _between(lower: Array, upper: Array) -> Array:
    """Mass of the standard normal between two points, exact far out on either side."""
    flip = lower > 0
    mass: Array = ndtr(np.where(flip, -lower, upper)) - ndtr(np.where(flip, -upper, lower))
    return mass
