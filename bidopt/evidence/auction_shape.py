"""Shapes of an auction: how impressions, click rate and price move with the bid, whatever the keyword.

A keyword's bid is set against its rivals' usual level; the logarithm of the two's ratio is its standing x. In a
generalised second-price auction with N rivals of lognormal scores (spread s) and S slots, x alone tells the chance
of each slot and the price paid there (Varian 2007; Edelman, Ostrovsky & Schwarz 2007). One slot and one rival is the
second-price auction; few slots and a narrow spread come close to a threshold. Shops differ in N, s and S and
keywords in level and demand, so the shape is learned once per shop and the level per keyword.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
from scipy import sparse, special

from bidopt.domain.metrics import Array

STEP = 0.1
"""Spacing of every log-bid grid."""

REACH = 60
"""Standings are tabulated from -REACH to +REACH steps; beyond them nothing changes any more."""

_EXAMINED = np.array([1.0, 0.65, 0.45, 0.33, 0.25, 0.2, 0.17, 0.15])
"""Chance that a buyer looks at each slot, the first slot being 1."""

_RIVALS, _SPREADS, _SLOTS = (1, 3, 8, 20), (0.2, 0.35, 0.6, 1.0), (1, 3, 5, 8)
_NODES = 24
_HARDLY = 1e-5
"""A share of clicks below this tells no click rate and no price."""

_LOWEST = -30.0
"""Log of the least share of impressions: far below what anybody sees, for were the table level where bids are seen, a
response that is level would be taken for one far below its rivals, with searches without end."""


@dataclass(frozen=True)
class AuctionShapes:
    """Candidate shapes, each tabulated over standings; arrays of shape (shapes, 2 * REACH + 1).

    Args:
        impressions: log of the share of searches in which the ad is shown.
        click_rate: log of the click rate relative to the first slot.
        price: log of cost per click relative to the bid; never above 0.
    """

    impressions: Array
    click_rate: Array
    price: Array

    def __len__(self) -> int:
        return len(self.price)

    def only(self, number: int) -> AuctionShapes:
        """The shape of that number alone."""
        one = slice(number, number + 1)
        return AuctionShapes(self.impressions[one], self.click_rate[one], self.price[one])

    def pick(self, weights: Array) -> AuctionShapes:
        """One shape: the weighted mean of all, in levels rather than logarithms.

        Args:
            weights: of each shape, shape (shapes,), adding up to 1.
        """

        def mean(table: Array) -> Array:
            return np.log(weights @ np.exp(table))[None, :]

        return AuctionShapes(mean(self.impressions), mean(self.click_rate), mean(self.price))


def reader(standing: Array) -> Callable[[Array], Array]:
    """What reads tables at `standing`, of any shape.

    A table of shape (standings,) gives the shape of `standing`, one of shape (shapes, standings) a last axis of shapes
    besides. The interpolation is linear in the table: a sparse matrix of two entries a row, made once for all tables.
    """
    place = np.clip(standing.ravel() / STEP + REACH, 0.0, 2 * REACH - 1e-9)
    left = place.astype(np.int32)
    entries = np.empty((len(place), 2))
    np.subtract(place, left, out=entries[:, 1])
    np.subtract(1, entries[:, 1], out=entries[:, 0])
    columns = left[:, None] + np.arange(2, dtype=np.int32)
    rows = np.arange(0, columns.size + 1, 2, dtype=np.int32)
    between = sparse.csr_array((entries.ravel(), columns.ravel(), rows), shape=(len(place), 2 * REACH + 1))

    def read(table: Array) -> Array:
        values: Array = between @ table.T
        return values.reshape(*standing.shape, *table.shape[:-1])

    return read


@cache
def auction_shapes() -> AuctionShapes:
    """The candidates, tabulated once."""
    chosen = [(n, s, k) for n, s, k in product(_RIVALS, _SPREADS, _SLOTS) if k == 1 or n >= k]
    tables = [_tabulate(n, s, k) for n, s, k in chosen]
    return AuctionShapes(*(np.stack([t[i] for t in tables]) for i in range(3)))


def _tabulate(rivals: int, spread: float, slots: int) -> tuple[Array, Array, Array]:
    """Log impressions, log relative click rate and log price / bid over the standings."""
    x = np.arange(-REACH, REACH + 1).astype(np.float64) * STEP
    below, above = special.log_ndtr(x / spread), special.log_ndtr(-x / spread)
    ahead = np.arange(min(slots, rivals + 1))[:, None]
    log_chance = np.log(special.comb(rivals, ahead)) + ahead * above + (rivals - ahead) * below
    log_shown = special.logsumexp(log_chance, axis=0)
    chance, shown = np.exp(log_chance), np.exp(log_shown)
    looks = chance * _EXAMINED[: len(ahead), None]
    clicks = looks.sum(axis=0)
    paid = (looks * np.stack([_price(x, spread, rivals - int(a)) for a in ahead[:, 0]])).sum(axis=0)
    bought = clicks > _HARDLY
    rate = np.where(bought, clicks / np.where(bought, shown, 1.0), _EXAMINED[len(ahead) - 1])
    price = np.where(bought, np.minimum(paid / np.where(bought, clicks, 1.0), 1.0), 1.0)
    return np.maximum(log_shown, _LOWEST), np.log(rate), np.log(price)


def _price(x: Array, spread: float, behind: int) -> Array:
    """Mean of the best score among `behind` rivals that all stand below x, relative to exp(x)."""
    if behind == 0:
        return np.full(len(x), 0.1)
    nodes, weights = special.roots_legendre(_NODES)
    chance = (nodes + 1) / 2  # of the best rival, given that it is below
    cut = special.log_ndtr(x / spread)
    score = special.ndtri_exp(np.log(chance)[:, None] / behind + cut) * spread
    price: Array = weights @ np.exp(score - x) / 2
    return np.minimum(price, 1.0)
