"""Replays a shop's log under several policies at once, morning by morning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import numpy as np

from bidopt.backtest.log_replay import LogReplay
from bidopt.backtest.logged_days import FactHistory, LoggedDays
from bidopt.backtest.policy_run import PolicyRun
from bidopt.backtest.replay_cells import OwnDays
from bidopt.backtest.replay_estimate import Doubt, ReplayEstimate, estimate, undrawn
from bidopt.evidence.evidence import LookBack, believe
from bidopt.facts.fact_tables import FactTables
from bidopt.recommender import Recommender

AS_LOGGED = "as_logged"
"""Name of the run of what was really done."""


def replay(
    history: FactHistory,
    log: LoggedDays,
    recommenders: Mapping[str, Recommender],
    *,
    doubt: Doubt | None = None,
    with_bids: bool = False,
    played: Callable[[str], object] = str,
) -> dict[str, PolicyRun]:
    """Play all days of a log under each policy; nothing a policy does is seen by another.

    Args:
        history: of the shop; asked for each morning in order.
        log: the days.
        recommenders: by name; each has its own goals.
        doubt: draws, the same for all.
        with_bids: whether the runs carry their bids, to be set beside drawn ones.
        played: told each day once all have played it.

    Returns:
        The runs by name.
    """
    shared = _ThisMorning(history)
    markets = {
        name: LogReplay(shared, log, r.goals, window_days=r.evidence.window_days + 1, doubt=doubt or Doubt())
        for name, r in recommenders.items()
    }
    for day in log.dates:
        for name, market in markets.items():
            recommender, facts = recommenders[name], market.facts()
            evidence = believe(shared.look_back(recommender, market.morning), facts)
            market.play(recommender.decide(evidence).changes)
        played(f"{day:%Y-%m-%d}")
    return {name: run_of(name, market, log, with_bids=with_bids) for name, market in markets.items()}


def run_of(name: str, market: LogReplay, log: LoggedDays, *, with_bids: bool = False) -> PolicyRun:
    """What a policy made of all days of a log, `with_bids` where there are drawn ones to set them beside."""
    turnover = market.turnover
    later_cost, later_revenue = market.later_value()
    changes: dict[str, Any] = {
        "bids_set": sum(day.bids for day in turnover),
        "dropped": sum(day.dropped for day in turnover),
        "resumed": sum(day.resumed for day in turnover),
        "budgets_set": sum(day.budgets for day in turnover),
        "change": sum(day.change for day in turnover),
        "gone": int(market.dropped.sum()),
        "later_cost": later_cost,
        "later_revenue": later_revenue,
    }
    if with_bids:
        own = market.own_days()
        changes["bids"] = np.where(own.running, own.bid, 0.0)
    return PolicyRun(policy=name, **_estimated(market.estimate(), log), **changes)


def logged_run(log: LoggedDays, doubt: Doubt, margin: float | None) -> PolicyRun:
    """What was really done, of which only the luck is in doubt; what was changed by hand is not counted."""
    found = estimate(log, OwnDays(log.bid, ~log.paused, log.budget), doubt, margin)
    return PolicyRun(policy=AS_LOGGED, **_estimated(found, log))


def _estimated(found: ReplayEstimate, log: LoggedDays) -> dict[str, Any]:
    return {
        "dates": tuple(f"{day:%Y-%m-%d}" for day in log.dates),
        "budget": found.days["budget"].to_numpy(),
        "cost": found.days["cost"].to_numpy(),
        "revenue": found.days["revenue"].to_numpy(),
        "earned": found.mean_earned,
        "cost_draws": found.cost,
        "revenue_draws": found.revenue,
        "earned_draws": found.earned,
        "inside": found.inside,
        "inside_money": found.inside_money,
        "by_model": found.by_model * float(found.days["revenue"].sum()),
        "keyword_days": int(log.in_play.sum()),
    }


def scaled_log(log: LoggedDays, factor: float) -> tuple[float, float]:
    """Estimated cost and revenue of the log with every bid multiplied by `factor`, budgets as they were."""
    return undrawn(log, OwnDays(log.bid * factor, ~log.paused, log.budget))


class _ThisMorning:
    """A history that remembers the morning asked for last, and the look back on it: policies take turns."""

    def __init__(self, history: FactHistory) -> None:
        self._history = history
        self._asked: tuple[date, int] | None = None
        self._known: FactTables
        self._past: LookBack | None = None

    def known_on(self, day: date, window_days: int = 120) -> FactTables:
        """What the history knows."""
        if self._asked != (day, window_days):
            self._past = None  # let go before the next is made
            self._known = self._history.known_on(day, window_days)
            self._asked = day, window_days
        return self._known

    def look_back(self, recommender: Recommender, day: date) -> LookBack:
        """What the facts of the morning tell whoever decides on it."""
        known = self.known_on(day, recommender.evidence.window_days + 1)
        if self._past is None or self._past.settings != recommender.evidence:
            self._past = recommender.look_back(known, day)
        return self._past
