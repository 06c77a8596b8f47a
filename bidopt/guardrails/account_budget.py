"""The campaigns' budgets together stay within the account's."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from bidopt.decisions.draft import Draft, put
from bidopt.decisions.policy import Situation
from bidopt.domain.changes import HALF_A_CENT
from bidopt.domain.errors import StoppedError
from bidopt.domain.metrics import Array
from bidopt.domain.reasons import ReasonText
from bidopt.guardrails.guardrail import Guardrail, marked

NAME = "account_budget"


class AccountBudget(Guardrail):
    """Budgets of running campaigns add up to at most the account's; what is above the minimum shrinks in proportion."""

    title: ClassVar[ReasonText] = ReasonText("账户日预算", "account budget per day")

    def apply(self, draft: Draft, situation: Situation) -> Draft:
        """Scale budgets down to the account's; round down to cents.

        Raises:
            StoppedError: the minimum budgets alone exceed the account's.
        """
        campaigns, account = situation.evidence.campaigns, situation.account_budget
        spends = (campaigns["running"] & draft.budgets["budget"].notna()).to_numpy()
        budget = draft.budgets["budget"].to_numpy()
        budgets = put(draft.budgets, spends, budget=_cents(budget))
        budget = np.where(spends, budgets["budget"].to_numpy(), 0.0)
        if account is None or budget.sum() <= account + 1e-9:
            return draft.with_budgets(budgets)
        least = np.where(spends, np.nan_to_num(campaigns["min_budget"].to_numpy()), 0.0)
        if least.sum() > account:
            raise StoppedError(
                f"各计划最低日限额之和 {least.sum():.2f} 超过账户日预算 {account:.2f}，差 {least.sum() - account:.2f}",
                "请提高 shop.yaml 的 goals.daily_budget，或降低 campaigns 表里的 min_budget",
            )
        least = np.minimum(least, budget)  # scaling never raises a budget
        above = budget - least
        scaled = _cents(least + above * (account - least.sum()) / above.sum())
        cut = spends & (np.abs(scaled - budget) >= HALF_A_CENT)
        return draft.with_budgets(marked(put(budgets, cut, budget=scaled), cut, NAME))


def _cents(money: Array) -> Array:
    """Rounded down to cents, float noise apart."""
    whole: Array = np.floor(money * 100 + 1e-6) / 100
    return whole
