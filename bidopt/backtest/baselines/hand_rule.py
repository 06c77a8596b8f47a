"""The operator's rule by hand: a word above the target is raised a little, one below is cut a little."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from pydantic import Field

from bidopt.backtest.baselines.bids_in_force import BID_REASONS, with_wanted_bids
from bidopt.backtest.baselines.campaign_shares import BUDGET_REASONS, shared_budgets
from bidopt.backtest.baselines.recent_days import DAYS, recent_days
from bidopt.decisions.draft import Draft
from bidopt.decisions.policy import Policy, Situation
from bidopt.domain.metrics import ratio
from bidopt.domain.reasons import ReasonText, encode


class HandRule(Policy):
    """Look at each word's last week once its orders are in: ROI above target +10 %, below -10 %, no order -30 %.

    Figures are taken as reported, as operators do; the newest days are passed over because their orders still
    come in. A word without an order is cut faster, though not paused: pausing would lose good words for ever.
    """

    skip_days: int = Field(2, ge=0, le=14, description="跳过最近几天 newest days whose orders still come in")
    days: int = Field(7, ge=1, le=30, description="看几天 days judged")
    min_clicks: float = Field(8.0, ge=1, description="最少点击 clicks before a word is judged")
    raise_by: float = Field(0.1, gt=0, le=1, description="加价幅度 raise of a word above the target")
    cut_by: float = Field(0.1, gt=0, lt=1, description="降价幅度 cut of a word below the target")
    silent_days: int = Field(3, ge=1, le=30, description="无成交天数 days within which a word should sell")
    silent_clicks: float = Field(
        20.0, ge=1, description="无成交点击 clicks in these days that ask for an order"
    )
    silent_cut: float = Field(0.3, gt=0, lt=1, description="无成交降价幅度 cut of a word that sold nothing")

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        **BID_REASONS,
        **BUDGET_REASONS,
        "above_target": ReasonText(
            "{clicks:.0f} 次点击，投产比 {roas:.2f} 高于目标 {target:g}，加价",
            "{clicks:.0f} clicks, ROAS {roas:.2f} above the target {target:g}: raised",
        ),
        "below_target": ReasonText(
            "{clicks:.0f} 次点击，投产比 {roas:.2f} 低于目标 {target:g}，降价",
            "{clicks:.0f} clicks, ROAS {roas:.2f} below the target {target:g}: cut",
        ),
        "no_orders": ReasonText(
            "{clicks:.0f} 次点击没有成交，降价", "{clicks:.0f} clicks without an order: cut"
        ),
    }

    def decide(self, situation: Situation) -> Draft:
        """Step each judged bid; share the account budget by recent cost."""
        evidence, target = situation.evidence, situation.goals.target_roas
        first = self.skip_days + 1
        week = recent_days(evidence, first, self.skip_days + self.days)
        test = recent_days(evidence, first, self.skip_days + self.silent_days)
        roas = ratio(week.revenue, week.cost)
        base, n = evidence.keywords["base_bid"].to_numpy(), len(evidence.keywords)

        judged = (week.clicks >= self.min_clicks) & ~np.isnan(roas)
        silent = (test.clicks >= self.silent_clicks) & (test.orders <= 0)
        cases = [silent, judged & (roas > target), judged & (roas < target)]
        step = np.select(cases, [1 - self.silent_cut, 1 + self.raise_by, 1 - self.cut_by], np.nan)
        numbers = {"clicks": week.clicks, "roas": roas}
        texts = [
            encode("no_orders", n, clicks=test.clicks),
            encode("above_target", n, **numbers, target=target),
            encode("below_target", n, **numbers, target=target),
        ]
        reason = np.select(cases, [np.array(text, dtype=object) for text in texts], "no_opinion")
        bids = with_wanted_bids(self, situation, base * step, reason.tolist())
        budgets = shared_budgets(self, situation, recent_days(evidence, 1, DAYS).daily_cost)
        return situation.draft.with_bids(bids).with_budgets(budgets)
