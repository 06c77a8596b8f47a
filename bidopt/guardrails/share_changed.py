"""Only so many bids change in one day."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from bidopt.decisions.policy import Situation
from bidopt.domain.changes import Changes
from bidopt.domain.reasons import ReasonText
from bidopt.guardrails.guardrail import Guardrail, revert
from bidopt.guardrails.ranking import beyond

NAME = "share_changed"


class ShareChanged(Guardrail):
    """At most `share` of the words in play, those that move most money first; small shops may always change `at_least`."""

    share: float = Field(0.3, ge=0, le=1, description="每日调价比例上限 largest share of bids changed a day")
    at_least: int = Field(10, ge=0, description="每日调价保底数 bids a small shop may change all the same")

    title: ClassVar[ReasonText] = ReasonText("每日调价上限", "most bids changed per day")

    def apply(self, changes: Changes, situation: Situation) -> Changes:
        """Take back the changes that move least money beyond the limit."""
        bids, response = changes.bids, situation.evidence.response
        moved = np.abs(response.cost_at(bids["bid"].to_numpy()) - response.cost_at(response.base_bid))
        changed = (bids["action"] == "set_bid").to_numpy()
        limit = max(int(self.share * len(bids)), self.at_least)
        return changes.with_bids(revert(bids, beyond(changed, moved, limit), NAME))
