"""Only so many words are dropped in one day."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from bidopt.decisions.draft import Draft
from bidopt.decisions.policy import Situation
from bidopt.domain.reasons import ReasonText
from bidopt.guardrails.guardrail import Guardrail, beyond, spared

NAME = "share_dropped"


class ShareDropped(Guardrail):
    """At most `share` of the words in play, those that cost most first, and never more than `cost_share` of the spend.

    A small shop, one whose share comes to fewer than `at_least` words, may drop that many whatever they cost. With a
    share of 0 nothing is dropped. A word too costly to go at once has its bid cut instead.
    """

    share: float = Field(0.1, ge=0, le=1, description="每日删词比例上限 largest share of words dropped a day")
    at_least: int = Field(3, ge=0, description="每日删词保底数 words a small shop may drop all the same")

    cost_share: float = Field(
        0.25,
        ge=0,
        le=1,
        description="每日删词花费占比上限 largest share of the spend whose words are dropped a day",
    )

    title: ClassVar[ReasonText] = ReasonText("每日删词上限", "most words dropped per day")

    def apply(self, draft: Draft, situation: Situation) -> Draft:
        """Spare the cheapest condemned words beyond the limit; they get their bid instead."""
        cost, dropped = situation.evidence.keywords["cost"].to_numpy(), draft.dropped
        words = int(self.share * len(cost))
        small = words < self.at_least
        over = beyond(dropped, cost, self.at_least if small and self.share > 0 else words)
        left = np.inf if small else self.cost_share * cost.sum()
        for row in sorted(np.flatnonzero(dropped & ~over), key=lambda row: -cost[row]):
            over[row] = cost[row] > left
            left -= 0.0 if over[row] else cost[row]
        return spared(draft, over, NAME)
