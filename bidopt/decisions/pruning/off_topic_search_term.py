"""A word that mostly buys searches for goods which the product is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from pydantic import Field
from scipy import special

from bidopt.decisions.draft import Mask
from bidopt.decisions.policy import Situation
from bidopt.decisions.pruning.rule import Rule, Verdict
from bidopt.decisions.pruning.word_record import WordRecord
from bidopt.domain.metrics import Array, ratio
from bidopt.domain.reasons import ReasonText
from bidopt.evidence.evidence import Evidence
from bidopt.evidence.keyword_index import sums
from bidopt.text.language import Language
from bidopt.text.normalize import fold
from bidopt.text.roles import Role
from bidopt.text.word_order import squeezed

_COUNTS = ("clicks", "matured_clicks", "cost", "conversions")

_PRIOR = 1.0
"""Orders that the word's own conversion rate is worth beside those of its off-topic searches."""


class OffTopicSearchTerm(Rule):
    """Drop a word most of whose clicks come from searches for other goods, which do not sell, and that hardly pays.

    A search is off topic if it holds a word foreign to the product and names none of the things that the product is:
    by its title, brand and category, and by what sold it. A word with enough clicks of its own kind is kept, and single
    searches are left to `negative_words`, which blocks them. Exact keywords draw no other searches; products without a
    title are not judged.
    """

    off_share: float = Field(
        0.5, gt=0, le=1, description="无关点击占比 share of the clicks from which a word is off topic"
    )
    clicks: float = Field(20.0, ge=1, description="最少无关点击 off-topic clicks before a word is judged")
    false_alarms: float = Field(
        0.1, gt=0, lt=0.5, description="误判率 chance that the off-topic clicks pay after all"
    )
    drop_below: float = Field(
        0.25, gt=0, lt=0.5, description="删词概率线 chance of paying below which such a word is dropped"
    )

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        "off_topic": ReasonText(
            "引来的点击有 {share:.0%} 是搜别的东西：{terms:.0f} 个无关搜索词、{off_clicks:.0f} 次点击、花费 {currency}{cost:,.2f}、{orders:.0f} 单；"
            "整个词划算的把握只有 {doubt:.1%}（想留下可改成精准匹配）",
            "{share:.0%} of the clicks it draws are searches for other things: {terms:.0f} off-topic terms, {off_clicks:.0f} clicks, "
            "cost {currency}{cost:,.2f}, {orders:.0f} orders; the chance that the word pays is {doubt:.1%} (exact match would keep it)",
        )
    }

    def judge(self, record: WordRecord, situation: Situation) -> Verdict:
        """Condemn by the pooled counts of each word's off-topic searches."""
        evidence, n = situation.evidence, len(record.days)
        drawn = evidence.words.drawn_terms
        row = drawn["row"].to_numpy(dtype=np.int64)
        suspect = (record.worth < self.drop_below) & record.open
        enough = sums(row, drawn["clicks"].to_numpy(), n) >= self.clicks
        asked = drawn[(suspect & enough)[row]]
        off = asked[_off_topic(asked, evidence)]
        at = off["row"].to_numpy(dtype=np.int64)
        terms = np.bincount(at, minlength=n).astype(np.float64)
        clicks, matured, cost, orders = (sums(at, off[name].to_numpy(), n) for name in _COUNTS)
        share = ratio(clicks, sums(row, drawn["clicks"].to_numpy(), n))
        least_cvr = ratio(record.least_value, ratio(evidence.value_per_click.mean, evidence.cvr.mean))
        pays = special.gammaincc(_PRIOR + orders, least_cvr * (ratio(_PRIOR, evidence.cvr.mean) + matured))
        condemned = suspect & (share >= self.off_share) & (clicks >= self.clicks) & (pays < self.false_alarms)
        numbers: dict[str, Array | float] = {
            "share": share,
            "terms": terms,
            "off_clicks": clicks,
            "cost": cost,
            "orders": orders,
        }
        return Verdict("off_topic", condemned, record.worth, numbers)


@dataclass(frozen=True)
class _Goods:
    """What is known of a product by its texts.

    Args:
        words: of all of them.
        text: the same without spaces, set apart by line ends.
        things: those words that say what it is.
    """

    words: frozenset[str]
    text: str
    things: frozenset[str]

    def is_foreign_to(self, term: str, parts: Sequence[str]) -> bool:
        """Whether a search for `term` is for other goods."""
        own = [word for word in parts if self._holds(word)]
        if len(own) == len(parts):
            return False
        spelt = squeezed(term)
        return not (any(_names(thing, spelt, parts) for thing in self.things) if self.things else own)

    def _holds(self, word: str) -> bool:
        return word in self.words or (not word.isascii() and word in self.text)


def _names(thing: str, spelt: str, parts: Sequence[str]) -> bool:
    return thing in parts if thing.isascii() else thing in spelt


def _off_topic(asked: pd.DataFrame, evidence: Evidence) -> Mask:
    """Which of the drawn terms are searches for other goods, shape (rows,)."""
    if asked.empty:
        return np.zeros(0, dtype=bool)
    language = evidence.words.language
    product = evidence.keywords["product_id"].to_numpy()[asked["row"].to_numpy(dtype=np.int64)]
    goods = _goods(set(product.tolist()), evidence, language)
    told = zip(product, asked["search_term"], strict=True)
    return np.array(
        [name in goods and goods[name].is_foreign_to(term, language.words(term)) for name, term in told],
        dtype=bool,
    )


def _goods(wanted: set[str], evidence: Evidence, language: Language) -> dict[str, _Goods]:
    """The wanted products that have a title."""
    keywords, terms, products = evidence.keywords, evidence.words.search_terms, evidence.words.products
    titled = products[(products["title"] != "") & products["product_id"].isin(wanted)]
    texts: dict[str, list[str]] = {
        row["product_id"]: [row["title"], row["brand"], row["category"]] for row in titled.to_dict("records")
    }
    for table, name in ((keywords, "keyword"), (terms, "search_term")):
        sold = table[(table["conversions"] > 0) & table["product_id"].isin(texts)]
        for place, text in zip(sold["product_id"], sold[name], strict=True):
            texts[place].append(text)
    return {place: _goods_of(told, language) for place, told in texts.items()}


def _goods_of(texts: Sequence[str], language: Language) -> _Goods:
    words = frozenset(word for text in texts for word in language.words(text))
    things = frozenset(
        word for word in words if len(word) > 1 and language.roles.role_of(word).role is Role.CATEGORY
    )
    return _Goods(words, "\n".join(squeezed(fold(text)) for text in texts), things)
