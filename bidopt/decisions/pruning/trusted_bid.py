"""How far a word's bid may rise before it has shown that it pays there."""

from __future__ import annotations

import numpy as np

from bidopt.decisions.policy import Situation
from bidopt.decisions.pruning.word_record import WordRecord
from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.bid_response import BidResponse

_REACH: Array = np.linspace(0.0, np.log(4.0), 15)
"""Logarithms of the raises that are looked at first: no day's raise goes further."""

_HALVINGS = 7
"""Of the step above the highest of these that is trusted; 0.1 % of the bid is left."""


def trusted_bids(
    situation: Situation,
    record: WordRecord,
    *,
    price_share: float,
    raise_from: float,
    raise_unsold_from: float,
) -> Array:
    """Highest bid at whose price each word still pays with enough chance.

    What a word costs is taken at the bid in question: one that is nearly sure to pay at 0.3 a click has shown nothing of what
    it would do at 1.2. Words without clicks have cost nothing, and are free to find the market.

    Args:
        situation: of the morning.
        record: of the words.
        price_share: price, as a share of the one at the bid, that the word has to pay for, as in `word_record`.
        raise_from: chance asked of words that have sold; 0 asks it of no word, sold or not.
        raise_unsold_from: of words without an order, which may be worth nothing at all however well their like sell; never less
            than of words that have sold.

    Returns:
        Shape (n,): the bid in force where no raise is trusted, infinity where none is held back.
    """
    response = situation.evidence.response
    unsold = max(raise_from, raise_unsold_from) if raise_from > 0 else 0.0
    chance = np.where(record.orders > 0, raise_from, unsold)
    dearest = record.value.quantile(1 - chance) / (price_share * situation.goals.target_roas)
    rungs = np.broadcast_to(_REACH, (len(dearest), len(_REACH)))
    trusted = ~(_price(response, rungs) > dearest[:, None])
    low = np.where(trusted, _REACH, 0.0).max(axis=1)
    high = low + _REACH[1]
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        pays = ~(_price(response, middle) > dearest)
        low, high = np.where(pays, middle, low), np.where(pays, high, middle)
    free = (record.clicks == 0) | trusted[:, -1] | ~(response.base_bid > 0)
    most: Array = np.where(free, np.inf, response.base_bid * np.exp(low))
    return most


def _price(response: BidResponse, raised: Array) -> Array:
    """Cost per click at bids `raised` above the one in force, in logarithms; of shape (n,) or (n, m), as they are."""
    base = response.base_bid if raised.ndim == 1 else response.base_bid[:, None]
    bids = base * np.exp(raised)
    return ratio(response.cost_at(bids), response.clicks_at(bids))
