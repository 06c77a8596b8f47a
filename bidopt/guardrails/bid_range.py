"""Bids stay between the floor and the ceiling and on the platform's money step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from bidopt.decisions.policy import Situation, put
from bidopt.domain.changes import Changes
from bidopt.domain.reasons import ReasonText
from bidopt.guardrails.guardrail import Guardrail, base_of, marked

NAME = "bid_range"


class BidLimits(BaseModel):
    """What a platform accepts, in the shop's currency per click."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    floor: float = Field(0.05, gt=0, description="最低出价 lowest bid")
    ceiling: float = Field(99.99, gt=0, description="最高出价 highest bid")
    step: float = Field(0.01, gt=0, description="出价单位 bids are multiples of it")


class BidRange(Guardrail):
    """The shop's own floor and ceiling, within those of each platform (configs/rules/bids.yaml)."""

    floor: float | None = Field(None, gt=0, description="店铺最低出价 shop's own floor")
    ceiling: float | None = Field(None, gt=0, description="店铺最高出价 shop's own ceiling")
    platforms: Mapping[str, BidLimits] = Field(
        default_factory=dict, description="各平台出价限制 limits per platform; filled from the rules file"
    )

    title: ClassVar[ReasonText] = ReasonText("出价上下限", "bid floor and ceiling")

    def apply(self, changes: Changes, situation: Situation) -> Changes:
        """Clip each new bid, then round it towards the base bid so that no other limit is crossed by rounding."""
        bids, base = changes.bids, base_of(situation)
        limits = [self.platforms.get(p, BidLimits()) for p in bids["platform"]]
        floor = np.array([max(x.floor, self.floor or 0.0) for x in limits])
        ceiling = np.array([min(x.ceiling, self.ceiling or np.inf) for x in limits])
        step = np.array([x.step for x in limits])
        bid = bids["bid"].to_numpy()
        clipped = np.clip(bid, floor, np.maximum(floor, ceiling))
        rounded = (
            np.where(clipped > base, np.floor(clipped / step + 1e-6), np.ceil(clipped / step - 1e-6)) * step
        )
        rounded = np.round(rounded, 4)
        proposed = bids["action"].isin(["set_bid", "pause"]).to_numpy()
        setting = (bids["action"] == "set_bid").to_numpy()
        bids = put(bids, proposed & ~np.isnan(bid), bid=rounded)
        outside = setting & (np.abs(clipped - bid) > step / 2)
        bids = bids.assign(limited_by=marked(bids["limited_by"], outside, NAME))
        still = setting & (np.abs(bids["bid"].to_numpy() - base) < step / 2)
        return changes.with_bids(put(bids, still, action="keep", bid=bids["current_bid"].to_numpy()))
