"""When plans dropped and resumed words in a game, as the ledger of a live shop would tell it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.backtest.controls import Controls
from bidopt.domain.changes import KEYWORD_KEY, Changes
from bidopt.evidence.keyword_index import rows_of
from bidopt.facts.schemas import WORD_LIVES


@dataclass(frozen=True)
class OwnDrops:
    """What became of each word; arrays of shape (n,), a row per keyword.

    Args:
        dropped_on, resumed_on: newest day on which a plan dropped and resumed it; NaT where none did.
        dropped_for: the plan's reason to drop it, encoded; "" where none did.
    """

    dropped_on: npt.NDArray[np.datetime64]
    resumed_on: npt.NDArray[np.datetime64]
    dropped_for: npt.NDArray[np.object_]

    @classmethod
    def none(cls, n: int) -> OwnDrops:
        """Of `n` words before the first plan."""
        never = np.full(n, np.datetime64("NaT", "s"))
        return cls(never, never, np.full(n, "", dtype=object))

    def after(
        self, before: Controls, now: Controls, keywords: pd.DataFrame, changes: Changes, day: date
    ) -> OwnDrops:
        """After a plan.

        Args:
            before: what was in force.
            now: what the plan made of it.
            keywords: name the rows, with KEYWORD_KEY.
            changes: the plan.
            day: it is for.
        """
        dropped, resumed = now.paused & ~before.paused, before.paused & ~now.paused
        rows, known = rows_of(changes.bids, keywords, KEYWORD_KEY)
        why = self.dropped_for.copy()
        why[rows] = changes.bids["reason"].to_numpy(dtype=object)[known]
        today = np.datetime64(day, "s")
        return OwnDrops(
            dropped_on=np.where(dropped, today, self.dropped_on),
            resumed_on=np.where(resumed, today, self.resumed_on),
            dropped_for=np.where(dropped, why, self.dropped_for),
        )

    def lives(self, keywords: pd.DataFrame) -> pd.DataFrame:
        """Schema WORD_LIVES: the words that were ever dropped."""
        ever = ~np.isnat(self.dropped_on)
        if not ever.any():
            return WORD_LIVES.empty()
        told = {
            "dropped_on": self.dropped_on[ever],
            "reason": self.dropped_for[ever],
            "resumed_on": self.resumed_on[ever],
        }
        return WORD_LIVES.conform(keywords[ever].reset_index(drop=True).assign(**told))
