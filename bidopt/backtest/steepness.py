"""How much steeper or flatter a log's own bid moves say the response is than believed, and how surely they say it.

A learned response errs for a whole shop, whose words lean on one shape of auction, and for each word, whose place in
the auction is believed to be like its neighbours'. Days on which a word had a higher bid than on its others show both.
With u the clicks of a day over those believed, and x the log of the clicks believed at its bid, u is held to rise by
(b + b_word) x around the word's mean, b ~ N(0, shop²), b_word ~ N(0, word²), with the noise that clicks of one word and day
have; both are integrated out (a random slopes model; Laird & Ware 1982). Likewise for the price of a click. What is missing
is a share of what is believed, not a rise per unit of bid: a word that has nearly all clicks there are cannot miss many.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.demand import DAY_NOISE
from bidopt.evidence.keyword_index import Ints, sums

_CLICKS, _PRICE = (0.25, 0.4), (0.15, 0.25)
"""Standard deviations of the share that is missed before a log is seen: of clicks and of the price, for a shop and a word."""

_UNTOLD = (0.15, 0.15)
"""The same of what no bid move tells, common to a shop: the words that bring most are not those that moved."""

_PRICE_NOISE, _PRICE_SWAY = 0.3, 0.06
"""Standard deviation of the log price of one click, and of a day's."""


@dataclass(frozen=True)
class Missing:
    """What a believed response misses: log change per unit of the log change believed.

    Args:
        mean: of each word, shape (n,).
        shared: standard deviation of what all words miss in common.
        own: of what each misses besides, shape (n,).
    """

    mean: Array
    shared: float
    own: Array


@dataclass(frozen=True)
class Steepness:
    """What the response misses in clicks and in their price."""

    clicks: Missing
    price: Missing

    @classmethod
    def unseen(cls, words: int) -> Steepness:
        """Of a log in which no bid ever moved."""
        none = np.zeros(words)
        return cls(*(Missing(none, shop, np.full(words, word)) for shop, word in (_CLICKS, _PRICE)))


def steepness(
    keyword: Ints,
    believed: tuple[Array, Array],
    lasted: Array,
    clicks: tuple[Array, Array],
    cost: tuple[Array, Array],
    words: int,
) -> Steepness:
    """Hold the bid moves of a log against what was believed of them.

    Args:
        keyword: number of each running keyword-day's keyword, shape (rows,).
        believed: logarithms of the clicks that the response expects at its bid, and of their price, each of shape (rows,).
        lasted: share of the day before its campaign's money was gone, shape (rows,): a day cut short tells as much less.
        clicks: seen, and believed of a whole day at that bid, each of shape (rows,).
        cost: likewise.
        words: how many keywords there are.
    """
    (seen, due), (paid, price) = clicks, (ratio(cost[0], clicks[0]), ratio(cost[1], clicks[1]))
    due = due * lasted
    due = due * np.nan_to_num(ratio(sums(keyword, seen, words), sums(keyword, due, words)))[keyword]
    surprise = ratio(paid, price)
    told = np.isfinite(surprise) & (surprise > 0)
    noise = _PRICE_NOISE**2 / np.maximum(seen, 1) + _PRICE_SWAY**2
    return Steepness(
        _missing(
            keyword, believed[0], ratio(seen, due), due / (1 + DAY_NOISE**2 * due), words, _CLICKS, _UNTOLD[0]
        ),
        _missing(
            keyword,
            believed[1],
            np.log(np.where(told, surprise, 1.0)),
            told / noise,
            words,
            _PRICE,
            _UNTOLD[1],
        ),
    )


def _missing(
    keyword: Ints,
    believed: Array,
    surprise: Array,
    precision: Array,
    words: int,
    prior: tuple[float, float],
    untold: float,
) -> Missing:
    """Slopes of the surprise along what was believed; all of shape (rows,), the precision that of the surprise."""

    def around_its_mean(values: Array) -> Array:
        total, weight = sums(keyword, precision * values, words), sums(keyword, precision, words)
        return values - np.nan_to_num(ratio(total, weight))[keyword]

    off, rise = around_its_mean(believed), around_its_mean(np.nan_to_num(surprise))
    pull, told = sums(keyword, precision * off * rise, words), sums(keyword, precision * off**2, words)
    shop, word = prior
    doubt = 1 + word**2 * told
    variance = 1 / (1 / shop**2 + float((told / doubt).sum()))
    common = variance * float((pull / doubt).sum())
    own = word**2 * (pull - common * told) / doubt
    return Missing(common + own, float(np.hypot(np.sqrt(variance), untold)), word / np.sqrt(doubt))
