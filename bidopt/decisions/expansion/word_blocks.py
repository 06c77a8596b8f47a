"""Which words negative words block: words of the library, and keywords that the shop buys at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

import numpy as np
import pandas as pd

from bidopt.decisions.expansion.mine import Mine
from bidopt.evidence.evidence import Evidence
from bidopt.text.word_order import spelled_without_order, squeezed

_AD_GROUP = ["platform", "campaign_id", "ad_group_id"]


def blocked_in(table: pd.DataFrame, negatives: pd.DataFrame, mine: Mine) -> tuple[list[str], list[str]]:
    """Which words are blocked where.

    A negative word holds in its ad group, or in its campaign where it names no ad group, for every product that is
    bought there.

    Args:
        table: product_id, keyword, roots and folded.
        negatives: platform, campaign_id, ad_group_id, keyword and match_type.
        mine: knows what is bought where.

    Returns:
        Of each row: "", partly or yes (in all ad groups of its product); and the places, joined by |.
    """
    bought = mine.keywords[[*_AD_GROUP, "product_id"]].drop_duplicates()
    groups_of = {str(product): _keys(rows) for product, rows in bought.groupby("product_id")}
    everywhere = _keys(bought)
    texts = _Texts(table)
    blocked: list[set[tuple[str, ...]]] = [set() for _ in range(len(table))]
    products = table["product_id"].tolist()
    distinct = negatives[[*_AD_GROUP, "keyword", "match_type"]].drop_duplicates()
    for platform, campaign, ad_group, keyword, match_type in distinct.itertuples(index=False, name=None):
        words = mine.language.words(keyword)
        for row in texts.equal(words) if match_type == "exact" else texts.holding(words):
            groups = groups_of.get(products[row], everywhere)
            blocked[row] |= {g for g in groups if g[:2] == (platform, campaign) and ad_group in {"", g[2]}}
    marks = [
        "" if not here else "yes" if here >= groups_of.get(product, everywhere) else "partly"
        for here, product in zip(blocked, products, strict=True)
    ]
    return marks, [
        " | ".join(" / ".join(part for part in g if part) for g in sorted(here)) for here in blocked
    ]


def blocked_keywords(evidence: Evidence) -> pd.DataFrame:
    """Keywords in play that the platform's own negative words may block, by the strictest reading of their matching.

    Returns:
        platform, campaign_id, ad_group_id (of the list; "" of a whole campaign), negative, match_type, reported_on (of the
        list), keyword_ad_group_id, keyword; sorted.
    """
    columns = [*_AD_GROUP, "negative", "match_type", "reported_on", "keyword_ad_group_id", "keyword"]
    listed = evidence.words.negatives
    if listed.empty:
        return pd.DataFrame(columns=columns)
    kept = (evidence.keywords["status"] != "paused").to_numpy()
    bought = evidence.keywords.loc[kept, [*_AD_GROUP, "keyword"]].drop_duplicates().reset_index(drop=True)
    language = evidence.words.language
    cut = language.words_of_all(bought["keyword"])
    spelt = {"roots": [" ".join(words) for words in cut], "folded": [*map(spelled_without_order, cut)]}
    texts = _Texts(bought.assign(**spelt))
    places = list(bought[_AD_GROUP].itertuples(index=False, name=None))
    keywords = bought["keyword"].tolist()
    told = listed[[*_AD_GROUP, "keyword", "match_type", "reported_on"]].drop_duplicates()
    found = [
        (platform, campaign, ad_group, negative, match_type, day, places[row][2], keywords[row])
        for (platform, campaign, ad_group, negative, match_type, day), words in zip(
            told.itertuples(index=False, name=None), language.words_of_all(told["keyword"]), strict=True
        )
        for row in (texts.equal(words) if match_type == "exact" else texts.holding(words))
        if places[row][:2] == (platform, campaign) and ad_group in {"", places[row][2]}
    ]
    return pd.DataFrame(sorted(found), columns=columns)


def _keys(rows: pd.DataFrame) -> set[tuple[str, ...]]:
    return set(rows[_AD_GROUP].itertuples(index=False, name=None))


class _Texts:
    """Finds the rows that a negative word hits, as `ProtectedTexts` reads the platforms' matching."""

    def __init__(self, table: pd.DataFrame) -> None:
        self._equal: dict[str, list[int]] = {}
        self._holding: dict[str, set[int]] = {}
        for row, (folded, roots) in enumerate(zip(table["folded"], table["roots"], strict=True)):
            self._equal.setdefault(folded, []).append(row)
            for word in roots.split():
                self._holding.setdefault(word, set()).add(row)
        joined = [squeezed(roots) for roots in table["roots"]]
        self._text = "\n".join(joined)
        self._ends = np.array(list(accumulate(len(text) + 1 for text in joined)), dtype=np.int64)

    def equal(self, words: tuple[str, ...]) -> list[int]:
        """Rows of the same words in any order."""
        return self._equal.get(spelled_without_order(words), [])

    def holding(self, words: tuple[str, ...]) -> set[int]:
        """Rows that hold all words, or their characters in a row."""
        if not words:
            return set()
        found = set.intersection(*(self._holding.get(word, set()) for word in words))
        text = "".join(words)
        return found if text.isascii() else found | set(self._rows_at(text))

    def _rows_at(self, text: str) -> Iterator[int]:
        at = self._text.find(text)
        while at >= 0:
            yield int(np.searchsorted(self._ends, at, side="right"))
            at = self._text.find(text, at + 1)
