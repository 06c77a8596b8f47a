"""The target-ROAS formula on values shrunk to product level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from pydantic import Field

from bidopt.backtest.baselines.bids_in_force import BID_REASONS, most_a_click_earns, with_wanted_bids
from bidopt.backtest.baselines.campaign_shares import BUDGET_REASONS, shared_budgets
from bidopt.backtest.baselines.recent_days import DAYS, recent_days
from bidopt.backtest.baselines.shrunk_value import STRENGTH, shrunk_value
from bidopt.decisions.draft import Draft
from bidopt.decisions.policy import Policy, Situation
from bidopt.domain.reasons import ReasonText, encode


class TargetRoasShrunk(Policy):
    """bid = value per click shrunk to product level / target."""

    strength: float = Field(STRENGTH, gt=0, description="先验强度(单) orders the product's mean is worth")

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        **BID_REASONS,
        **BUDGET_REASONS,
        "bid_to_shrunk_value": ReasonText(
            "每次点击值 {value:.2f} ÷ 目标投产 {target:g}", "value per click {value:.2f} / target {target:g}"
        ),
    }

    def decide(self, situation: Situation) -> Draft:
        """Set every bid; share the account budget by recent cost."""
        evidence, target = situation.evidence, situation.goals.target_roas
        value = shrunk_value(evidence, self.strength).mean
        wanted = np.minimum(value / target, most_a_click_earns(situation, value))
        reason = encode("bid_to_shrunk_value", len(value), value=value, target=target)
        budgets = shared_budgets(self, situation, recent_days(evidence, 1, DAYS).daily_cost)
        return situation.draft.with_bids(with_wanted_bids(self, situation, wanted, reason)).with_budgets(
            budgets
        )
