"""The campaigns' budgets together stay within the account's."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from bidopt.decisions.policy import Situation, put
from bidopt.domain.changes import Changes
from bidopt.domain.errors import StoppedError
from bidopt.domain.reasons import ReasonText
from bidopt.guardrails.guardrail import Guardrail, marked

NAME = "account_budget"


class AccountBudget(Guardrail):
    """Budgets add up to at most the account's daily budget; what is above the minimum budgets shrinks in proportion."""

    title: ClassVar[ReasonText] = ReasonText("账户日预算", "account budget per day")

    def apply(self, changes: Changes, situation: Situation) -> Changes:
        """Scale budgets down to the account's; round down to cents.

        Raises:
            StoppedError: the minimum budgets alone exceed the account's.
        """
        budgets = changes.budgets
        budget = np.floor(budgets["budget"].to_numpy() * 100 + 1e-6) / 100
        account = situation.account_budget
        if account is None or np.nansum(budget) <= account + 1e-9:
            return changes.with_budgets(budgets.assign(budget=budget))
        least = np.minimum(
            np.nan_to_num(situation.evidence.campaigns["min_budget"].to_numpy()), np.nan_to_num(budget)
        )
        if least.sum() > account:
            raise StoppedError(
                f"各计划最低日限额之和 {least.sum():.2f} 超过账户日预算 {account:.2f}，差 {least.sum() - account:.2f}",
                "请提高 shop.yaml 的 goals.daily_budget，或降低 campaigns 表里的 min_budget",
            )
        spare_money = np.nan_to_num(budget) - least
        scaled = least + spare_money * (account - least.sum()) / spare_money.sum()
        scaled = np.where(np.isnan(budget), np.nan, np.floor(scaled * 100 + 1e-6) / 100)
        cut = ~np.isnan(budget) & (scaled < budget - 0.005)
        budgets = put(budgets.assign(budget=budget), cut, budget=scaled)
        return changes.with_budgets(budgets.assign(limited_by=marked(budgets["limited_by"], cut, NAME)))
