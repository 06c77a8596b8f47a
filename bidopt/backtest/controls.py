"""What is set in a shop, bids, pauses and budgets, and how a plan changes it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.domain.changes import CAMPAIGN_KEY, KEYWORD_KEY, Changes
from bidopt.domain.metrics import Array
from bidopt.evidence.keyword_index import Ints, rows_of


@dataclass(frozen=True)
class Controls:
    """What is set: bid and paused per keyword, daily budget per campaign; NaN where unknown."""

    bids: Array
    paused: npt.NDArray[np.bool_]
    budgets: Array

    @property
    def offered(self) -> Array:
        """Bids that take part; 0 where paused."""
        return np.where(self.paused, 0.0, self.bids)


def changed(
    controls: Controls, keywords: pd.DataFrame, campaigns: pd.DataFrame, changes: Changes
) -> Controls:
    """The controls after a plan was applied; keywords and campaigns it does not name stay as they are.

    Args:
        controls: in force.
        keywords: names the rows of bids and pauses, with KEYWORD_KEY.
        campaigns: names the rows of budgets, with CAMPAIGN_KEY.
        changes: the plan; words to add are left aside.
    """
    rows = _rows_of(changes.bids, keywords, KEYWORD_KEY)
    known = rows >= 0
    action, bid = changes.bids["action"].to_numpy()[known], changes.bids["bid"].to_numpy()[known]
    rows = rows[known]
    bids, paused, budgets = controls.bids.copy(), controls.paused.copy(), controls.budgets.copy()
    moved = np.isin(action, ["set_bid", "resume"]) & ~np.isnan(bid)
    bids[rows[moved]] = bid[moved]
    paused[rows[action == "pause"]] = True
    paused[rows[action == "resume"]] = False
    place = _rows_of(changes.budgets, campaigns, CAMPAIGN_KEY)
    budget = changes.budgets["budget"].to_numpy()
    told = (place >= 0) & ~np.isnan(budget)
    budgets[place[told]] = budget[told]
    return Controls(bids, paused, budgets)


def _rows_of(table: pd.DataFrame, named: pd.DataFrame, key: tuple[str, ...]) -> Ints:
    """Row of `named` that each row of `table` stands for, -1 where there is none."""
    if all(table[column].array.equals(named[column].array) for column in key):
        return np.arange(len(named))  # a plan nearly always names all, in order
    rows, known = rows_of(table, named, key)
    out: Ints = np.full(len(table), -1, dtype=np.int64)
    out[known] = rows
    return out
