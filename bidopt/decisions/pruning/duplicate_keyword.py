"""A word that buys the same searches as a better word of the shop."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pandas as pd
from pydantic import Field
from scipy import special

from bidopt.decisions.draft import Mask
from bidopt.decisions.policy import Situation
from bidopt.decisions.pruning.rule import Rule, Verdict
from bidopt.decisions.pruning.word_record import WordRecord
from bidopt.domain.key_numbers import key_numbers
from bidopt.domain.metrics import Array
from bidopt.domain.reasons import ReasonText
from bidopt.evidence.belief import Belief
from bidopt.evidence.keyword_index import Ints
from bidopt.text.normalize import fold

_LATIN = re.compile(r"[a-z0-9]+")


class DuplicateKeyword(Rule):
    """Drop the weaker of two words of the same roots in another order, of one product or of several of the shop.

    Platforms show one ad of a shop per search, so that the two bid against each other and share their clicks. The word
    with most clicks stays; another goes only if it has been tried too and is hardly better. The search is not lost.
    """

    clicks: float = Field(20.0, ge=1, description="最少点击 clicks of the word that stays")
    drop_below: float = Field(
        0.3, gt=0, le=0.5, description="删词概率线 chance of being the better one below which it is dropped"
    )

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        "duplicate_word": ReasonText(
            "和本店另一个词只是词序不同，抢同一批搜索：那个词 {kept_clicks:.0f} 次点击、点击价值 {currency}{kept_value:,.2f}，这个 {clicks:.0f} 次、{currency}{value:,.2f}",
            "the same roots as another word of the shop, for the same searches: that one has {kept_clicks:.0f} clicks at a "
            "value of {currency}{kept_value:,.2f}, this one {clicks:.0f} at {currency}{value:,.2f}",
        )
    }

    def judge(self, record: WordRecord, situation: Situation) -> Verdict:
        """Condemn all but the most clicked word of each search."""
        keywords = situation.evidence.keywords
        search = _searches(keywords)
        stays = _most_clicked(search, record.clicks, record.open)
        kept = stays[search]
        twin = (kept >= 0) & (kept != np.arange(len(kept)))
        value = record.value
        better = _chance_of_more(value, _at(value, kept))
        condemned = twin & (record.clicks[kept] >= self.clicks) & (better < self.drop_below)
        return Verdict(
            "duplicate_word",
            condemned,
            np.zeros(len(kept)),
            {
                "clicks": record.clicks,
                "value": value.mean,
                "kept_clicks": record.clicks[kept],
                "kept_value": value.mean[kept],
            },
        )


def _searches(keywords: pd.DataFrame) -> Ints:
    """Number of the search each word buys: platform, match type and the word's pieces in any order, shape (n,)."""
    exact = keywords["match_type"] == "exact"  # there the order of the words matters
    texts = keywords["keyword"].where(exact, keywords["keyword"].map(_pieces_in_order))
    return key_numbers([keywords["platform"], keywords["match_type"], texts])


def _pieces_in_order(keyword: str) -> str:
    """The Latin words and the single characters of a keyword, sorted."""
    folded = fold(keyword)
    words = _LATIN.findall(folded)
    signs = [sign for sign in _LATIN.sub(" ", folded) if not sign.isspace()]
    return " ".join(sorted([*words, *signs]))


def _most_clicked(search: Ints, clicks: Array, candidates: Mask) -> Ints:
    """Row of each search's most clicked candidate, the earlier of equals; -1 where it has none; shape (searches,)."""
    rows = np.flatnonzero(candidates)
    order = rows[np.lexsort([-rows, clicks[rows]])]
    stays: Ints = np.full(int(search.max(initial=-1)) + 1, -1, dtype=np.int64)
    stays[search[order]] = order  # the last one written, which is the most clicked, stands
    return stays


def _at(belief: Belief, rows: Ints) -> Belief:
    return Belief(belief.mean[rows], belief.shape[rows], np.broadcast_to(belief.nil, belief.mean.shape)[rows])


def _chance_of_more(this: Belief, other: Belief) -> Array:
    """Chance that `this` is more than `other`, with logarithms taken as normal, shape (n,)."""
    spread = np.sqrt(np.log1p(this.relative_sd**2) + np.log1p(other.relative_sd**2))
    middle = (
        np.log(this.mean / other.mean) - (np.log1p(this.relative_sd**2) - np.log1p(other.relative_sd**2)) / 2
    )
    chance: Array = special.ndtr(middle / spread)
    return chance
