"""The target-ROAS formula on each keyword's own figures alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from bidopt.backtest.baselines.bids_in_force import BID_REASONS, most_a_click_earns, with_wanted_bids
from bidopt.backtest.baselines.campaign_shares import BUDGET_REASONS, shared_budgets
from bidopt.backtest.baselines.recent_days import DAYS, recent_days
from bidopt.decisions.draft import Draft
from bidopt.decisions.policy import Policy, Situation
from bidopt.domain.metrics import ratio
from bidopt.domain.reasons import ReasonText, encode


class TargetRoasRaw(Policy):
    """bid = own mature revenue per click / target; a keyword that has not sold yet keeps its bid."""

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        **BID_REASONS,
        **BUDGET_REASONS,
        "bid_to_own_value": ReasonText(
            "{orders:.0f} 单，每次点击值 {value:.2f} ÷ 目标投产 {target:g}",
            "{orders:.0f} orders, value per click {value:.2f} / target {target:g}",
        ),
    }

    def decide(self, situation: Situation) -> Draft:
        """Set the bid of each keyword that sold; share the account budget by recent cost."""
        evidence, target = situation.evidence, situation.goals.target_roas
        seen = recent_days(evidence, 1, int(evidence.days.age.max(initial=1)))
        value = np.where(seen.revenue > 0, ratio(seen.revenue, seen.known_clicks), np.nan)
        wanted = np.minimum(value / target, most_a_click_earns(situation, value))
        reason = encode("bid_to_own_value", len(value), orders=seen.orders, value=value, target=target)
        budgets = shared_budgets(self, situation, recent_days(evidence, 1, DAYS).daily_cost)
        return situation.draft.with_bids(with_wanted_bids(self, situation, wanted, reason)).with_budgets(
            budgets
        )
