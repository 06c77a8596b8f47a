"""Bids in proportion to each keyword's own ROI."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from pydantic import Field

from bidopt.backtest.baselines.bids_in_force import BID_REASONS, with_wanted_bids
from bidopt.backtest.baselines.campaign_shares import BUDGET_REASONS, shared_budgets
from bidopt.backtest.baselines.recent_days import DAYS, bid_of_days, recent_days
from bidopt.decisions.draft import Draft
from bidopt.decisions.policy import Policy, Situation
from bidopt.domain.metrics import ratio
from bidopt.domain.reasons import ReasonText, encode


class ProportionalRoi(Policy):
    """bid = the bid that brought the ROI x clip(ROI / target), ROI with late orders expected.

    It starts from the bid of the days measured, not from today's: multiplying today's again every morning
    would answer the same week's ROI seven times.
    """

    days: int = Field(14, ge=3, le=60, description="看几天 days measured")
    min_clicks: float = Field(10.0, ge=1, description="最少点击 clicks before a bid moves")
    least: float = Field(0.5, gt=0, le=1, description="最低倍数 smallest multiple of the measured bid")
    most: float = Field(1.5, ge=1, le=5, description="最高倍数 largest multiple of the measured bid")

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        **BID_REASONS,
        **BUDGET_REASONS,
        "bid_to_roi": ReasonText(
            "{clicks:.0f} 次点击，投产比 {roas:.2f} ÷ 目标 {target:g}，按比例调价",
            "{clicks:.0f} clicks, ROAS {roas:.2f} / target {target:g}: bid in proportion",
        ),
    }

    def decide(self, situation: Situation) -> Draft:
        """Set each bid with enough clicks; share the account budget by recent cost."""
        evidence, target = situation.evidence, situation.goals.target_roas
        n, days = len(evidence.keywords), evidence.days
        seen = recent_days(evidence, 1, self.days)
        recent = days.age <= self.days
        played = ratio(
            days.total(days.clicks * bid_of_days(evidence), n, recent), days.total(days.clicks, n, recent)
        )
        known = (seen.clicks >= self.min_clicks) & (seen.known_cost > 0)
        wanted = np.where(known, played * np.clip(seen.roas / target, self.least, self.most), np.nan)
        reason = encode("bid_to_roi", n, clicks=seen.clicks, roas=seen.roas, target=target)
        budgets = shared_budgets(self, situation, recent_days(evidence, 1, DAYS).daily_cost)
        return situation.draft.with_bids(with_wanted_bids(self, situation, wanted, reason)).with_budgets(
            budgets
        )
