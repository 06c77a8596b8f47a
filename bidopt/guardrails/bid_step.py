"""A bid moves only so far in one day."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from bidopt.decisions.policy import Situation, put
from bidopt.domain.changes import Changes
from bidopt.domain.reasons import ReasonText
from bidopt.guardrails.guardrail import Guardrail, base_of, marked

NAME = "bid_step"


class BidStep(Guardrail):
    """At most `raise_by` up and `cut_by` down a day, counted from the day's frozen base bid."""

    raise_by: float = Field(0.3, gt=0, le=2, description="单日最大加价幅度 largest raise, as a fraction")
    cut_by: float = Field(0.3, gt=0, lt=1, description="单日最大降价幅度 largest cut, as a fraction")

    title: ClassVar[ReasonText] = ReasonText("单日调幅上限", "largest step per day")

    def apply(self, changes: Changes, situation: Situation) -> Changes:
        """Clip each new bid to the step around its base; a bid whose base is unknown is not changed."""
        bids, base = changes.bids, base_of(situation)
        bid = bids["bid"].to_numpy()
        clipped = np.clip(bid, base * (1 - self.cut_by), base * (1 + self.raise_by))
        proposed = bids["action"].isin(["set_bid", "pause"]).to_numpy()
        far = proposed & (np.abs(clipped - bid) > 1e-9)  # beyond float noise of the clip itself
        bids = put(bids, far, bid=clipped)
        return changes.with_bids(
            bids.assign(
                limited_by=marked(bids["limited_by"], far & (bids["action"] == "set_bid").to_numpy(), NAME)
            )
        )
