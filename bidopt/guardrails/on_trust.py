"""No higher bid than one at which a word has shown that it pays."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from bidopt.decisions.draft import Draft, put
from bidopt.decisions.policy import Situation
from bidopt.domain.reasons import ReasonText
from bidopt.guardrails.guardrail import Guardrail, base_of, kept, marked

NAME = "on_trust"

_NOISE = 1e-9
"""Of floats, relative."""


class OnTrust(Guardrail):
    """No bid is raised beyond what the tests allow (`Draft.trusted_bids`), whichever policy asks for it.

    How far that is, is set by the policy that tests words, e.g. `raise_from` of `test_and_prune`.
    """

    title: ClassVar[ReasonText] = ReasonText(
        "还没通过测试，先不加价", "has not passed its test: no raise yet"
    )

    def apply(self, draft: Draft, situation: Situation) -> Draft:
        """Cut raises down to what is trusted, and take back those of which nothing is left."""
        if draft.trusted_bids is None:
            return draft
        bid, base = draft.bids["bid"].to_numpy(), base_of(situation)
        most = np.fmax(draft.trusted_bids, base)
        over = draft.moving & (bid > most * (1 + _NOISE))
        draft = kept(draft, over & (most <= base), NAME)
        return draft.with_bids(marked(put(draft.bids, over & (most > base), bid=most), over, NAME))
