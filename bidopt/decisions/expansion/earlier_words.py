"""What earlier plans proposed: a word is proposed some days in a row, then it rests, and is never new every day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from bidopt.decisions.draft import Mask
from bidopt.domain.metrics import Array
from bidopt.evidence.grams import Grams, judge_grams
from bidopt.evidence.words import SCOPE, Words
from bidopt.text.word_order import spelled_without_order

WORD = ["product_id", "folded"]
"""Names a word to add: the same words in another order, or in another ad group of the product, are the same."""

BLOCK = [*SCOPE, "keyword", "match_type"]
"""Names a word to block."""


class Patience(BaseModel):
    """How often a word is proposed that nobody takes up."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    days: int = Field(3, ge=1, description="连续建议天数 days on which a word is proposed before it rests")
    rest: int = Field(14, ge=1, description="休息期(天) days of which at most so many propose the same word")

    def adds(self, words: Words, as_of: date) -> pd.Series[int]:
        """Days of the rest on which each word was proposed to add, indexed by WORD."""
        told = self._recent(words.proposed, "add", as_of)
        spelt = [spelled_without_order(words.language.words(word)) for word in told["keyword"]]
        return _days(told.assign(folded=pd.Series(spelt, index=told.index, dtype="str")), WORD)

    def blocks(self, words: Words, as_of: date) -> pd.Series[int]:
        """Days of the rest on which each word was proposed to block, indexed by BLOCK."""
        return _days(self._recent(words.proposed, "negative", as_of), BLOCK)

    def _recent(self, proposed: pd.DataFrame, kind: str, as_of: date) -> pd.DataFrame:
        first = pd.Timestamp(as_of) - pd.Timedelta(days=self.rest)
        return proposed[(proposed["kind"] == kind) & (proposed["date"] > first)]


@dataclass(frozen=True)
class EarlierBlocks:
    """Which words that earlier plans proposed to block stand, and which nobody took up.

    Args:
        standing: BLOCK of each word that no report denies to be blocked, for no click came since or no report either,
            and the newest day on which it was proposed.
        done: which grams are blocked by now, shape (grams,).
        resting: which grams were proposed often enough, shape (grams,).
        days_proposed: days of the rest on which each gram was proposed, shape (grams,).
    """

    standing: Mapping[tuple[str, ...], pd.Timestamp]
    done: Mask
    resting: Mask
    days_proposed: Array


def earlier_blocks(grams: Grams, words: Words, as_of: date, patience: Patience) -> EarlierBlocks:
    """What became of earlier negative words, told by the clicks that came since."""
    told = words.proposed[words.proposed["kind"] == "negative"]
    last = told.groupby(BLOCK)["date"].max()
    clicked = pd.Series(grams.table["last_click"].to_numpy(), pd.MultiIndex.from_frame(grams.table[BLOCK]))
    since = (
        clicked.groupby(level=BLOCK).max().reindex(last.index) > last
    )  # a root may be spelled as a pair is
    standing = last[~since.to_numpy(dtype=np.bool_)]
    proposed = days_of(patience.blocks(words, as_of), grams.table)
    of_gram = last.reindex(clicked.index).to_numpy()
    newest = np.datetime64("NaT") if words.newest_day is None else words.newest_day.to_datetime64()
    done = (of_gram < newest) & ~(clicked.to_numpy() > of_gram)
    return EarlierBlocks(
        dict(zip(standing.index, standing, strict=True)), done, (proposed >= patience.days) & ~done, proposed
    )


def standing_blocks(words: Words, as_of: date) -> pd.DataFrame:
    """The words that earlier plans proposed to block and that, as far as is known, are blocked; columns BLOCK."""
    if not (words.proposed["kind"] == "negative").any():
        return words.proposed.loc[[], BLOCK]
    cut = words.language.words_of_all(words.search_terms["search_term"])
    standing = earlier_blocks(judge_grams(words, cut), words, as_of, Patience()).standing
    return pd.DataFrame(sorted(standing), columns=BLOCK, dtype="str")


def days_of(days: pd.Series[int], table: pd.DataFrame) -> Array:
    """Days of each row of a table, looked up by what `days` is indexed by; 0 where there are none, shape (rows,)."""
    asked = pd.MultiIndex.from_frame(table[list(days.index.names)])
    return np.asarray(days.reindex(asked).fillna(0), dtype=np.float64)


def _days(told: pd.DataFrame, key: list[str]) -> pd.Series[int]:
    days: pd.Series[int] = told.groupby(key)["date"].nunique()
    return days
