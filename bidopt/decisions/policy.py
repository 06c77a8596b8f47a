"""The contract of a policy, and the situation it decides in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import BaseModel, ConfigDict

from bidopt.domain.changes import BIDS, BUDGETS, KEYWORD_KEY, KEYWORDS, TITLES, Changes
from bidopt.domain.goals import Goals
from bidopt.domain.reasons import ReasonText
from bidopt.evidence.evidence import Evidence

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Situation:
    """All a policy may know.

    Args:
        as_of: decision morning.
        goals: what the shop wants.
        evidence: beliefs; `evidence.keywords` is row-aligned with `draft.bids`, `evidence.campaigns` with
            `draft.budgets`.
        draft: the plan so far.
    """

    as_of: date
    goals: Goals
    evidence: Evidence
    draft: Changes

    @property
    def account_budget(self) -> float | None:
        """Money per day: as set, else the sum of the campaigns' budgets; None where one of those is unknown."""
        if self.goals.daily_budget is not None:
            return self.goals.daily_budget
        current = self.evidence.campaigns["current_budget"]
        return None if current.empty or current.isna().any() else float(current.sum())

    def with_draft(self, draft: Changes) -> Situation:
        """The same morning with a newer draft."""
        return replace(self, draft=draft)


class Policy(BaseModel, ABC):
    """One way to change the draft. A file in a decision family holds one policy; its fields are its settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    reasons: ClassVar[Mapping[str, ReasonText]]
    """Every reason code the policy may give, with its sentences."""

    @abstractmethod
    def decide(self, situation: Situation) -> Changes:
        """A new draft; rows keep their order, and what the policy has no opinion on stays as it was."""


NOT_JUDGED = ReasonText("没有规则要改动这个词", "no rule asks for a change")


def keep_everything(evidence: Evidence) -> Changes:
    """The first draft: every keyword and every campaign as it is."""
    keywords, campaigns = evidence.keywords, evidence.campaigns
    bids = BIDS.conform(
        {
            **{column: keywords[column] for column in KEYWORD_KEY},
            "action": "keep",
            "current_bid": keywords["current_bid"],
            "bid": keywords["current_bid"],
            "reason": "not_judged",
            "expected_clicks": np.zeros(len(keywords)),
        }
    )
    budgets = BUDGETS.conform(
        {
            "platform": campaigns["platform"],
            "campaign_id": campaigns["campaign_id"],
            "current_budget": campaigns["current_budget"],
            "budget": campaigns["current_budget"],
            "reason": "not_judged",
        }
    )
    return Changes(bids, budgets, KEYWORDS.empty(), TITLES.empty())


def put(table: pd.DataFrame, rows: Mask, **columns: npt.ArrayLike) -> pd.DataFrame:
    """A copy of `table` with columns replaced on `rows`.

    Args:
        table: any table.
        rows: mask of shape (len(table),).
        columns: column -> scalar, or array of shape (len(table),) of which the masked entries are used.
    """
    out = table.copy()
    for name, value in columns.items():
        entries = np.asarray(value, dtype=object if out[name].dtype == "str" else None)
        out.loc[rows, name] = entries[rows] if entries.ndim else entries.item()
    return out
