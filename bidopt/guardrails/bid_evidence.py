"""No bid moves before its keyword has been looked at."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from bidopt.decisions.draft import Draft
from bidopt.decisions.policy import Situation
from bidopt.domain.reasons import ReasonText
from bidopt.guardrails.guardrail import Guardrail, kept

NAME = "bid_evidence"


class BidEvidence(Guardrail):
    """A bid stays as it is until its keyword has `clicks` clicks or has been in play for `days` days.

    Days without clicks are evidence too: they show what the bid does not buy.
    """

    clicks: float = Field(5.0, ge=0, description="调价最少点击 clicks before a bid moves")
    days: int = Field(2, ge=0, description="或最少天数 or days in play before a bid moves")

    title: ClassVar[ReasonText] = ReasonText("刚加的词，先看几天", "a new word: watch it first")

    def apply(self, draft: Draft, situation: Situation) -> Draft:
        """Take back bid changes of keywords that are new and have too few clicks."""
        keywords = situation.evidence.keywords
        new = (keywords["clicks"] < self.clicks) & ~(keywords["first_age"] >= self.days)
        return kept(draft, new.to_numpy(), NAME)
