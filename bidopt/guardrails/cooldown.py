"""A bid that was just changed rests until its effect can be seen."""

from __future__ import annotations

from typing import ClassVar

import pandas as pd
from pydantic import Field

from bidopt.decisions.draft import Draft
from bidopt.decisions.policy import Situation
from bidopt.domain.reasons import ReasonText
from bidopt.guardrails.guardrail import Guardrail, kept

NAME = "cooldown"


class Cooldown(Guardrail):
    """No second change of a bid within `days` days of the last one: by then a full day at the new bid is reported."""

    days: int = Field(2, ge=0, le=60, description="冷却天数 days between two changes of one bid")

    title: ClassVar[ReasonText] = ReasonText("刚调过价，先观察", "changed recently, wait for the effect")

    def apply(self, draft: Draft, situation: Situation) -> Draft:
        """Take back bid changes of words changed less than `days` days ago; drops are not held up."""
        since = pd.Timestamp(situation.as_of) - situation.evidence.keywords["changed_on"]
        return kept(draft, (since < pd.Timedelta(days=self.days)).to_numpy(), NAME)
