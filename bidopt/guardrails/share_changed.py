"""Only so many bids change in one day."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from bidopt.decisions.draft import Draft
from bidopt.decisions.policy import Situation
from bidopt.domain.metrics import Array, ratio
from bidopt.domain.reasons import ReasonText
from bidopt.guardrails.guardrail import Guardrail, beyond, kept, left_off

NAME = "share_changed"


class ShareChanged(Guardrail):
    """At most `share` of the words in play; small shops may always change `at_least`.

    First come those that move most money and, in turn with them, those whose bid is furthest off: a word that gets
    no clicks because its bid is too low moves no money yet. Words put back count, and go before.
    """

    share: float = Field(0.5, ge=0, le=1, description="每日调价比例上限 largest share of bids changed a day")
    at_least: int = Field(10, ge=0, description="每日调价保底数 bids a small shop may change all the same")

    title: ClassVar[ReasonText] = ReasonText("每日调价上限", "most bids changed per day")

    def apply(self, draft: Draft, situation: Situation) -> Draft:
        """Take back the changes that move least money beyond the limit; dropped words do not count."""
        response, bid = situation.evidence.response, draft.bids["bid"].to_numpy()
        money = np.abs(response.cost_at(bid) - response.cost_at(response.base_bid))
        step = np.abs(np.log(np.where(draft.moving, ratio(bid, response.base_bid), 1.0)))
        limit = max(int(self.share * len(bid)), self.at_least) if self.share > 0 else 0
        weight = np.where(draft.coming_back, np.inf, _in_turn(money, step))
        over = beyond((draft.moving | draft.coming_back) & ~draft.dropped, weight, limit)
        return left_off(kept(draft, over, NAME), over, NAME)


def _in_turn(one: Array, other: Array) -> Array:
    """Weights that take the heaviest of both by turns, shape (n,)."""
    ranks = np.argsort(np.argsort(-np.nan_to_num(np.stack([one, other])), axis=1, kind="stable"), axis=1)
    weight: Array = -ranks.min(axis=0).astype(np.float64)
    return weight
