"""The contract of a guardrail."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from bidopt.decisions.draft import Draft, Mask, put
from bidopt.decisions.policy import Situation
from bidopt.domain.metrics import Array
from bidopt.domain.reasons import ReasonText

ORDER = (
    "drop_evidence",
    "share_dropped",
    "stale_data",
    "bid_evidence",
    "on_trust",
    "cooldown",
    "bid_step",
    "bid_range",
    "share_changed",
    "budget_step",
    "account_budget",
)
"""Order in which limits act: what may be dropped, then which bids may move, how far and how many, then the money."""


class Guardrail(BaseModel, ABC):
    """One limit. A file holds one; its fields are its settings. Applying the chain twice changes nothing more."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    enabled: bool = Field(default=True, description="启用 false switches the limit off")

    title: ClassVar[ReasonText]
    """What `limited_by` means to a reader."""

    reasons: ClassVar[Mapping[str, ReasonText]] = {}
    """Every code of the notes the limit may give, with its sentences."""

    @abstractmethod
    def apply(self, draft: Draft, situation: Situation) -> Draft:
        """The draft within the limit; each row that was moved is marked in `limited_by`."""


def marked(table: pd.DataFrame, rows: Mask, name: str) -> pd.DataFrame:
    """`table` with `name` added to `limited_by` on `rows`, once."""
    if not rows.any():
        return table
    limited_by = table["limited_by"].to_numpy().copy()
    limited_by[rows] = [
        text if name in text.split("+") else f"{text}+{name}".removeprefix("+") for text in limited_by[rows]
    ]
    return put(table, rows, limited_by=limited_by)


def kept(draft: Draft, rows: Mask, name: str) -> Draft:
    """Leave the bids on `rows` as they are and say which limit did it; rows without a change stay unmarked."""
    bids, rows = draft.bids, rows & draft.moving
    if not rows.any():
        return draft
    bids = put(bids, rows, action="keep", bid=bids["current_bid"].to_numpy())
    return draft.with_bids(marked(bids, rows, name))


def spared(draft: Draft, rows: Mask, name: str) -> Draft:
    """Take back the verdicts on `rows`; the words keep the bid they would have had, marked with the limit."""
    rows = rows & draft.dropped
    if not rows.any():
        return draft
    drops = put(draft.drops, rows, reason="", policy="", state="")
    return draft.with_drops(drops).with_bids(marked(draft.bids, rows, name))


def left_off(draft: Draft, rows: Mask, name: str) -> Draft:
    """Put back none of the words on `rows` and say which limit did it."""
    rows = rows & draft.coming_back
    if not rows.any():
        return draft
    draft = draft.with_comebacks(put(draft.comebacks, rows, reason="", policy="", state=""))
    return draft.with_bids(marked(draft.bids, rows, name))


def base_of(situation: Situation) -> Array:
    """Bid that steps are counted from, shape (keywords,): the current one, or the recent CPC where none is known."""
    return situation.evidence.keywords["base_bid"].to_numpy()


def beyond(rows: Mask, weight: Array, limit: int) -> Mask:
    """The rows left over when only the `limit` heaviest of `rows` may stay; ties go to the earlier row."""
    candidates = np.flatnonzero(rows)
    order = np.argsort(-np.nan_to_num(weight[candidates]), kind="stable")
    out = np.zeros(len(rows), dtype=bool)
    out[candidates[order[limit:]]] = True
    return out
