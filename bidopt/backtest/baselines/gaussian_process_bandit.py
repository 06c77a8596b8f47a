"""GCB: Gaussian processes per keyword, optimism about everything, one choice under budget and ROI."""

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


class GaussianProcessBandit(Policy):
    """Choose the levels of most optimistic revenue whose optimistic cost and ROI keep the limits.

    GCB of Castiglioni et al., "Safe online bid optimization with return on investment and budget constraints"
    (arXiv 2201.07139). There a click's value is known; here it is the one shrunk to product level. The width of
    the bounds is a setting, since the theoretical one is far too wide for a month.
    """

    deviations: float = Field(1.0, ge=0, le=5, description="乐观程度(标准差) width of the bounds")
    down: int = Field(7, ge=1, le=15, description="向下几档 levels of 12 % below the bid in force")
    up: int = Field(6, ge=1, le=15, description="向上几档 levels of 12 % above the bid in force")
    elasticity: float = Field(0.7, gt=0, le=3, description="点击弹性 slope of the mean function")

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        **BID_REASONS,
        **BUDGET_REASONS,
        "optimistic": ReasonText(
            "乐观估计：日花费 {currency}{cost:,.2f}、成交 {currency}{revenue:,.2f}",
            "optimistic: cost {currency}{cost:,.2f} and revenue {currency}{revenue:,.2f} a day",
        ),
    }

    def decide(self, situation: Situation) -> Draft:
        """Choose all levels together; share the account budget by expected cost."""
        levels = played_levels(situation, self.down, self.up, self.elasticity)
        clicks, cost = keyword_processes(levels)
        value = shrunk_value(situation.evidence).mean
        revenue = clicks.bound(self.deviations) * np.nan_to_num(value)[:, None]
        hoped = cost.bound(-self.deviations)
        level = choose_levels(
            revenue, revenue, hoped, budget=situation.account_budget, target=situation.goals.target_roas
        )
        rows = np.arange(len(level))
        known = (levels.base_clicks > 0) & (value > 0)
        wanted = np.where(known, levels.bid[rows, level], np.nan)
        reason = encode("optimistic", len(level), cost=hoped[rows, level], revenue=revenue[rows, level])
        bids = with_wanted_bids(self, situation, wanted, reason)
        expected = np.where(known, cost.mean[rows, level], levels.base_cost)
        return situation.draft.with_bids(bids).with_budgets(shared_budgets(self, situation, expected))
