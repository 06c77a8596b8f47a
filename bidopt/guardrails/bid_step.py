"""A bid moves only so far in one day."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from bidopt.decisions.bid_reach import largest_raise
from bidopt.decisions.draft import Draft, put
from bidopt.decisions.policy import Situation
from bidopt.domain.reasons import ReasonText
from bidopt.guardrails.guardrail import Guardrail, base_of, marked

NAME = "bid_step"


class BidStep(Guardrail):
    """At most `raise_by` up and `cut_by` down a day, counted from the day's frozen base bid.

    On a day of a shopping event what the rivals are expected to raise comes on top. A word that has had no click has
    cost nothing, and may come up to the market faster.
    """

    raise_by: float = Field(0.5, gt=0, le=2, description="单日最大加价幅度 largest raise, as a fraction")
    cut_by: float = Field(0.5, gt=0, lt=1, description="单日最大降价幅度 largest cut, as a fraction")

    silent_raise_by: float = Field(
        1.0, gt=0, le=5, description="没有点击的词单日最大加价幅度 largest raise of a word without clicks"
    )

    title: ClassVar[ReasonText] = ReasonText("单日调幅上限", "largest step per day")

    def apply(self, draft: Draft, situation: Situation) -> Draft:
        """Clip each new bid to the step around its base."""
        bids, base = draft.bids, base_of(situation)
        bid = bids["bid"].to_numpy()
        raise_by = largest_raise(
            situation.evidence, self.raise_by, self.silent_raise_by, situation.goals.target_roas
        )
        clipped = np.clip(bid, base * (1 - self.cut_by), base * (1 + raise_by))
        far = draft.moving & (np.abs(clipped - bid) > 1e-9)  # beyond float noise of the clip itself
        return draft.with_bids(marked(put(bids, far, bid=clipped), far, NAME))
