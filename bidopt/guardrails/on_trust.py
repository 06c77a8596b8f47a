"""No higher bid for a word that has yet to show that it pays."""

from __future__ import annotations

from typing import ClassVar

from bidopt.decisions.draft import Draft
from bidopt.decisions.policy import Situation
from bidopt.domain.reasons import ReasonText
from bidopt.guardrails.guardrail import Guardrail, base_of, kept

NAME = "on_trust"


class OnTrust(Guardrail):
    """Words that the policies call on trust (`Draft.on_trust`) get no higher bid, whichever policy asks for one.

    Which words these are is set by the policy that tests words, e.g. `raise_from` of `test_and_prune`.
    """

    title: ClassVar[ReasonText] = ReasonText(
        "还没通过测试，先不加价", "has not passed its test: no raise yet"
    )

    def apply(self, draft: Draft, situation: Situation) -> Draft:
        """Take back raises of words on trust."""
        if draft.on_trust is None:
            return draft
        return kept(draft, draft.on_trust & (draft.bids["bid"] > base_of(situation)).to_numpy(), NAME)
