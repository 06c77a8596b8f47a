"""A campaign's budget rises only so far in one day."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from bidopt.decisions.draft import Draft, put
from bidopt.decisions.policy import CLOSED_BUDGET, Situation
from bidopt.domain.reasons import ReasonText
from bidopt.guardrails.guardrail import Guardrail, marked

NAME = "budget_step"


class BudgetStep(Guardrail):
    """At most `raise_by` up a day; a campaign that was closed may go back to what it had lately.

    A lower budget is never dangerous and not limited here.
    """

    raise_by: float = Field(1.0, gt=0, le=5, description="单日加预算上限 largest raise, as a fraction")

    title: ClassVar[ReasonText] = ReasonText("单日加预算上限", "largest budget raise per day")

    def apply(self, draft: Draft, situation: Situation) -> Draft:
        """Clip each budget above the current one, where that is known."""
        budgets = draft.budgets
        most = budgets["current_budget"].to_numpy() * (1 + self.raise_by)
        closed = (budgets["current_budget"] <= CLOSED_BUDGET).to_numpy()
        recent = np.nan_to_num(situation.evidence.campaigns["recent_budget"].to_numpy())
        most = np.where(closed, np.maximum(most, recent), most)
        high = budgets["budget"].to_numpy() > most
        return draft.with_budgets(marked(put(budgets, high, budget=most), high, NAME))
