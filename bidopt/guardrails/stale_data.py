"""No raises on old data: when the newest report is late, bids may only fall."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from bidopt.decisions.policy import Situation, put
from bidopt.domain.changes import Changes
from bidopt.domain.reasons import ReasonText
from bidopt.guardrails.guardrail import Guardrail, base_of, marked, revert

NAME = "stale_data"


class StaleData(Guardrail):
    """A platform whose newest day is older than `days` gets no higher bid, no higher budget and no drops."""

    days: int = Field(3, ge=1, le=60, description="数据过期天数 age of the newest day from which raises stop")

    title: ClassVar[ReasonText] = ReasonText("数据太旧，不加价不删词", "data too old: no raises, no drops")

    def apply(self, changes: Changes, situation: Situation) -> Changes:
        """Take back raises and drops of platforms whose reports are late."""
        late = {p for p, ages in situation.evidence.report_days.items() if ages[0] > self.days}
        bids, budgets = changes.bids, changes.budgets
        raised = (bids["bid"] > base_of(situation)).to_numpy() | (bids["action"] == "pause").to_numpy()
        bids = revert(bids, bids["platform"].isin(late).to_numpy() & raised, NAME)
        more = (
            budgets["platform"].isin(late).to_numpy()
            & (budgets["budget"] > budgets["current_budget"]).to_numpy()
        )
        budgets = put(budgets, more, budget=budgets["current_budget"].to_numpy())
        budgets = budgets.assign(limited_by=marked(budgets["limited_by"], more, NAME))
        return changes.with_bids(bids).with_budgets(budgets)
