"""A policy that moves nothing and tells everything it may: notes, and limits of its own on each row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from bidopt.decisions.draft import Draft
from bidopt.decisions.policy import Policy, Situation
from bidopt.domain.reasons import ReasonText, encode


class TalkingPolicy(Policy):
    """Say what more budget would bring, and that each row is held by the budget."""

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        "more_budget": ReasonText(
            "日预算再加 {step:.0f}，多成交 {gain:.0f}", "{step:.0f} more brings {gain:.0f}"
        )
    }
    limits: ClassVar[Mapping[str, ReasonText]] = {"money": ReasonText("账户的钱", "the account's money")}

    def decide(self, situation: Situation) -> Draft:
        """The draft with one note, every bid and budget marked."""
        draft = situation.draft
        return (
            draft.with_bids(draft.bids.assign(limited_by="money"))
            .with_budgets(draft.budgets.assign(limited_by="money"))
            .with_notes(*encode("more_budget", 1, step=100, gain=430))
        )
