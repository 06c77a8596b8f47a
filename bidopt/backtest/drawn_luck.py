"""Draws of the luck of days: blocks of them and products that count more or less, busy days, and what budgets hid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bidopt.backtest.logged_days import LoggedDays
from bidopt.domain.metrics import Array
from bidopt.evidence.keyword_index import sums

_HIDDEN = 0.5
"""Standard deviation of what is believed of the part of days that budgets cut off, as a share of it (in logarithms)."""

_ALL_OF_IT = 1.0
"""Largest draw of it in either direction: nothing was hidden after all, or as much again (in logarithms)."""

_BLOCK = 3
"""Days that are drawn together."""

_SPREAD = 3**0.5 - 1
"""Variance of the weight of a block of days, and of a product: that of their product is 2, a whole one for each."""


@dataclass(frozen=True)
class Luck:
    """One draw of the log's luck.

    Args:
        weight: how much each day's and product's residual counts, shape (D, products), not below 0 and 1 on average.
        busy: how busy each day is, shape (D,), 1 on average.
        hidden: how far off the log is in what each campaign's days cut short would have cost, shape (c,): from -1, as
            much again was hidden (in logarithms), to 1, nothing was; 0 on average.
    """

    weight: Array
    busy: Array
    hidden: Array


def drawn_luck(log: LoggedDays, draws: int, seed: int) -> Iterator[Luck]:
    """Draws of the luck of a log; of another stretch of it they are others."""
    days, products = len(log.dates), log.products
    rng = np.random.default_rng([seed, 3, log.dates[0].toordinal()])
    for _ in range(draws):
        block = (np.arange(days) + rng.integers(days)) % days // _BLOCK  # blocks wrap around
        of_day, of_product = _weights(rng, -(-days // _BLOCK))[block], _weights(rng, products)
        busy = np.exp(log.day_noise * rng.normal(size=days) - log.day_noise**2 / 2)
        hidden = np.clip(_HIDDEN * rng.normal(size=len(log.campaigns)), -_ALL_OF_IT, _ALL_OF_IT)
        yield Luck(of_day[:, None] * of_product, busy, hidden)


def _weights(rng: np.random.Generator, things: int) -> Array:
    """Weights of mean 1 and variance _SPREAD that add up to their number, shape (things,) (Bayesian bootstrap; Rubin 1981).

    Even of few things the variance is whole, for they know their spread around their own mean only.
    """
    if things < 2:
        return np.ones(things)
    alike = ((things - 1) / _SPREAD - 1) / things
    return things * rng.dirichlet(np.full(things, alike))


def day_weights(rng: np.random.Generator, days: int) -> Array:
    """How often each day is drawn when blocks of days are drawn anew, shape (days,), 1 on average."""
    starts = rng.integers(0, days, -(-days // _BLOCK))
    chosen = (starts[:, None] + np.arange(_BLOCK)).ravel()[:days] % days  # blocks wrap around
    return sums(chosen, np.ones(len(chosen)), days)
