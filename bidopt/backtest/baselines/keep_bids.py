"""Keeps every bid and every budget: what doing nothing would have brought."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from bidopt.backtest.baselines.campaign_shares import BUDGET_REASONS, SMALLEST
from bidopt.decisions.allocation.funding import share_out
from bidopt.decisions.draft import Draft, put
from bidopt.decisions.policy import Policy, Situation
from bidopt.domain.changes import HALF_A_CENT
from bidopt.domain.reasons import ReasonText


class KeepBids(Policy):
    """Change nothing; only where the budgets add up to more than the account's they shrink in proportion."""

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        **BUDGET_REASONS,
        "kept": ReasonText("保持不变", "kept as it is"),
        "budget_within_account": ReasonText(
            "日限额之和超过账户日预算，按比例缩小", "the budgets exceed the account's: shrunk in proportion"
        ),
    }

    def decide(self, situation: Situation) -> Draft:
        """The draft as it is, within the account budget."""
        bids = situation.draft.bids.assign(reason="kept", policy="keep_bids")
        campaigns, budgets = situation.evidence.campaigns, situation.draft.budgets
        current = campaigns["current_budget"].to_numpy()
        spends = campaigns["running"].to_numpy() & (current > 0)
        budgets = put(budgets.assign(policy="keep_bids"), spends, reason="kept")
        account, total = situation.account_budget, np.nansum(np.where(spends, current, 0.0))
        if account is not None and total > account + HALF_A_CENT:
            had = current[spends]
            least = np.nan_to_num(campaigns["min_budget"].to_numpy()[spends])
            least = np.minimum(np.maximum(least, SMALLEST), had)
            shrunk = current.copy()
            shrunk[spends] = share_out(account, had, least, had)
            budgets = put(budgets, spends, budget=shrunk, reason="budget_within_account")
        budgets = put(budgets, campaigns["running"].to_numpy() & ~spends, reason="budget_unknown")
        budgets = put(budgets, ~campaigns["running"].to_numpy(), reason="campaign_not_running")
        return situation.draft.with_bids(bids).with_budgets(budgets)
