"""The contract of a policy, and the situation it decides in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import ClassVar

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from bidopt.decisions.draft import Draft
from bidopt.domain.changes import CAMPAIGN_KEY
from bidopt.domain.goals import Goals
from bidopt.domain.metrics import Array
from bidopt.domain.reasons import ReasonText
from bidopt.evidence.evidence import Evidence
from bidopt.evidence.keyword_index import sums

CLOSED_BUDGET = 1.0
"""Budget of a campaign that is to spend nothing for a while: the least that platforms take, in currency per day."""


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
        """Money per day: as set, else the sum of the running campaigns' known budgets; None where none is known.

        A campaign that was closed while it was sold out counts with what it had before once it can sell again.
        """
        if self.goals.daily_budget is not None:
            return self.goals.daily_budget
        campaigns = self.evidence.campaigns[self.evidence.campaigns["running"]]
        current, recent = campaigns["current_budget"], campaigns["recent_budget"]
        back = (current <= CLOSED_BUDGET) & ~self.evidence.sold_out_campaigns[campaigns.index]
        known = current.where(~back, np.fmax(current, recent)).dropna()
        return float(known.sum()) if len(known) else None

    @cached_property
    def words_cost(self) -> Array:
        """Expected cost per day of the words that the draft adds or puts back, by campaign, shape (campaigns,)."""
        added = self.draft.keywords[self.draft.keywords["kind"] == "add"]
        key = list(CAMPAIGN_KEY)
        cost = added.groupby(key)["expected_cost"].sum()
        of_campaign = cost.reindex(pd.MultiIndex.from_frame(self.evidence.campaigns[key]))
        response = self.evidence.response
        resumed = np.where(self.draft.coming_back, response.cost_at(response.base_bid), 0.0)
        again = sums(self.evidence.campaign_of, np.nan_to_num(resumed), len(of_campaign))
        return np.asarray(of_campaign.fillna(0.0), dtype=np.float64) + again

    def with_draft(self, draft: Draft) -> Situation:
        """The same morning with a newer draft."""
        return replace(self, draft=draft)


class Policy(BaseModel, ABC):
    """One way to change the draft. A file in a decision family holds one policy; its fields are its settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    reasons: ClassVar[Mapping[str, ReasonText]]
    """Every code of the reasons and notes the policy may give, with its sentences."""

    limits: ClassVar[Mapping[str, ReasonText]] = {}
    """What the policy's entries in `limited_by` mean; none is named as a guardrail is."""

    simulated: ClassVar[bool] = True
    """Whether replayed logs and fitted markets act on what it decides; not so on words to add or block, and titles."""

    @abstractmethod
    def decide(self, situation: Situation) -> Draft:
        """A new draft; rows keep their order, and what the policy has no opinion on stays as it was."""


NOT_JUDGED = ReasonText("没有规则要改动这个词", "no rule asks for a change")
