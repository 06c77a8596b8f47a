"""Thompson sampling on bid levels, each keyword by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from pydantic import Field

from bidopt.backtest.baselines.bid_levels import BidLevels, played_levels
from bidopt.backtest.baselines.bids_in_force import BID_REASONS, with_wanted_bids
from bidopt.backtest.baselines.campaign_shares import BUDGET_REASONS, shared_budgets
from bidopt.backtest.baselines.level_choice import choose_levels
from bidopt.backtest.baselines.shrunk_value import ShrunkValue, shrunk_value
from bidopt.decisions.draft import Draft
from bidopt.decisions.policy import Policy, Situation
from bidopt.domain.metrics import Array, ratio
from bidopt.domain.reasons import ReasonText, encode


class ThompsonSampling(Policy):
    """Draw clicks, cost per click and value per click from their posteriors; play the level of the best draw.

    Clicks and cost per click have a Gamma posterior for each level, from the days the keyword played it, with a
    prior of a few days on the assumed curve; a click is worth the same at every level, so that its value has one
    posterior. Best is revenue - theta * cost. Where clicks move with bid ** elasticity, the bids at which average
    ROI meets the target have a marginal ROI of target * elasticity / (1 + elasticity): theta is that, or more
    where the account's budget asks for it.
    """

    seed: int = Field(0, ge=0, description="随机种子 draws follow from it and the date")
    reach: int = Field(
        3, ge=1, le=8, description="左右各几档 levels of 12 % tried to each side of the bid in force"
    )
    elasticity: float = Field(
        0.7, gt=0, le=3, description="点击弹性 assumed change of clicks per change of bid"
    )
    prior_days: float = Field(
        2.0, gt=0, description="先验(天) days that the assumed curve is worth at each level"
    )

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        **BID_REASONS,
        **BUDGET_REASONS,
        "best_draw": ReasonText(
            "抽样：日花费 {currency}{cost:,.2f}、成交 {currency}{revenue:,.2f}，试这一档",
            "drawn: cost {currency}{cost:,.2f} and revenue {currency}{revenue:,.2f} a day: this level is tried",
        ),
    }

    def decide(self, situation: Situation) -> Draft:
        """Play each keyword's best draw; share the account budget by expected cost."""
        levels = played_levels(situation, self.reach, self.reach, self.elasticity)
        rng = np.random.default_rng([self.seed, situation.as_of.toordinal()])
        clicks, cpc = self._drawn_traffic(rng, levels)
        value = _drawn_value(rng, shrunk_value(situation.evidence))
        cost, revenue = clicks * cpc, clicks * np.nan_to_num(value)[:, None]
        theta = situation.goals.target_roas * self.elasticity / (1 + self.elasticity)
        level = choose_levels(
            revenue, revenue, cost, budget=situation.account_budget, target=0.0, least_theta=theta
        )
        rows = np.arange(len(level))
        known = (levels.base_clicks > 0) & (value > 0)
        wanted = np.where(known, levels.bid[rows, level], np.nan)
        reason = encode("best_draw", len(level), cost=cost[rows, level], revenue=revenue[rows, level])
        bids = with_wanted_bids(self, situation, wanted, reason)
        expected = np.where(known, levels.assumed_cost[rows, level], levels.base_cost)
        return situation.draft.with_bids(bids).with_budgets(shared_budgets(self, situation, expected))

    def _drawn_traffic(self, rng: np.random.Generator, levels: BidLevels) -> tuple[Array, Array]:
        """Clicks per day and cost per click of each level, both of shape (n, levels)."""
        assumed = levels.assumed_clicks
        days = self.prior_days + levels.days
        clicks = rng.gamma(np.maximum(self.prior_days * assumed + levels.clicks, 1e-9)) / days
        assumed_cpc = np.nan_to_num(ratio(levels.assumed_cost, assumed))
        prior = np.maximum(self.prior_days * assumed, 1.0)
        shape = prior + levels.clicks
        cpc = (prior * assumed_cpc + levels.cost) / shape
        return clicks, cpc * rng.gamma(shape) / shape


def _drawn_value(rng: np.random.Generator, value: ShrunkValue) -> Array:
    return value.mean * rng.gamma(value.orders) / value.orders
