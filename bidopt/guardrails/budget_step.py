"""A campaign's budget rises only so far in one day."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from bidopt.decisions.draft import Draft, put
from bidopt.decisions.policy import Situation
from bidopt.domain.reasons import ReasonText
from bidopt.guardrails.guardrail import Guardrail, marked

NAME = "budget_step"


class BudgetStep(Guardrail):
    """At most `raise_by` up a day; a lower budget is never dangerous and not limited here."""

    raise_by: float = Field(0.3, gt=0, le=5, description="单日加预算上限 largest raise, as a fraction")

    title: ClassVar[ReasonText] = ReasonText("单日加预算上限", "largest budget raise per day")

    def apply(self, draft: Draft, situation: Situation) -> Draft:
        """Clip each budget above the current one, where that is known."""
        del situation  # the step depends on nothing else
        budgets = draft.budgets
        most = budgets["current_budget"].to_numpy() * (1 + self.raise_by)
        high = budgets["budget"].to_numpy() > most
        return draft.with_budgets(marked(put(budgets, high, budget=most), high, NAME))
