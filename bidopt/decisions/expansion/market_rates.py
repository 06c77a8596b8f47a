"""Click and conversion rates that a market list states, as one more voice about words that were never bought."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from bidopt.domain.metrics import Array
from bidopt.evidence.belief import Belief
from bidopt.evidence.evidence import Evidence
from bidopt.text.normalize import fold
from bidopt.text.word_order import squeezed

SPREAD, SPREAD_WORTH = 0.5, 10.0
"""Relative variance of the shop's rate of a word about the market's before bought words tell, and the words it is worth."""

LEVEL_WORTH = 20.0
"""Events for which the candidates' middle rate, over the market's, stands beside the words that are bought and listed."""


def market_told(
    rate: Literal["ctr", "cvr"], borrowed: Belief, candidates: pd.DataFrame, evidence: Evidence
) -> Belief:
    """The belief in candidates' rates, with what the market states for each of them.

    A market counts other things than a shop does (free listings, visitors), so that a stated rate only says how a word
    stands to the other listed words: the level is the shop's own. How far shop and market agree, word by word, is
    learned from the words that are bought and listed (Gamma-Poisson, by moments); the statement weighs as much.

    Args:
        rate: which.
        borrowed: belief without the market, aligned with `candidates`.
        candidates: with keyword.
        evidence: of the words bought.
    """
    listed = _stated(rate, evidence.words.market_terms)
    asked = listed.reindex(_texts(candidates["keyword"])).to_numpy(dtype=np.float64)
    if not (asked > 0).any():
        return borrowed
    stated = np.asarray(listed.reindex(_texts(evidence.keywords["keyword"])), dtype=np.float64)
    counts = evidence.counts
    chances, events = (
        (counts.impressions, counts.clicks) if rate == "ctr" else (counts.matured_clicks, counts.orders)
    )
    told = asked > 0
    likely = Belief(borrowed.mean / (1 - borrowed.nil), borrowed.shape)
    usual = float(np.median(likely.mean[told]) / np.median(asked[told]))
    level, agreement = _agreement(stated, chances, events, usual)
    both = likely.after(np.full(len(asked), agreement), agreement / np.where(told, level * asked, 1.0))
    return Belief(
        np.where(told, both.mean * (1 - borrowed.nil), borrowed.mean),
        np.where(told, both.shape, borrowed.shape),
        borrowed.nil,
    )


def _agreement(stated: Array, chances: Array, events: Array, usual: float) -> tuple[float, float]:
    """Shop's over market's rate, and the shape of the shop's rate of a word about that.

    Args:
        stated: market's rate of each bought word, NaN where it is not listed, shape (n,).
        chances: impressions or clicks of each, weighted, shape (n,).
        events: clicks or orders of each, likewise.
        usual: shop's over market's rate before these words tell.
    """
    both = (stated > 0) & (chances > 0)
    base, events = chances[both] * stated[both], np.maximum(events[both], 0.0)
    level = float((events.sum() + LEVEL_WORTH) / (base.sum() + LEVEL_WORTH / usual))
    expected = level * base
    beyond = float(((events - expected) ** 2 - expected).sum())
    heard = float((expected**2).sum())
    # A word that is hardly expected an event tells nothing of the spread: words count by what they could tell.
    words = heard**2 / float((expected**4).sum()) if heard > 0 else 0.0
    spread = max(beyond, 0.0) / heard if heard > 0 else 0.0
    return level, (words + SPREAD_WORTH) / (words * spread + SPREAD_WORTH * SPREAD)


def _stated(rate: str, market: pd.DataFrame) -> pd.Series[float]:
    """Middle of the stated range of each term, by its text; only what is above nothing."""
    low, high = market[f"{rate}_low"], market[f"{rate}_high"]
    middle = (low.fillna(high) + high.fillna(low)) / 2
    stated = pd.Series(middle.to_numpy(), index=_texts(market["term"]))
    stated = stated[stated > 0]
    return stated[~stated.index.duplicated()]


def _texts(texts: pd.Series[str]) -> list[str]:
    return [squeezed(fold(text)) for text in texts]
