"""What exports would tell of days played after a shop's own log: the shop's facts, carried on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.backtest.controls import Controls
from bidopt.backtest.shop_log import ShopLog
from bidopt.domain.changes import CAMPAIGN_KEY, KEYWORD_KEY
from bidopt.evidence.keyword_index import sorted_by
from bidopt.facts.fact_tables import FactTables

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class BidState:
    """What a list of the shop's words would say of their bids, by keyword, shape (n,).

    Args:
        silent: words whose bid no report tells.
        moved_on: day of the newest bid change played, NaT where there was none.
    """

    silent: Mask
    moved_on: npt.NDArray[np.datetime64]

    @classmethod
    def of(cls, current_bid: npt.NDArray[np.float64]) -> BidState:
        """Before any day was played: the bids that the shop's own reports tell, NaN where they do not."""
        return cls(np.isnan(current_bid), np.full(len(current_bid), np.datetime64("NaT", "s")))

    def after(self, before: Controls, now: Controls, day: date) -> BidState:
        """The state once a plan is in force on `day`; a bid that was set is known from then on."""
        moved = np.abs(now.bids - before.bids) > 1e-9
        return BidState(self.silent & ~moved, np.where(moved, np.datetime64(day, "s"), self.moved_on))


def in_order(facts: FactTables, dropped: Mask) -> FactTables:
    """The facts with their words and campaigns in the order of the evidence, and some words paused.

    Args:
        facts: of the shop.
        dropped: by keyword in that order, shape (n,).
    """
    bids = sorted_by(facts.current_bids, KEYWORD_KEY)
    status = bids["status"].mask(dropped, "paused").astype("str")
    budgets = sorted_by(facts.current_budgets, CAMPAIGN_KEY)
    return replace(facts, current_bids=bids.assign(status=status), current_budgets=budgets)


def carried_on(
    real: FactTables, log: ShopLog, states: Sequence[BidState], first: Controls, now: Controls
) -> FactTables:
    """The facts on the morning after the days played.

    Args:
        real: the shop's own, as `in_order` gives them.
        log: of the days played, at least one.
        states: of each of them.
        first: before the first of them.
        now: in force on the last.
    """
    played = log.keyword_days(log.first, log.morning)
    played = played.assign(
        quality_score=np.tile(real.current_bids["quality_score"].to_numpy(), len(states)),
        bid=played["bid"].mask(np.concatenate([state.silent for state in states])),
    )
    budgets, stock = log.budget_days(), log.stock_days()
    return replace(
        real,
        keyword_days=pd.concat([real.keyword_days, played], ignore_index=True),
        current_bids=_current_bids(real.current_bids, states[-1], first, now),
        current_budgets=_current_budgets(real.current_budgets, now, log.morning),
        budget_days=_joined(real.budget_days, budgets[np.isfinite(budgets["daily_budget"])]),
        stock_days=_joined(real.stock_days, stock.dropna()),
    )


def _joined(real: pd.DataFrame, played: pd.DataFrame) -> pd.DataFrame:
    if real.empty or played.empty:
        return played if real.empty else real
    return pd.concat([real, played], ignore_index=True)


def _current_bids(listed: pd.DataFrame, state: BidState, first: Controls, now: Controls) -> pd.DataFrame:
    moved = ~np.isnat(state.moved_on)
    status = listed["status"].mask(now.paused & ~first.paused, "paused")
    status = status.mask(first.paused & ~now.paused, "enabled")
    return listed.assign(
        status=status.astype("str"),
        current_bid=listed["current_bid"].mask(moved, now.bids),
        base_bid=listed["base_bid"].mask(moved, now.bids),
        changed_on=listed["changed_on"].mask(moved, pd.Series(state.moved_on)),
    )


def _current_budgets(listed: pd.DataFrame, now: Controls, morning: date) -> pd.DataFrame:
    """Campaigns that were named lately still are; those that ran out of sight stay out of it."""
    known = np.isfinite(now.budgets)
    newest = listed.groupby("platform")["seen_on"].transform("max")
    yesterday = pd.Timestamp(morning) - pd.Timedelta(days=1)
    seen_on = yesterday - (newest - listed["seen_on"])
    return listed.assign(
        current_budget=listed["current_budget"].mask(known, now.budgets),
        seen_on=seen_on.astype("datetime64[s]"),
    )
