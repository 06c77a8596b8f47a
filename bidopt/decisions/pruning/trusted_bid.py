"""How far a word's bid may rise before it has shown that it pays there."""

from __future__ import annotations

import numpy as np

from bidopt.decisions.policy import Situation
from bidopt.decisions.pruning.word_record import WordRecord
from bidopt.domain.metrics import Array, ratio

_REACH: Array = np.linspace(0.0, np.log(4.0), 15)
"""Logarithms of the raises that are looked at: no day's raise goes further."""


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
        raise_from: chance asked of words that have sold.
        raise_unsold_from: of words without an order, which may be worth nothing at all however well their like sell.

    Returns:
        Shape (n,): the bid in force where no raise is trusted, infinity where none is held back.
    """
    response = situation.evidence.response
    bids = response.base_bid[:, None] * np.exp(_REACH)
    price = ratio(response.cost_at(bids), response.clicks_at(bids))
    chance = np.where(record.orders > 0, raise_from, raise_unsold_from)
    dearest = record.value.quantile(1 - chance) / (price_share * situation.goals.target_roas)
    trusted = ~(price > dearest[:, None])
    trusted[:, 0] = True
    highest = np.where(trusted, bids, 0.0).max(axis=1)
    free = (record.clicks == 0) | trusted[:, -1] | ~(response.base_bid > 0)
    most: Array = np.where(free, np.inf, highest)
    return most
