"""The campaigns' budgets together stay within the account's, and so does what the plan expects to spend on new words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from bidopt.decisions.draft import Draft, put
from bidopt.decisions.policy import Situation
from bidopt.domain.changes import HALF_A_CENT
from bidopt.domain.errors import StoppedError
from bidopt.domain.metrics import Array
from bidopt.domain.reasons import ReasonText, encode
from bidopt.evidence.forecast import forecast
from bidopt.evidence.keyword_index import sums
from bidopt.guardrails.guardrail import Guardrail, marked

NAME = "account_budget"


class AccountBudget(Guardrail):
    """Budgets of running campaigns add up to at most the account's; what is above the minimum shrinks in proportion.

    New words are tested with what the words in play are expected to leave of it.
    """

    title: ClassVar[ReasonText] = ReasonText("账户日预算", "account budget per day")
    reasons: ClassVar[Mapping[str, ReasonText]] = {
        "words_beyond_budget": ReasonText(
            "账户日预算 {currency}{account:,.2f} 扣掉在投词的预计花费只剩 {currency}{room:,.2f}，{words:.0f} 个新词今天先不加",
            "the words in play leave {currency}{room:,.2f} of the account's budget {currency}{account:,.2f}: {words:.0f} new words wait",
        )
    }

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
        if account is None:
            return draft.with_budgets(budgets)
        if budget.sum() <= account + 1e-9:
            return _with_affordable_words(draft.with_budgets(budgets), situation, account)
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
        scaled_down = draft.with_budgets(marked(put(budgets, cut, budget=scaled), cut, NAME))
        return _with_affordable_words(scaled_down, situation, account)


def _with_affordable_words(draft: Draft, situation: Situation, account: float) -> Draft:
    """The draft with as many new words, first ones first, as what is left of the account's budget pays for."""
    words, evidence = draft.keywords, situation.evidence
    added = (words["kind"] == "add").to_numpy()
    if not added.any():
        return draft
    spent = forecast(draft.settled().bids, evidence)["expected_cost"].to_numpy()
    by_campaign = sums(evidence.campaign_of, np.nan_to_num(spent), len(evidence.campaigns))
    room = account - float(np.fmin(by_campaign, draft.budgets["budget"].to_numpy()).sum())
    cost = np.where(added, np.nan_to_num(words["expected_cost"].to_numpy()), 0.0)
    beyond = added & (np.cumsum(cost) > room + HALF_A_CENT)
    if not beyond.any():
        return draft
    note = encode("words_beyond_budget", 1, account=account, room=max(room, 0.0), words=beyond.sum())
    return draft.with_keywords(words[~beyond].reset_index(drop=True)).with_notes(*note)


def _cents(money: Array) -> Array:
    """Rounded down to cents, float noise apart."""
    whole: Array = np.floor(money * 100 + 1e-6) / 100
    return whole
