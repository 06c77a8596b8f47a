"""No raises on old data: when the newest report is late, bids may only fall."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from bidopt.decisions.draft import Draft, put
from bidopt.decisions.policy import Situation
from bidopt.domain.reasons import ReasonText
from bidopt.guardrails.guardrail import Guardrail, base_of, kept, left_off, marked, spared

NAME = "stale_data"


class StaleData(Guardrail):
    """A platform whose newest day is older than `days` gets no higher bid, no higher budget, no drops and no new, blocked or resumed words."""

    days: int = Field(3, ge=1, le=60, description="数据过期天数 age of the newest day from which raises stop")

    title: ClassVar[ReasonText] = ReasonText(
        "数据太旧，不加价不删词不加词", "data too old: no raises, no drops, no new words"
    )

    def apply(self, draft: Draft, situation: Situation) -> Draft:
        """Take back raises, drops and words of platforms whose reports are late."""
        late = [p for p, ages in situation.evidence.report_days.items() if ages[0] > self.days]
        bids, budgets = draft.bids, draft.budgets
        stale = bids["platform"].isin(late).to_numpy()
        draft = spared(draft, stale, NAME)
        draft = kept(draft, stale & (bids["bid"] > base_of(situation)).to_numpy(), NAME)
        more = (budgets["platform"].isin(late) & (budgets["budget"] > budgets["current_budget"])).to_numpy()
        budgets = put(budgets, more, budget=budgets["current_budget"].to_numpy())
        words = draft.keywords[~draft.keywords["platform"].isin(late)].reset_index(drop=True)
        draft = left_off(draft, stale, NAME)
        return draft.with_budgets(marked(budgets, more, NAME)).with_keywords(words)
