"""Small money for learning: bids of little-known words raised to where they would stand if they were good."""

from __future__ import annotations

import numpy as np

from bidopt.decisions.allocation.bid_ladder import BidLadder
from bidopt.decisions.draft import Mask
from bidopt.decisions.policy import Situation
from bidopt.domain.metrics import Array
from bidopt.evidence.keyword_index import Ints


def trials(
    situation: Situation,
    ladder: BidLadder,
    rung: Ints,
    *,
    least_return: Array | float,
    money: float,
    doubt: float,
) -> tuple[Ints, Mask]:
    """Raise words whose value is drawn high from its belief (Thompson sampling), as far as the money goes.

    Drawn anew each day, the same for the same day and shop; a word is tried while its belief is wide and comes back by
    itself when the orders tell.

    Args:
        situation: of the morning.
        ladder: bids within reach.
        rung: chosen without trials, shape (n,).
        least_return: revenue that the last unit of cost must bring elsewhere in the account, one for all or shape (n,).
        money: extra cost per day that trials may have, in expectation.
        doubt: relative standard deviation of the value from which a word is little known.

    Returns:
        Rungs with the trials, and which words are on trial, both of shape (n,).
    """
    belief = situation.evidence.value_per_click
    drawn = np.nan_to_num(belief.draw(np.random.default_rng(situation.as_of.toordinal())))
    mean = np.nan_to_num(belief.mean)
    hoped = ladder.revenue * np.divide(drawn, mean, out=np.zeros_like(mean), where=mean > 0)[:, None]
    gain: Array = hoped - np.broadcast_to(least_return, len(mean))[:, None] * ladder.cost
    unknown = ladder.movable & (np.nan_to_num(belief.relative_sd) >= doubt)
    wanted = np.where(unknown, np.argmax(gain, axis=1), rung)
    extra = ladder.at(ladder.cost, wanted) - ladder.at(ladder.cost, rung)
    better = ladder.at(gain, wanted) - ladder.at(gain, rung)
    hopeful = np.flatnonzero((wanted > rung) & (better > 0) & (extra > 0))
    best_first = hopeful[np.argsort(-better[hopeful] / extra[hopeful], kind="stable")]
    chosen = best_first[np.cumsum(extra[best_first]) <= money]
    on_trial = np.zeros(len(rung), dtype=bool)
    on_trial[chosen] = True
    return np.where(on_trial, wanted, rung), on_trial
