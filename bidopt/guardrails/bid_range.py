"""Bids stay between the floor and the ceiling and on the platform's money step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from bidopt.decisions.draft import Draft, put
from bidopt.decisions.policy import Situation
from bidopt.domain.reasons import ReasonText
from bidopt.guardrails.guardrail import Guardrail, base_of, kept, marked

NAME = "bid_range"


class BidLimits(BaseModel):
    """What a platform accepts, in the shop's currency per click."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    floor: float = Field(0.05, gt=0, description="最低出价 lowest bid")
    ceiling: float = Field(99.99, gt=0, description="最高出价 highest bid")
    step: float = Field(0.01, gt=0, description="出价单位 bids are multiples of it")


class BidRange(Guardrail):
    """The shop's own floor and ceiling, within those of each platform (configs/rules/bids.yaml).

    The shop's floor stops cuts and never forces a raise; its ceiling and the platform's limits have the last word, over the bids of words put
    back too.
    """

    floor: float | None = Field(None, gt=0, description="店铺最低出价 bids are not cut below it")
    ceiling: float | None = Field(None, gt=0, description="店铺最高出价 no bid exceeds it")
    platforms: Mapping[str, BidLimits] = Field(
        default_factory=dict, description="各平台出价限制 from the rules file, not set by a shop"
    )

    title: ClassVar[ReasonText] = ReasonText("出价上下限", "bid floor and ceiling")

    @model_validator(mode="after")
    def _ascending(self) -> BidRange:
        if self.floor is not None and self.ceiling is not None and self.floor > self.ceiling:
            raise ValueError(f"floor {self.floor:g} 高于 ceiling {self.ceiling:g}")
        return self

    def apply(self, draft: Draft, situation: Situation) -> Draft:
        """Clip each new bid, then round it towards the base bid so that no other limit is crossed by rounding."""
        bids, base = draft.bids, base_of(situation)
        of, platforms = pd.factorize(bids["platform"])
        limits = [self.platforms.get(platform, BidLimits()) for platform in platforms]
        lowest = np.array([x.floor for x in limits])[of]
        highest = np.array([min(x.ceiling, self.ceiling or np.inf) for x in limits])[of]
        step = np.array([x.step for x in limits])[of]
        bid = bids["bid"].to_numpy()
        lifted = np.maximum(bid, np.minimum(base, self.floor)) if self.floor is not None else bid
        clipped = np.clip(lifted, lowest, np.maximum(lowest, highest))
        rounded = (
            np.where(clipped > base, np.floor(clipped / step + 1e-6), np.ceil(clipped / step - 1e-6)) * step
        )
        lifted_over = draft.moving & (clipped > np.maximum(bid, base) + step / 2)
        draft = kept(draft, lifted_over, NAME)  # a floor above all that was asked for points to wrong units
        bids, moving = draft.bids, draft.moving
        outside = np.abs(clipped - bid) > step / 2
        bids = put(bids, moving | (draft.coming_back & outside), bid=np.round(rounded, 4))
        bids = marked(bids, (moving | draft.coming_back) & outside, NAME)
        still = moving & (np.abs(bids["bid"].to_numpy() - base) < step / 2)
        draft = draft.with_bids(put(bids, still, action="keep", bid=bids["current_bid"].to_numpy()))
        return draft.with_keywords(self._first_bids(draft.keywords))

    def _first_bids(self, keywords: pd.DataFrame) -> pd.DataFrame:
        """Words to add, each with a bid that the platform and the shop allow; rounded down."""
        limits = [self.platforms.get(p, BidLimits()) for p in keywords["platform"]]
        lowest = np.array([max(x.floor, self.floor or 0.0) for x in limits])
        highest = np.array([min(x.ceiling, self.ceiling or np.inf) for x in limits])
        step = np.array([x.step for x in limits])
        bid = np.clip(keywords["bid"].to_numpy(), lowest, np.maximum(lowest, highest))
        added = (keywords["kind"] == "add").to_numpy()
        return put(keywords, added, bid=np.round(np.floor(bid / step + 1e-6) * step, 4))
