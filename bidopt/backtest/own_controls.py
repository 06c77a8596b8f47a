"""A policy's own bids, pauses and budgets, carried from day to day beside a log that knows nothing of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from bidopt.backtest.controls import Controls, changed
from bidopt.backtest.logged_days import LoggedDays, Mask
from bidopt.backtest.own_drops import OwnDrops
from bidopt.domain.changes import CAMPAIGN_KEY, KEYWORD_KEY, Changes
from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.keyword_index import rows_of
from bidopt.facts.fact_tables import FactTables


@dataclass(frozen=True)
class OwnControls:
    """What a policy has in force; rows are the keywords (n) and campaigns (c) of a log.

    Args:
        controls: bids, pauses and budgets; a bid is NaN where none is known and none was set.
        met: keywords that were in play on some morning, shape (n,); the others are as the log has them.
        met_campaigns: the same of campaigns, shape (c,).
        stood: bid, or what stood in for it, that the policy was told before it set one, shape (n,).
        changed_on: last change of each bid, shape (n,); NaT where none is known.
        drops: words that the policy dropped and resumed.
    """

    controls: Controls
    met: Mask
    met_campaigns: Mask
    stood: Array
    changed_on: npt.NDArray[np.datetime64]
    drops: OwnDrops

    @classmethod
    def none(cls, log: LoggedDays) -> OwnControls:
        """Before the first morning."""
        n, campaigns = len(log.keywords), len(log.campaigns)
        return cls(
            Controls(np.full(n, np.nan), np.zeros(n, dtype=np.bool_), np.full(campaigns, np.nan)),
            met=np.zeros(n, dtype=np.bool_),
            met_campaigns=np.zeros(campaigns, dtype=np.bool_),
            stood=np.full(n, np.nan),
            changed_on=np.full(n, np.datetime64("NaT", "s")),
            drops=OwnDrops.none(n),
        )

    def meeting(self, facts: FactTables, log: LoggedDays) -> OwnControls:
        """With what is in play for the first time as the log has it this morning."""
        rows, known = rows_of(facts.current_bids, log.keywords, KEYWORD_KEY)
        new = ~self.met[rows]
        rows, state = rows[new], facts.current_bids[known][new]
        now = self.controls
        bids, paused, budgets = now.bids.copy(), now.paused.copy(), now.budgets.copy()
        met, met_campaigns, changed_on = self.met.copy(), self.met_campaigns.copy(), self.changed_on.copy()
        met[rows] = True
        bids[rows] = state["current_bid"]
        paused[rows] = state["status"] == "paused"
        changed_on[rows] = state["changed_on"]
        place, listed = rows_of(facts.current_budgets, log.campaigns, CAMPAIGN_KEY)
        first = ~self.met_campaigns[place]
        budgets[place[first]] = facts.current_budgets["current_budget"].to_numpy()[listed][first]
        met_campaigns[place] = True
        return replace(
            self,
            controls=Controls(bids, paused, budgets),
            met=met,
            met_campaigns=met_campaigns,
            changed_on=changed_on,
        )

    def laid_over(self, facts: FactTables, log: LoggedDays) -> FactTables:
        """The facts of a morning with the own controls in force and the own drops as the ledger would tell them; all else is the log's."""
        bids, budgets = facts.current_bids, facts.current_budgets
        rows, known = rows_of(bids, log.keywords, KEYWORD_KEY)
        current, paused = np.full(len(bids), np.nan), np.zeros(len(bids), dtype=np.bool_)
        changed_on = np.full(len(bids), np.datetime64("NaT", "s"))
        current[known], paused[known] = self.controls.bids[rows], self.controls.paused[rows]
        changed_on[known] = self.changed_on[rows]
        base = bids["base_bid"].to_numpy()
        status = bids["status"].mask(bids["status"] == "paused", "enabled").mask(paused, "paused")
        place, listed = rows_of(budgets, log.campaigns, CAMPAIGN_KEY)
        money = budgets["current_budget"].to_numpy().copy()
        money[listed] = self.controls.budgets[place]
        return replace(
            facts,
            current_bids=bids.assign(
                status=status.astype("str"),
                current_bid=current,
                # Without a bid of its own a keyword keeps what stands in for it; where none can be set, none.
                base_bid=np.where(np.isnan(current) | np.isnan(base), base, current),
                changed_on=changed_on,
            ),
            current_budgets=budgets.assign(current_budget=money),
            word_lives=self.drops.lives(log.keywords),
        )

    def after(self, changes: Changes, told: FactTables, log: LoggedDays, day: date) -> OwnControls:
        """After a plan for `day` made from the facts `told`."""
        controls = changed(self.controls, log.keywords, log.campaigns, changes)
        moved = np.asarray(controls.bids != self.controls.bids) & ~np.isnan(controls.bids)
        rows, known = rows_of(told.current_bids, log.keywords, KEYWORD_KEY)
        base = np.full(len(self.stood), np.nan)
        base[rows] = told.current_bids["base_bid"].to_numpy()[known]
        return replace(
            self,
            controls=controls,
            stood=np.where(moved & np.isnan(self.stood), base, self.stood),
            changed_on=np.where(moved, np.datetime64(day, "s"), self.changed_on),
            drops=self.drops.after(self.controls, controls, log.keywords, changes, day),
        )

    def bids_in_terms_of(self, log: LoggedDays, day: int) -> Array:
        """Bids to hold against `log.bid[:, day]`, shape (n,).

        Where the log has no bids, only the change against what stood in for them says anything.
        """
        logged, own = log.bid[:, day], self.controls.bids
        own = np.where(log.bid_known, own, logged * ratio(own, self.stood))
        return np.where(np.isnan(own), logged, own)
