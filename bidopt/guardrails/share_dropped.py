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
    """At most `share` of the words in play and `cost_share` of the spend, those that cost most first.

    Small shops may always drop `at_least` words, and the costliest one may always go, whatever it spends.
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
        over = beyond(dropped, cost, max(int(self.share * len(cost)), self.at_least))
        costly = np.flatnonzero(dropped & ~over & (cost > 0))
        costly = costly[np.argsort(-cost[costly], kind="stable")]
        too_much = np.cumsum(cost[costly]) > self.cost_share * cost.sum()
        over[costly[1:][too_much[1:]]] = True
        return spared(draft, over, NAME)
