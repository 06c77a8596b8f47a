"""Draws of what other bids buy against the logged ones: ratios of clicks and of their price, as far as a log leaves them open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from bidopt.backtest.steepness import Missing, Steepness
from bidopt.domain.metrics import Array
from bidopt.evidence.keyword_index import Ints

OUTSIDE = 0.3
"""Standard deviation of the log ratio of clicks gained per unit of log bid beyond the bids ever logged."""

_SHARED = 0.5
"""Share of that variance that all keywords have in common."""

_MOST_STRAY = 2.0
"""Standard deviations that a draw strays at most: else one draw of a word that hardly had clicks would outweigh the shop."""

_FARTHEST = 14.0
"""Largest log ratio that doubts are reckoned with: a million."""


@dataclass(frozen=True)
class Way:
    """Believed ratios to what the logged bids buy, each of shape (cells,), 1 where nothing is believed.

    Args:
        all: at the own bids.
        told: at the nearest bids that the keyword ever had.
    """

    all: Array
    told: Array

    def only(self, cells: Ints) -> Way:
        """The ratios of some cells."""
        return Way(self.all[cells], self.told[cells])

    def mean(self, found: Missing, of: Ints) -> Array:
        """The middle that draws lie around: the belief, mended on the way that the log's moves went by what they say is missing."""
        mended: Array = self.all * np.exp(found.mean[of] * _log(self.told))
        return mended

    def doubt(self, found: Missing, unseen: Missing, of: Ints) -> tuple[Array, Array]:
        """Standard deviations left of the log ratio: shared by all keywords and not.

        What the log's moves say counts on the way that they went; on the rest of it all is open that was before them.
        """
        told, whole = _log(self.told), _log(self.all)
        shared = np.hypot(found.shared * told, unseen.shared * (whole - told))
        return shared, np.hypot(found.own[of] * told, unseen.own[of] * (whole - told))


def drawn_ratios(
    rng: np.random.Generator,
    draws: int,
    of: Ints,
    found: Steepness,
    ways: tuple[Way, Way],
    outside: Array,
    raised: Array,
) -> Iterator[tuple[Array, Array]]:
    """Draws of the ratio of clicks and of the cost per click of each cell; a keyword is wrong in the same way on all days.

    Args:
        rng: of all draws.
        draws: how many.
        of: keyword of each cell, shape (cells,).
        found: what the log's own moves say of the response.
        ways: of clicks, and of their price.
        outside: distance of the own log bid from the logged ones, shape (cells,).
        raised: whether the own bid is above the logged one (1), below it (-1) or the same (0), likewise.
    """
    moved = np.flatnonzero(raised)  # a bid that is the log's own leaves nothing open
    words = len(found.clicks.mean)
    of, raised, beyond = of[moved], raised[moved], OUTSIDE * outside[moved]
    unseen, (clicks, price) = Steepness.unseen(words), (way.only(moved) for way in ways)
    shared, own = clicks.doubt(found.clicks, unseen.clicks, of)
    shared = np.hypot(shared, np.sqrt(_SHARED) * beyond) * raised
    own = np.hypot(own, np.sqrt(1 - _SHARED) * beyond) * raised
    shared_price, own_price = price.doubt(found.price, unseen.price, of)
    shared_price, own_price = shared_price * raised, own_price * raised
    rate = clicks.mean(found.clicks, of) / (_mean_stray(shared) * _mean_stray(own))
    paid = price.mean(found.price, of) / (_mean_stray(shared_price) * _mean_stray(own_price))
    for _ in range(draws):
        x, y = _strayed(rng.normal(size=2))
        z, v = _strayed(rng.normal(size=(2, words)))[:, of]
        drawn = ways[0].all.copy(), ways[1].all.copy()
        drawn[0][moved] = rate * np.exp(x * shared + z * own)
        drawn[1][moved] = paid * np.exp(y * shared_price + v * own_price)
        yield drawn


def _log(values: Array) -> Array:
    return np.clip(np.log(np.maximum(values, 1e-300)), -_FARTHEST, _FARTHEST)


def _strayed(normal: Array) -> Array:
    return np.clip(normal, -_MOST_STRAY, _MOST_STRAY)


def _mean_stray(deviation: Array) -> Array:
    """Mean of exp(deviation x a number of `_strayed`), elementwise."""
    between = ndtr(_MOST_STRAY - deviation) - ndtr(-_MOST_STRAY - deviation)
    at_most = 2 * ndtr(-_MOST_STRAY) * np.cosh(_MOST_STRAY * deviation)
    mean: Array = np.exp(deviation**2 / 2) * between + at_most
    return mean
