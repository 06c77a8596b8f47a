"""GCB_safe: optimism about what is sought, pessimism about the limits, with a small tolerance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from pydantic import Field

from bidopt.backtest.baselines.bid_levels import played_levels
from bidopt.backtest.baselines.bids_in_force import BID_REASONS, with_wanted_bids
from bidopt.backtest.baselines.campaign_shares import BUDGET_REASONS, shared_budgets
from bidopt.backtest.baselines.keyword_processes import keyword_processes
from bidopt.backtest.baselines.level_choice import choose_levels
from bidopt.backtest.baselines.shrunk_value import shrunk_value
from bidopt.decisions.draft import Draft
from bidopt.decisions.policy import Policy, Situation
from bidopt.domain.reasons import ReasonText, encode

WEIGHTS = (0.0, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0, 1.5, 2.5, 4.0, 8.0, 20.0)
"""Weights of the ROI limit against the objective that are tried."""


class SafeGaussianProcessBandit(Policy):
    """Choose the levels of most optimistic revenue whose pessimistic cost and ROI keep the limits within a tolerance.

    GCB_safe(psi, phi) of Castiglioni et al. (arXiv 2201.07139): the same beliefs as GCB, lower bounds of revenue
    and upper bounds of cost in the limits, which are loosened by the tolerance.
    """

    deviations: float = Field(1.0, ge=0, le=5, description="置信宽度(标准差) width of the bounds")
    tolerance: float = Field(
        0.05, ge=0, lt=1, description="容许偏差 share by which budget and target are loosened"
    )
    down: int = Field(7, ge=1, le=15, description="向下几档 levels of 12 % below the bid in force")
    up: int = Field(6, ge=1, le=15, description="向上几档 levels of 12 % above the bid in force")
    elasticity: float = Field(0.7, gt=0, le=3, description="点击弹性 slope of the mean function")

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        **BID_REASONS,
        **BUDGET_REASONS,
        "safe": ReasonText(
            "谨慎估计：日花费至多 {currency}{cost:,.2f}、成交至少 {currency}{revenue:,.2f}",
            "pessimistic: cost at most {currency}{cost:,.2f} and revenue at least {currency}{revenue:,.2f} a day",
        ),
    }

    def decide(self, situation: Situation) -> Draft:
        """Choose all levels together; share the account budget by expected cost."""
        levels = played_levels(situation, self.down, self.up, self.elasticity)
        clicks, cost = keyword_processes(levels)
        value = shrunk_value(situation.evidence).mean
        worth = np.nan_to_num(value)[:, None]
        sure, feared = clicks.bound(-self.deviations) * worth, cost.bound(self.deviations)
        account = situation.account_budget
        level = choose_levels(
            clicks.bound(self.deviations) * worth,
            sure,
            feared,
            budget=None if account is None else account * (1 + self.tolerance),
            target=situation.goals.target_roas * (1 - self.tolerance),
            target_weights=WEIGHTS,
        )
        rows = np.arange(len(level))
        known = (levels.base_clicks > 0) & (value > 0)
        wanted = np.where(known, levels.bid[rows, level], np.nan)
        reason = encode("safe", len(level), cost=feared[rows, level], revenue=sure[rows, level])
        bids = with_wanted_bids(self, situation, wanted, reason)
        expected = np.where(known, cost.mean[rows, level], levels.base_cost)
        return situation.draft.with_bids(bids).with_budgets(shared_budgets(self, situation, expected))
