"""A PID controller on the account's ROI that moves all bids together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from pydantic import Field

from bidopt.backtest.baselines.bids_in_force import BID_REASONS, with_wanted_bids
from bidopt.backtest.baselines.campaign_shares import BUDGET_REASONS, shared_budgets
from bidopt.backtest.baselines.recent_days import DAYS, SPENT, recent_days
from bidopt.decisions.draft import Draft
from bidopt.decisions.policy import Policy, Situation
from bidopt.domain.reasons import ReasonText, encode
from bidopt.evidence.evidence import Evidence

WORST = 0.7
"""Largest error in log ROI that counts: a week without orders is not an infinite one."""


class PidRoi(Policy):
    """Every bid x exp(kp * (e - e') + ki * e + kd * (e - 2 e' + e'')), e = log of the week's ROI / target.

    The velocity form: the bids in force are the controller's state, so that it needs no memory of its own; e'
    and e'' are the same week one and two days earlier, late orders expected in all. No raise while the account's
    budget is used up (anti-windup), since ROI alone would never see it.
    """

    kp: float = Field(0.4, ge=0, le=5, description="比例 answer to a change of the error")
    ki: float = Field(0.15, ge=0, le=1, description="积分 answer to the error itself, per day")
    kd: float = Field(0.1, ge=0, le=5, description="微分 answer to a bend of the error")
    days: int = Field(7, ge=1, le=30, description="看几天 days whose ROI is the measurement")
    min_change: float = Field(
        0.005, ge=0, lt=1, description="最小调幅 smaller moves wait; the integral part is made of small moves"
    )
    largest_step: float = Field(0.15, gt=0, le=1, description="单日最大调幅 largest move of all bids")

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        **BID_REASONS,
        **BUDGET_REASONS,
        "account_roas": ReasonText(
            "账户投产比 {roas:.2f}，目标 {target:g}，全部出价 x {factor:.3f}",
            "account ROAS {roas:.2f}, target {target:g}: all bids x {factor:.3f}",
        ),
    }

    def decide(self, situation: Situation) -> Draft:
        """Move all bids by one factor; share the account budget by recent cost."""
        evidence, target = situation.evidence, situation.goals.target_roas
        now, before, earlier = (self._error(evidence, target, ago) for ago in (0, 1, 2))
        move = self.kp * (now - before) + self.ki * now + self.kd * (now - 2 * before + earlier)
        yesterday = recent_days(evidence, 1, 1).cost.sum()
        if situation.account_budget is not None and yesterday >= SPENT * situation.account_budget:
            move = min(move, 0.0)
        factor = float(np.exp(np.clip(move, -self.largest_step, self.largest_step)))
        base, n = evidence.keywords["base_bid"].to_numpy(), len(evidence.keywords)
        roas = target * float(np.exp(now))
        reason = encode("account_roas", n, roas=roas, target=target, factor=factor)
        bids = with_wanted_bids(self, situation, base * factor, reason, min_change=self.min_change)
        budgets = shared_budgets(self, situation, recent_days(evidence, 1, DAYS).daily_cost)
        return situation.draft.with_bids(bids).with_budgets(budgets)

    def _error(self, evidence: Evidence, target: float, ago: int) -> float:
        """Log of the week's ROI / target as of `ago` days ago; 0 where nothing was spent."""
        week = recent_days(evidence, 1 + ago, self.days + ago)
        cost = week.known_cost.sum()
        if cost <= 0:
            return 0.0
        roas = max(week.revenue.sum() / cost, target * np.exp(-WORST))
        return float(min(np.log(roas / target), WORST))
