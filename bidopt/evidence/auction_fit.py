"""Holds episodes of bids against shapes of the auction: which level of rivals explains what each keyword got.

Three things tell where a keyword stands against its rivals: how impressions and click rate moved when its bid moved,
and how far its cost per click lies below its bid. Each is compared with a shape on a grid of possible rival levels;
the keyword's demand, its click rate and a small bias of its price are integrated out (normal in logarithms).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from bidopt.domain.metrics import Array
from bidopt.evidence.auction_shape import AuctionShapes, reader
from bidopt.evidence.bid_episodes import Episodes
from bidopt.evidence.demand import DAY_NOISE
from bidopt.evidence.keyword_index import Ints

DEMAND_SPREAD, RATE_SPREAD, PRICE_SPREAD = 2.0, 1.0, 0.08
"""Standard deviations of what is integrated out: log demand, log click rate, log bias of the price."""

_PRICE_NOISE, _MISFIT, _DRIFT = 0.3, 0.06, 0.03
"""Noise of one click's log price; misfit of any shape; daily random walk of demand, all standard deviations."""

_LEVEL_MEAN, _LEVEL_SPREAD, _SPREAD_RANGE = 0.0, 0.6, (0.25, 1.2)
_DOUBT, _ROUNDS = 5.0, 4  # keywords that the prior of the level is worth; rounds of learning it


@dataclass(frozen=True)
class Observations:
    """Logarithms that episodes tell and the variances of their noise, each of shape (episodes,).

    Args:
        demand: impressions per ordinary day.
        rate: click rate relative to the believed one.
        price: cost per click relative to the bid with its premium.
        demand_noise, rate_noise, price_noise: variances; infinite where nothing was told.
        premium: log of what the platform adds to bids, of all keywords.
    """

    demand: Array
    demand_noise: Array
    rate: Array
    rate_noise: Array
    price: Array
    price_noise: Array
    premium: float = 0.0

    def take(self, rows: npt.NDArray[np.bool_]) -> Observations:
        """Those of a mask of shape (episodes,)."""
        told = {name: value for name, value in vars(self).items() if name != "premium"}
        return replace(self, **{name: value[rows] for name, value in told.items()})

    @property
    def usual_demand(self) -> float:
        """Log searches per day of a middling keyword."""
        seen = np.isfinite(self.demand_noise)
        return float(np.median(self.demand[seen])) + 1.0 if seen.any() else 0.0


def observe(episodes: Episodes, anchor: Array, click_rate: Array) -> Observations:
    """What the episodes tell.

    Args:
        episodes: of the keywords.
        anchor: bid that the episodes' bids are relative to, shape (n,).
        click_rate: believed click rate, shape (n,).
    """
    drift = _DRIFT**2 * episodes.age
    days = np.maximum(episodes.days, 1e-9)
    due = episodes.shown * click_rate[episodes.keyword]
    paid = episodes.known_bid & (episodes.clicks > 0) & (episodes.cost > 0)
    price = np.zeros(len(paid))
    price[paid] = np.log(episodes.cost[paid] / episodes.clicks[paid] / anchor[episodes.keyword[paid]])
    price -= np.where(paid, episodes.log_bid, 0.0)
    premium = _premium(price[paid], episodes.clicks[paid])
    demand_noise = 1 / (episodes.impressions + 0.5) + DAY_NOISE**2 / days + drift + _MISFIT**2
    price_noise = _PRICE_NOISE**2 / np.maximum(episodes.clicks, 1) + drift / 2 + _MISFIT**2
    return Observations(
        demand=np.log((episodes.impressions + 0.5) / np.maximum(episodes.exposure, 1e-9)),
        demand_noise=np.where(episodes.days > 0, demand_noise, np.inf),
        rate=np.log((episodes.clicks + 0.5) / (due + 0.5)),
        rate_noise=1 / (episodes.clicks + 0.5) + drift / 4 + _MISFIT**2,
        price=price - premium,
        price_noise=np.where(paid, price_noise, np.inf),
        premium=premium,
    )


def _premium(price: Array, clicks: Array) -> float:
    """Log of what the platform adds to bids (placements, audiences), where clicks regularly cost more than the bid."""
    if not len(price):
        return 0.0
    order = np.argsort(price, kind="stable")
    share = np.cumsum(clicks[order]) / clicks.sum()
    return max(float(price[order][np.searchsorted(share, 0.95)]), 0.0)


@dataclass(frozen=True)
class Fit:
    """What episodes say of each level; arrays of shape (keywords with episodes, levels, shapes).

    Args:
        likelihood: log marginal likelihood.
        demand: posterior mean of log demand; `demand_noise` its variance, shape (keywords with episodes, 1, 1).
        price: posterior mean of the log bias of the price.
    """

    likelihood: Array
    demand: Array
    demand_noise: Array
    price: Array


def fit_levels(
    episodes: Episodes, told: Observations, shapes: AuctionShapes, levels: Array, usual: float
) -> Fit:
    """Compare episodes with shapes.

    Args:
        episodes: at least one.
        told: what they tell.
        shapes: one or several.
        levels: logarithms of the rivals' level relative to the anchor, shape (levels,).
        usual: log demand of a middling keyword.
    """
    starts, read = episodes.starts, reader(episodes.log_bid[:, None] - levels)
    shown = _integrate(told.demand, told.demand_noise, read(shapes.impressions), starts, usual, DEMAND_SPREAD)
    rate = _integrate(told.rate, told.rate_noise, read(shapes.click_rate), starts, 0.5, RATE_SPREAD)
    price = _integrate(told.price, told.price_noise, read(shapes.price), starts, 0.0, PRICE_SPREAD)
    return Fit(shown[0] + rate[0] + price[0], shown[1], shown[2], price[1])


def _integrate(
    told: Array, noise: Array, fitted: Array, starts: Ints, mean: float, spread: float
) -> tuple[Array, Array, Array]:
    """Normal model told = constant + fitted + noise, the keyword's constant integrated out under N(mean, spread²).

    Args:
        told: observations, shape (episodes,).
        noise: their variances, shape (episodes,).
        fitted: shape (episodes, levels, shapes).
        starts: first episode of each keyword, shape (keywords,).
        mean: of the constant before looking.
        spread: its standard deviation.

    Returns:
        Log likelihood (keywords, levels, shapes), the constant's posterior mean of that shape and its variance
        (keywords, 1, 1).
    """
    # A product with a sparse matrix of ones adds up a tenth as fast as `np.add.reduceat` does.
    ends = np.append(starts, len(told))
    of_keyword = sparse.csr_array((np.ones(len(told)), np.arange(len(told)), ends))

    def total(values: Array) -> Array:
        sums: Array = of_keyword @ values.reshape(len(values), -1)
        return sums.reshape(-1, *values.shape[1:])

    weight = (1 / noise)[:, None, None]
    precision = total(weight) + 1 / spread**2
    off = told[:, None, None] - fitted
    del fitted  # of millions of entries
    off -= mean
    pulled = weight * off
    pull = total(pulled)
    pulled *= off
    likelihood = -0.5 * (total(pulled) - pull**2 / precision)
    return likelihood, mean + pull / precision, 1 / precision


def weigh_levels(likelihood: Array, levels: Array) -> tuple[Array, Array, Array]:
    """Posterior of the level under a normal prior that is learned from all keywords (EM).

    Args:
        likelihood: shape (keywords, levels, shapes).
        levels: shape (levels,).

    Returns:
        Weights of shape (shapes, keywords, levels) adding up to 1 over levels; the prior (shapes, levels); log evidence (shapes,).
    """
    likelihood = np.ascontiguousarray(np.moveaxis(likelihood, -1, 0))
    shapes, keywords = likelihood.shape[:2]
    mean, spread = np.full(shapes, _LEVEL_MEAN), np.full(shapes, _LEVEL_SPREAD)
    best = likelihood.max(axis=-1, keepdims=True, initial=-np.inf)
    height = np.exp(likelihood - best)
    few = _DOUBT / max(keywords, 1)
    for _ in range(_ROUNDS):
        prior = np.exp(-0.5 * ((levels - mean[:, None]) / spread[:, None]) ** 2)
        prior /= prior.sum(axis=-1, keepdims=True)
        weight = height * prior[:, None, :]
        norm = np.maximum(weight.sum(axis=-1, keepdims=True), 1e-300)
        weight /= norm
        share = weight.sum(axis=1) / max(keywords, 1)  # of each level over the keywords
        mean = (share @ levels + few * _LEVEL_MEAN) / (1 + few)
        variance = ((levels - mean[:, None]) ** 2 * share).sum(axis=-1)
        spread = np.sqrt((variance + few * _LEVEL_SPREAD**2) / (1 + few)).clip(*_SPREAD_RANGE)
    return weight, prior, (np.log(norm) + best).sum(axis=(1, 2))
