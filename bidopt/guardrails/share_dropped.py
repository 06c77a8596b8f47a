"""Only so many words are dropped in one day."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from bidopt.decisions.policy import Situation
from bidopt.domain.changes import Changes
from bidopt.domain.reasons import ReasonText
from bidopt.guardrails.guardrail import Guardrail, spare
from bidopt.guardrails.ranking import beyond

NAME = "share_dropped"


class ShareDropped(Guardrail):
    """At most `share` of the words in play, those that cost most first; small shops may always drop `at_least`."""

    share: float = Field(0.1, ge=0, le=1, description="每日删词比例上限 largest share of words dropped a day")
    at_least: int = Field(3, ge=0, description="每日删词保底数 words a small shop may drop all the same")

    title: ClassVar[ReasonText] = ReasonText("每日删词上限", "most words dropped per day")

    def apply(self, changes: Changes, situation: Situation) -> Changes:
        """Spare the cheapest condemned words beyond the limit; they get their bid instead."""
        bids, keywords = changes.bids, situation.evidence.keywords
        dropped = (bids["action"] == "pause").to_numpy()
        limit = max(int(self.share * len(bids)), self.at_least)
        return changes.with_bids(spare(bids, beyond(dropped, keywords["cost"].to_numpy(), limit), NAME))
