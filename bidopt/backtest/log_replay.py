"""A market made from a shop's log: policies decide on its mornings, and what their bids would have brought is estimated.

A policy sees the facts known that morning, with its own bids and budgets in force; what happened on past days is
what the log says happened, under the bids of the log. So decisions are made as live, but a policy never meets the
consequences of its own: one that steps a bid up again each day that the log's return is good steps on and on here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from bidopt.backtest.logged_days import FactHistory, LoggedDays, Mask
from bidopt.backtest.market import Market
from bidopt.backtest.own_controls import OwnControls
from bidopt.backtest.replay_cells import OwnDays
from bidopt.backtest.replay_estimate import Doubt, ReplayEstimate, estimate
from bidopt.domain.changes import Changes, budgets_to_set
from bidopt.domain.goals import Goals
from bidopt.domain.metrics import Array, ratio
from bidopt.facts.fact_tables import FactTables


@dataclass(frozen=True)
class Turnover:
    """What a policy changed on a day: bids set, words dropped and resumed, sum of |log change| of bids, budgets."""

    bids: int
    dropped: int
    resumed: int
    change: float
    budgets: int


class LogReplay(Market):
    """The market.

    Args:
        history: of the shop; `known_on` each morning.
        log: the days to play, with what all of it supports; for the scorer only.
        goals: what the shop wants.
        window_days: days of history that facts hold.
        doubt: how the estimate's uncertainty is drawn.
    """

    def __init__(
        self,
        history: FactHistory,
        log: LoggedDays,
        goals: Goals,
        *,
        window_days: int = 91,
        doubt: Doubt | None = None,
    ) -> None:
        self._history, self._log, self._goals = history, log, goals
        self._window_days, self._doubt = window_days, doubt or Doubt()
        self._own = OwnControls.none(log)
        self._days: list[tuple[Array, Mask, Array]] = []
        self._turnover: list[Turnover] = []
        self._dropped_on = np.full(len(log.keywords), -1)
        self._told: tuple[date, FactTables] | None = None

    @property
    def goals(self) -> Goals:
        """What the shop wants."""
        return self._goals

    @property
    def morning(self) -> date:
        """The next day to decide."""
        first: date = self._log.dates[0].date()
        return first + timedelta(days=len(self._days))

    @property
    def days_left(self) -> int:
        """Days of the log that are not played yet."""
        return len(self._log.dates) - len(self._days)

    def facts(self) -> FactTables:
        """What exports had told by this morning, with the own bids, pauses and budgets in force."""
        if self._told is None or self._told[0] != self.morning:
            known = self._history.known_on(self.morning, self._window_days)
            self._own = self._own.meeting(known, self._log)
            self._told = self.morning, self._own.laid_over(known, self._log)
        return self._told[1]

    def play(self, changes: Changes) -> None:
        """Put bids, pauses and budgets into force for the day; words to add are left aside."""
        told, day, before = self.facts(), len(self._days), self._own
        self._own = after = before.after(changes, told, self._log, self.morning)
        self._turnover.append(_turnover(before, after, changes))
        self._dropped_on[after.controls.paused & ~before.controls.paused] = day
        self._dropped_on[~after.controls.paused] = -1
        # What was never met is as the log has it.
        running = np.where(after.met, ~after.controls.paused, ~self._log.paused[:, day])
        budget = np.where(after.met_campaigns, after.controls.budgets, self._log.budget[:, day])
        self._days.append((after.bids_in_terms_of(self._log, day), running, budget))

    def outcome(self) -> pd.DataFrame:
        """Schema OUTCOME: the days played, as estimated."""
        return self.estimate().days

    def own_days(self) -> OwnDays:
        """What was in force on the days played."""
        bid, running, budget = (np.stack(part, axis=1) for part in zip(*self._days, strict=True))
        return OwnDays(bid, running, budget)

    def estimate(self) -> ReplayEstimate:
        """What the days played would have brought, with its uncertainty."""
        log = self._log.until(len(self._days))
        return estimate(log, self.own_days(), self._doubt, self._goals.gross_margin)

    @property
    def turnover(self) -> tuple[Turnover, ...]:
        """What each day's plan changed."""
        return tuple(self._turnover)

    @property
    def dropped(self) -> Mask:
        """Which keywords are dropped and were never resumed, shape (n,)."""
        return np.asarray(self._dropped_on >= 0)

    def later_value(self) -> tuple[float, float]:
        """Cost and mature revenue that the log has of dropped words from the day they were dropped."""
        day = np.arange(len(self._days))
        later = (self._dropped_on >= 0)[:, None] & (day >= self._dropped_on[:, None])
        log = self._log.until(len(self._days))
        return float(log.cost[later].sum()), float(log.revenue[later].sum())


def _turnover(before: OwnControls, after: OwnControls, changes: Changes) -> Turnover:
    was, now = before.controls, after.controls
    moved = np.asarray(was.bids != now.bids) & ~np.isnan(now.bids)
    stood = np.where(np.isnan(was.bids), after.stood, was.bids)
    change = np.abs(np.log(ratio(now.bids, stood)[moved]))
    change = change[np.isfinite(change)]
    return Turnover(
        bids=int(moved.sum()),
        dropped=int((now.paused & ~was.paused).sum()),
        resumed=int((was.paused & ~now.paused).sum()),
        change=float(change.sum()),
        budgets=len(budgets_to_set(changes.budgets)),
    )
