"""The contract of a guardrail."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from bidopt.decisions.policy import Mask, Situation, put
from bidopt.domain.changes import Changes
from bidopt.domain.metrics import Array
from bidopt.domain.reasons import ReasonText

ORDER = (
    "drop_evidence",
    "share_dropped",
    "bid_evidence",
    "stale_data",
    "cooldown",
    "bid_step",
    "bid_range",
    "share_changed",
    "budget_step",
    "account_budget",
)
"""Order in which limits act: what may be dropped, then which bids may move, how far and how many, then the money.

A word that a limit spares from dropping gets a bid instead, so the limits on bids come after those on drops.
"""


class Guardrail(BaseModel, ABC):
    """One limit. A file holds one; its fields are its settings. Applying the chain twice changes nothing more."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    enabled: bool = Field(default=True, description="启用 false switches the limit off")

    title: ClassVar[ReasonText]
    """What `limited_by` means to a reader."""

    @abstractmethod
    def apply(self, changes: Changes, situation: Situation) -> Changes:
        """The changes within the limit; each row that was moved is marked in `limited_by`."""


def marked(limited_by: pd.Series[str], rows: Mask, name: str) -> pd.Series[str]:
    """`limited_by` with `name` added on `rows`, once."""
    new = rows & ~np.array([name in text.split("+") for text in limited_by], dtype=bool)
    joined = limited_by.where(limited_by == "", limited_by + "+") + name
    return limited_by.where(~new, joined)


def revert(bids: pd.DataFrame, rows: Mask, name: str) -> pd.DataFrame:
    """Leave the keywords on `rows` as they are, and say which limit did it; rows without a change stay unmarked."""
    rows = rows & (bids["action"] != "keep").to_numpy()
    bids = put(bids, rows, action="keep", bid=bids["current_bid"].to_numpy())
    return bids.assign(limited_by=marked(bids["limited_by"], rows, name))


def spare(bids: pd.DataFrame, rows: Mask, name: str) -> pd.DataFrame:
    """Do not drop the keywords on `rows`: they get the bid they would have without the verdict."""
    rows = rows & (bids["action"] == "pause").to_numpy()
    same = bids["bid"].isna() | (bids["bid"] == bids["current_bid"])
    bids = put(bids, rows, action=np.where(same, "keep", "set_bid"))
    return bids.assign(limited_by=marked(bids["limited_by"], rows, name))


def base_of(situation: Situation) -> Array:
    """Bid that steps are counted from, shape (keywords,): the current one, or the recent CPC where none is known."""
    return situation.evidence.keywords["base_bid"].to_numpy()
