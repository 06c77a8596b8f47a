"""The contract of a policy, and the situation it decides in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from bidopt.decisions.draft import Draft
from bidopt.domain.goals import Goals
from bidopt.domain.reasons import ReasonText
from bidopt.evidence.evidence import Evidence


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
    draft: Draft

    @property
    def account_budget(self) -> float | None:
        """Money per day: as set, else the sum of the running campaigns' known budgets; None where none is known."""
        if self.goals.daily_budget is not None:
            return self.goals.daily_budget
        campaigns = self.evidence.campaigns
        current = campaigns.loc[campaigns["running"], "current_budget"].dropna()
        return float(current.sum()) if len(current) else None

    def with_draft(self, draft: Draft) -> Situation:
        """The same morning with a newer draft."""
        return replace(self, draft=draft)


class Policy(BaseModel, ABC):
    """One way to change the draft. A file in a decision family holds one policy; its fields are its settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    reasons: ClassVar[Mapping[str, ReasonText]]
    """Every reason code the policy may give, with its sentences."""

    @abstractmethod
    def decide(self, situation: Situation) -> Draft:
        """A new draft; rows keep their order, and what the policy has no opinion on stays as it was."""


NOT_JUDGED = ReasonText("没有规则要改动这个词", "no rule asks for a change")
