"""A knapsack over point estimates: each keyword's own curve and own value, no doubt about either."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from pydantic import Field

from bidopt.backtest.baselines.bid_levels import BidLevels, played_levels
from bidopt.backtest.baselines.bids_in_force import BID_REASONS, with_wanted_bids
from bidopt.backtest.baselines.campaign_shares import BUDGET_REASONS, shared_budgets
from bidopt.backtest.baselines.level_choice import choose_levels
from bidopt.backtest.baselines.recent_days import recent_days
from bidopt.decisions.draft import Draft
from bidopt.decisions.policy import Policy, Situation
from bidopt.domain.metrics import Array, ratio
from bidopt.domain.reasons import ReasonText, encode

LEAST_SPREAD = 0.08
"""Standard deviation of the log bids played from which a slope can be told at all."""


class PointKnapsack(Policy):
    """Fit log clicks and log cost against log bid for each keyword; take the levels of most revenue within the limits.

    Keywords whose bid hardly moved get the assumed elasticity. Value is the keyword's own mature revenue per click.
    """

    down: int = Field(7, ge=1, le=15, description="向下几档 levels of 12 % below the bid in force")
    up: int = Field(6, ge=1, le=15, description="向上几档 levels of 12 % above the bid in force")
    elasticity: float = Field(
        0.7, gt=0, le=3, description="点击弹性 change of clicks per change of bid where none is seen"
    )
    steepest: float = Field(
        3.0, gt=0, le=6, description="最大弹性 largest fitted elasticity that is believed"
    )

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        **BID_REASONS,
        **BUDGET_REASONS,
        "best_estimate": ReasonText(
            "这一档预计日花费 {currency}{cost:,.2f}、成交 {currency}{revenue:,.2f}，点击弹性 {slope:.2f}",
            "cost {currency}{cost:,.2f} and revenue {currency}{revenue:,.2f} a day expected at this level, elasticity {slope:.2f}",
        ),
    }

    def decide(self, situation: Situation) -> Draft:
        """Choose all levels together; share the account budget by expected cost."""
        evidence, target = situation.evidence, situation.goals.target_roas
        levels = played_levels(situation, self.down, self.up, self.elasticity)
        seen = recent_days(evidence, 1, int(evidence.days.age.max(initial=1)))
        value = ratio(seen.revenue, seen.known_clicks)

        slope = self._slope(levels, levels.clicks, 0.0, self.elasticity)
        dearer = self._slope(levels, levels.cost, 1.0, self.elasticity + 1)
        clicks = levels.base_clicks[:, None] * levels.moved ** slope[:, None]
        cost = levels.base_cost[:, None] * levels.moved ** np.maximum(dearer, slope)[:, None]
        revenue = clicks * np.nan_to_num(value)[:, None]
        level = choose_levels(revenue, revenue, cost, budget=situation.account_budget, target=target)
        rows = np.arange(len(level))
        known = (levels.base_clicks > 0) & ~np.isnan(value)
        wanted = np.where(known, levels.bid[rows, level], np.nan)
        spent = np.where(known, cost[rows, level], levels.base_cost)
        reason = encode("best_estimate", len(level), cost=spent, revenue=revenue[rows, level], slope=slope)
        bids = with_wanted_bids(self, situation, wanted, reason)
        return situation.draft.with_bids(bids).with_budgets(shared_budgets(self, situation, spent))

    def _slope(self, levels: BidLevels, seen: Array, least: float, default: float) -> Array:
        """Weighted least squares of log(seen per day) on log bid over the levels played, shape (n,)."""
        rate = ratio(seen, levels.days)
        used = rate > 0
        weight = np.where(used, levels.clicks, 0.0)
        y = np.log(np.where(used, rate, 1.0))
        total = weight.sum(axis=1, keepdims=True)
        x = levels.steps - ratio((weight * levels.steps).sum(axis=1, keepdims=True), total)
        spread = np.nan_to_num((weight * x**2).sum(axis=1))
        fitted = ratio(np.nan_to_num(weight * x * y).sum(axis=1), spread)
        told = (np.sqrt(np.nan_to_num(ratio(spread, total[:, 0]))) >= LEAST_SPREAD) & (used.sum(axis=1) >= 3)
        return np.where(told, np.clip(fitted, least, least + self.steepest), default)
