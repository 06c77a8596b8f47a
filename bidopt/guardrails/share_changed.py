"""Only so many bids change in one day."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from bidopt.decisions.draft import Draft
from bidopt.decisions.policy import Situation
from bidopt.domain.reasons import ReasonText
from bidopt.guardrails.guardrail import Guardrail, beyond, kept

NAME = "share_changed"


class ShareChanged(Guardrail):
    """At most `share` of the words in play, those that move most money first; small shops may always change `at_least`."""

    share: float = Field(0.3, ge=0, le=1, description="每日调价比例上限 largest share of bids changed a day")
    at_least: int = Field(10, ge=0, description="每日调价保底数 bids a small shop may change all the same")

    title: ClassVar[ReasonText] = ReasonText("每日调价上限", "most bids changed per day")

    def apply(self, draft: Draft, situation: Situation) -> Draft:
        """Take back the changes that move least money beyond the limit; dropped words do not count."""
        response = situation.evidence.response
        moved = np.abs(response.cost_at(draft.bids["bid"].to_numpy()) - response.cost_at(response.base_bid))
        limit = max(int(self.share * len(moved)), self.at_least) if self.share > 0 else 0
        return kept(draft, beyond(draft.moving & ~draft.dropped, moved, limit), NAME)
