"""No word is dropped on thin evidence."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from bidopt.decisions.draft import Draft
from bidopt.decisions.policy import Situation
from bidopt.domain.metrics import Array, ratio
from bidopt.domain.reasons import ReasonText, decode
from bidopt.guardrails.guardrail import Guardrail, spared

NAME = "drop_evidence"


class DropEvidence(Guardrail):
    """A verdict that states its doubt is held to `doubt`; any other needs counts behind it.

    Without a stated doubt a verdict on value needs `clicks`, one on click rate `impressions`, counted over the evidence
    window; a word that may well be worth its clicks, by all that is known, is not dropped for three bad days, though its
    bid may still fall; and a word without impressions costs nothing and may only need a higher bid.
    """

    doubt: float = Field(
        0.25, ge=0, le=1, description="误删概率上限 largest chance of being wrong that a verdict may state"
    )

    clicks: float = Field(
        20.0, ge=0, description="按投产删词最少点击 clicks before a word is dropped for its value"
    )
    impressions: float = Field(
        500.0, ge=0, description="按点击率删词最少展现 impressions before a word is dropped for its CTR"
    )
    record_share: float = Field(
        0.5,
        ge=0,
        description="长期保护线 share of the target that a word may still reach (95 %) to be spared",
    )
    silent_days: int = Field(
        14,
        ge=0,
        description="没展现删词最少在投天数 days in play before a word is dropped for no impressions",
    )

    title: ClassVar[ReasonText] = ReasonText(
        "证据不足或长期表现好，先不删", "too little evidence, or a good record: not dropped yet"
    )

    def apply(self, draft: Draft, situation: Situation) -> Draft:
        """Spare the words condemned on too little."""
        if not draft.dropped.any():
            return draft
        evidence = situation.evidence
        keywords = evidence.keywords
        code = draft.drops["reason"].str.split(" ").str[0]
        doubt = _stated_doubt(draft)
        at_best = ratio(evidence.value_per_click.high, evidence.response.cpc)
        earns = ~(at_best < self.record_share * situation.goals.target_roas)
        silent = code == "no_impressions"
        thin = (
            (earns & ~silent)
            | (silent & ((keywords["first_age"] < self.silent_days) | (keywords["impressions"] > 0)))
            | ((code == "poor_value") & (keywords["clicks"] < self.clicks))
            | ((code == "poor_click_rate") & (keywords["impressions"] < self.impressions))
        )
        return spared(draft, np.where(np.isnan(doubt), thin, doubt > self.doubt), NAME)


def _stated_doubt(draft: Draft) -> Array:
    """Chance of being wrong that each verdict states, NaN where none does; shape (n,)."""
    told = [decode(reason)[1].get("doubt", np.nan) if reason else np.nan for reason in draft.drops["reason"]]
    return np.array(told, dtype=np.float64)
