"""Replayed policies against the truth: a log from the auction market, and what the same bids would really have brought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from bidopt.backtest.auction_market import AuctionMarket
from bidopt.backtest.bid_noise import LogNormalNoise
from bidopt.backtest.controls import Controls
from bidopt.backtest.hand_bids import HandBids
from bidopt.backtest.log_replay import LogReplay
from bidopt.backtest.logged_days import LoggedDays, read_log
from bidopt.backtest.remembered_mornings import RememberedMornings
from bidopt.backtest.replay_cells import OwnDays
from bidopt.backtest.replay_estimate import Doubt, ReplayEstimate, estimate
from bidopt.backtest.scenarios import SCENARIOS
from bidopt.domain.changes import BIDS, BUDGETS, KEYWORDS, TITLES, Changes
from bidopt.domain.metrics import Array
from bidopt.domain.scorecard import HIGH, LOW
from bidopt.evidence.evidence import EvidenceSettings
from bidopt.guardrails.guardrail import ORDER
from bidopt.recommender import Recommender
from bidopt.settings.backtest_settings import MONEY_LIMITS, contender, usual_limits

HISTORY, DAYS, LUCKS = 42, 28, 10
NOTHING = Changes(BIDS.empty(), BUDGETS.empty(), KEYWORDS.empty(), TITLES.empty())
POLICIES = {
    "keep_bids": MONEY_LIMITS,
    "learning_bidder": ORDER,
    "three_day_rule": MONEY_LIMITS,
    "proportional_roi": MONEY_LIMITS,
    "target_roas": MONEY_LIMITS,
    "test_and_prune": ORDER,
    "paced_value": ORDER,
}
"""Policies, and the guardrails that hold for each."""


LOGS: Mapping[str, Mapping[str, Any]] = {
    "hand": {"hand": HandBids(moved=0.9)},
    "noise": {"noise": LogNormalNoise(0.25)},
}
"""Kinds of log: nine bids of ten moved by hand, once or twice by 10-30 %; or every bid of every day drawn around the hand's."""


def market_of(seed: int, kind: str = "hand") -> AuctionMarket:
    """A steady market with a log of one of LOGS."""
    return replace(SCENARIOS["steady"], history_days=HISTORY, **LOGS[kind]).market(seed)


def log_of(market: AuctionMarket) -> LoggedDays:
    """The last DAYS days of the market's history."""
    end = market.morning
    return read_log(market, end - timedelta(days=DAYS), end - timedelta(days=1), end, EvidenceSettings())


def own_bids(market: AuctionMarket, log: LoggedDays, every: int = 1) -> dict[str, OwnDays]:
    """What each policy would have had in force on the days of the log, had it decided on every so many mornings."""
    settings, history = EvidenceSettings(), RememberedMornings(market)
    found = {}
    for name, limits in POLICIES.items():
        chosen = replace(contender(name), guardrails=usual_limits(limits))
        recommender = chosen.recommender(Recommender(market.goals, settings, (), ()))
        replayed = LogReplay(history, log, market.goals)
        for day in range(DAYS):
            due = day % every == 0
            replayed.play(
                recommender.recommend(replayed.facts(), replayed.morning).changes if due else NOTHING
            )
        found[name] = replayed.own_days()
    return found


def compared(seed: int, market: AuctionMarket, log: LoggedDays, own: Mapping[str, OwnDays]) -> pd.DataFrame:
    """A row per policy: estimates, intervals and truth of cost, revenue and revenue against kept bids."""
    found = {name: estimate(log, days, Doubt()) for name, days in own.items()}
    truth = {name: _truth(market, log, days) for name, days in own.items()}
    kept, kept_truth = found["keep_bids"], truth["keep_bids"]
    rows = []
    for name, one in found.items():
        cost, revenue = truth[name]
        spent, earned = one.cost.sum(axis=1), one.revenue.sum(axis=1)
        roas, kept_roas = revenue / cost, kept_truth[1] / kept_truth[0]
        kept_draws = kept.revenue.sum(axis=1) / kept.cost.sum(axis=1)
        rows.append(
            {
                "seed": seed,
                "policy": name,
                "cost": _sum(one, "cost"),
                "true_cost": cost,
                "revenue": _sum(one, "revenue"),
                "true_revenue": revenue,
                **_inside("cost", spent, cost),
                **_inside("revenue", earned, revenue),
                **_inside("roas", earned / spent, roas),
                **_inside("cost_gain", spent - kept.cost.sum(axis=1), cost - kept_truth[0]),
                **_inside("gain", earned - kept.revenue.sum(axis=1), revenue - kept_truth[1]),
                **_inside("roas_gain", earned / spent - kept_draws, roas - kept_roas),
                "inside_money": one.inside_money,
                "by_model": one.by_model,
            }
        )
    return pd.DataFrame(rows)


def _sum(found: ReplayEstimate, name: str) -> float:
    return float(found.days[name].sum())


def _inside(name: str, draws: Array, truth: float) -> dict[str, float]:
    low, high = np.quantile(draws, [LOW, HIGH])
    return {f"{name}_held": float(low <= truth <= high), f"{name}_width": float(high - low)}


def _truth(market: AuctionMarket, log: LoggedDays, own: OwnDays) -> Array:
    days = [
        market.mean_outcome(
            day.date(),
            Controls(np.nan_to_num(own.bid[:, i]), ~own.running[:, i], own.budget[:, i]),
            LUCKS,
        )
        for i, day in enumerate(log.dates)
    ]
    total: Array = np.asarray(days).sum(axis=0)
    return total


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """By policy: mean and spread of the relative error, share of intervals that hold the truth, and their width."""
    rows = rows.assign(
        cost_error=rows["cost"] / rows["true_cost"] - 1,
        revenue_error=rows["revenue"] / rows["true_revenue"] - 1,
        cost_width=rows["cost_width"] / rows["true_cost"],
        revenue_width=rows["revenue_width"] / rows["true_revenue"],
    )
    names = ["revenue_error", "revenue_held", "revenue_width", "cost_error", "cost_held", "cost_width"]
    by_policy = rows.groupby("policy", sort=False)
    others = ["roas_held", "cost_gain_held", "gain_held", "roas_gain_held", "inside_money", "by_model"]
    means = by_policy[[*names, *others]].mean()
    means.insert(1, "revenue_error_sd", by_policy["revenue_error"].std())
    return means


def rank_agreement(rows: pd.DataFrame) -> Array:
    """Kendall's tau of each seed: do the estimates order the policies by revenue as the truth does?"""
    return np.array(
        [stats.kendalltau(one["revenue"], one["true_revenue"])[0] for _, one in rows.groupby("seed")]
    )
