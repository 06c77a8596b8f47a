"""No bid moves on thin evidence."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from bidopt.decisions.draft import Draft
from bidopt.decisions.policy import Situation
from bidopt.domain.reasons import ReasonText
from bidopt.guardrails.guardrail import Guardrail, kept

NAME = "bid_evidence"


class BidEvidence(Guardrail):
    """A bid stays as it is until its keyword has `clicks` clicks in the evidence window."""

    clicks: float = Field(5.0, ge=0, description="调价最少点击 clicks before a bid moves")

    title: ClassVar[ReasonText] = ReasonText("点击还不够，先不调价", "too few clicks to move the bid")

    def apply(self, draft: Draft, situation: Situation) -> Draft:
        """Take back bid changes of keywords with too few clicks."""
        return kept(draft, (situation.evidence.keywords["clicks"] < self.clicks).to_numpy(), NAME)
