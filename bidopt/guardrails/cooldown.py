"""A bid that was just changed rests until its effect can be seen."""

from __future__ import annotations

from typing import Annotated, ClassVar

import pandas as pd
from pydantic import Field

from bidopt.decisions.draft import Draft
from bidopt.decisions.policy import Situation
from bidopt.domain.reasons import ReasonText
from bidopt.domain.tunable import Tunable
from bidopt.guardrails.guardrail import Guardrail, kept

NAME = "cooldown"


class Cooldown(Guardrail):
    """No second change of a bid until `days` whole days at the last one are reported."""

    days: Annotated[int, Tunable(1, 5)] = Field(
        1, ge=0, le=60, description="冷却天数 whole days reported between two changes of one bid"
    )

    title: ClassVar[ReasonText] = ReasonText("刚调过价，先观察", "changed recently, wait for the effect")

    def apply(self, draft: Draft, situation: Situation) -> Draft:
        """Take back changes of bids that fewer than `days` reported days have shown; drops are not held up."""
        evidence = situation.evidence
        newest = {platform: ages[0] for platform, ages in evidence.report_days.items()}
        told = evidence.keywords["platform"].map(newest).fillna(1).to_numpy()
        passed = (pd.Timestamp(situation.as_of) - evidence.keywords["changed_on"]).dt.days.to_numpy()
        return kept(draft, passed - told + 1 < self.days, NAME)
