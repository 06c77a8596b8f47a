"""A policy's own bids, pauses and budgets, carried from day to day beside a log that knows nothing of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.backtest.controls import Controls, changed
from bidopt.backtest.logged_days import LoggedDays, Mask
from bidopt.domain.changes import CAMPAIGN_KEY, KEYWORD_KEY, Changes
from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.keyword_index import rows_of
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.schemas import WORD_LIVES


@dataclass(frozen=True)
class OwnControls:
    """What a policy has in force; rows are the keywords (n) and campaigns (c) of a log.

    Args:
        controls: bids, pauses and budgets; a bid is NaN where none is known and none was set.
        met: keywords that were in play on some morning, shape (n,); the others are as the log has them.
        met_campaigns: the same of campaigns, shape (c,).
        stood: bid, or what stood in for it, that the policy was told before it set one, shape (n,).
        changed_on: last change of each bid, shape (n,); NaT where none is known.
        dropped_on, resumed_on: newest day on which the policy dropped and resumed each word, shape (n,); NaT where it
            did not.
        dropped_for: its reason to drop it, encoded, shape (n,); "" where it did not.
    """

    controls: Controls
    met: Mask
    met_campaigns: Mask
    stood: Array
    changed_on: npt.NDArray[np.datetime64]
    dropped_on: npt.NDArray[np.datetime64]
    resumed_on: npt.NDArray[np.datetime64]
    dropped_for: npt.NDArray[np.object_]

    @classmethod
    def none(cls, log: LoggedDays) -> OwnControls:
        """Before the first morning."""
        n, campaigns = len(log.keywords), len(log.campaigns)
        never = np.full(n, np.datetime64("NaT", "s"))
        return cls(
            Controls(np.full(n, np.nan), np.zeros(n, dtype=np.bool_), np.full(campaigns, np.nan)),
            met=np.zeros(n, dtype=np.bool_),
            met_campaigns=np.zeros(campaigns, dtype=np.bool_),
            stood=np.full(n, np.nan),
            changed_on=never,
            dropped_on=never,
            resumed_on=never,
            dropped_for=np.full(n, "", dtype=object),
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
            word_lives=self._word_lives(log),
        )

    def _word_lives(self, log: LoggedDays) -> pd.DataFrame:
        """Schema WORD_LIVES: the words that the policy ever dropped."""
        ever = ~np.isnat(self.dropped_on)
        if not ever.any():
            return WORD_LIVES.empty()
        told = {
            "dropped_on": self.dropped_on[ever],
            "reason": self.dropped_for[ever],
            "resumed_on": self.resumed_on[ever],
        }
        return WORD_LIVES.conform(log.keywords[ever].reset_index(drop=True).assign(**told))

    def after(self, changes: Changes, told: FactTables, log: LoggedDays, day: date) -> OwnControls:
        """After a plan for `day` made from the facts `told`."""
        controls = changed(self.controls, log.keywords, log.campaigns, changes)
        moved = np.asarray(controls.bids != self.controls.bids) & ~np.isnan(controls.bids)
        rows, known = rows_of(told.current_bids, log.keywords, KEYWORD_KEY)
        base = np.full(len(self.stood), np.nan)
        base[rows] = told.current_bids["base_bid"].to_numpy()[known]
        dropped = controls.paused & ~self.controls.paused
        resumed = self.controls.paused & ~controls.paused
        rows, known = rows_of(changes.bids, log.keywords, KEYWORD_KEY)
        why = self.dropped_for.copy()
        why[rows] = changes.bids["reason"].to_numpy(dtype=object)[known]
        today = np.datetime64(day, "s")
        return replace(
            self,
            controls=controls,
            stood=np.where(moved & np.isnan(self.stood), base, self.stood),
            changed_on=np.where(moved, today, self.changed_on),
            dropped_on=np.where(dropped, today, self.dropped_on),
            resumed_on=np.where(resumed, today, self.resumed_on),
            dropped_for=np.where(dropped, why, self.dropped_for),
        )

    def bids_in_terms_of(self, log: LoggedDays, day: int) -> Array:
        """Bids to hold against `log.bid[:, day]`, shape (n,).

        Where the log has no bids, only the change against what stood in for them says anything.
        """
        logged, own = log.bid[:, day], self.controls.bids
        own = np.where(log.bid_known, own, logged * ratio(own, self.stood))
        return np.where(np.isnan(own), logged, own)
