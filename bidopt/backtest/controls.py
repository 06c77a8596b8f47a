"""What the operator has set in a simulated shop, and how a plan changes it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.backtest.world import PLATFORM, Ints, World
from bidopt.domain.changes import CAMPAIGN_KEY, KEYWORD_KEY, Changes
from bidopt.domain.metrics import Array


@dataclass(frozen=True)
class Controls:
    """What the operator has set: bid and paused per keyword, daily budget per campaign."""

    bids: Array
    paused: npt.NDArray[np.bool_]
    budgets: Array

    @property
    def offered(self) -> Array:
        """Bids that take part; 0 where paused."""
        return np.where(self.paused, 0.0, self.bids)


def changed(controls: Controls, world: World, changes: Changes) -> Controls:
    """The controls after a plan was applied; keywords and campaigns it does not name stay as they are.

    Args:
        controls: in force.
        world: names the rows of `controls`.
        changes: the plan.
    """
    rows = _rows_of(changes.bids[list(KEYWORD_KEY)], world.keywords)
    known = rows >= 0
    action, bid = changes.bids["action"].to_numpy()[known], changes.bids["bid"].to_numpy()[known]
    rows = rows[known]
    bids, paused, budgets = controls.bids.copy(), controls.paused.copy(), controls.budgets.copy()
    moved = np.isin(action, ["set_bid", "resume"]) & ~np.isnan(bid)
    bids[rows[moved]] = bid[moved]
    paused[rows[action == "pause"]] = True
    paused[rows[action == "resume"]] = False
    campaigns = world.campaigns.assign(platform=PLATFORM)[list(CAMPAIGN_KEY)]
    place = _rows_of(changes.budgets[list(CAMPAIGN_KEY)], campaigns)
    budget = changes.budgets["budget"].to_numpy()
    told = (place >= 0) & ~np.isnan(budget)
    budgets[place[told]] = budget[told]
    return Controls(bids, paused, budgets)


def _rows_of(keys: pd.DataFrame, named: pd.DataFrame) -> Ints:
    """Row of each key in `named`, -1 where it has none."""
    if len(keys) == len(named) and keys.reset_index(drop=True).equals(named):
        return np.arange(len(named))  # a plan nearly always names all keywords, in order
    numbered = named.assign(row=np.arange(len(named)))
    found = keys.merge(numbered, how="left", on=list(named.columns))["row"]
    return found.fillna(-1).to_numpy().astype(np.int64)
