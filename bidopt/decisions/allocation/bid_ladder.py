"""The bids a keyword may take today, and what each is expected to cost and bring."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bidopt.decisions.allocation.portfolio import Choices
from bidopt.decisions.draft import Mask
from bidopt.decisions.policy import Situation
from bidopt.domain.metrics import Array
from bidopt.evidence.keyword_index import Ints

RUNGS = 31
"""Bids per keyword, 2 to 5 % apart; the middle one is the bid in force. Half as many give up 0.1 to 0.4 % of the revenue that
is believed possible; twice as many find no more than 0.1 % beyond."""

MIDDLE = RUNGS // 2


@dataclass(frozen=True)
class BidLadder:
    """Bids within a day's reach; arrays of shape (n, RUNGS), bids ascending.

    Args:
        bids: currency per click; NaN where no bid is known.
        cost, revenue: expected per day; 0 where the word does not run, its whole campaign is sold out, or its bid or
            value is unknown; revenue also where its product is sold out.
        movable: rows whose bid may be set, shape (n,).
    """

    bids: Array
    cost: Array
    revenue: Array
    movable: Mask

    def choices(self, margin: Array | None, fixed: Mask | None = None, rung: Ints | None = None) -> Choices:
        """The question for the allocator; a row that is not movable has the bid in force only.

        Args:
            margin: gross margin per keyword for the profit objective, shape (n,); None for revenue.
            fixed: rows that are settled already, shape (n,).
            rung: where they are settled, shape (n,).
        """
        allowed = np.repeat(self.movable[:, None], RUNGS, axis=1)
        allowed[:, MIDDLE] = True
        if fixed is not None and rung is not None:
            allowed[fixed] = np.arange(RUNGS) == rung[fixed, None]
        return Choices(self.cost, self.revenue, allowed=allowed, margin=margin)

    def at(self, table: Array, rung: Ints) -> Array:
        """Entries of a table of shape (n, RUNGS) at one rung per row, shape (n,)."""
        entries: Array = table[np.arange(len(table)), rung]
        return entries


def bid_ladder(situation: Situation, *, raise_by: Array, cut_by: float) -> BidLadder:
    """The ladder of every keyword.

    Args:
        situation: of the morning.
        raise_by: reach of a raise as a fraction of the bid in force, shape (n,).
        cut_by: reach of a cut, likewise.
    """
    evidence = situation.evidence
    keywords, value = evidence.keywords, evidence.value_per_click.mean
    base = keywords["base_bid"].to_numpy()
    below = np.linspace(np.log1p(-cut_by), 0.0, MIDDLE + 1)[None, :].repeat(len(base), axis=0)
    above = np.linspace(0.0, 1.0, MIDDLE + 1)[1:] * np.log1p(raise_by)[:, None]
    bids = base[:, None] * np.exp(np.hstack([below, above]))
    running = evidence.running & ~evidence.sold_out_campaigns[evidence.campaign_of]
    value = np.where(evidence.in_stock, value, 0.0)
    package = (keywords["match_type"] == "package").to_numpy()
    counted = running & (base > 0) & ~np.isnan(value)  # a total of what is half known misleads the rest
    return BidLadder(
        bids,
        cost=np.where(counted[:, None], evidence.response.cost_at(bids), 0.0),
        revenue=np.where(counted[:, None], evidence.response.clicks_at(bids), 0.0)
        * np.nan_to_num(value)[:, None],
        movable=counted & ~package,
    )
