"""What is known of each word that a title gains or gives up: searches, competition, visits, orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bidopt.decisions.titles.market_demand import Query
from bidopt.decisions.titles.title_change import TitleChange, TitleWriter
from bidopt.domain.reasons import encode
from bidopt.text.normalize import fold

SEPARATOR = "|"
"""Between the facts of two words; no word of a title has it."""


def gained_facts(change: TitleChange, writer: TitleWriter) -> str:
    """Facts of each word gained.

    Searches that only the new title covers and that have it, their competing products, and the visits that an average
    one of these gets from them.
    """
    new = writer.covers_only(change.title, change.listing.title)
    return SEPARATOR.join(_gained(word, [q for q in new if word in q.text]) for word in change.gained)


def lost_facts(change: TitleChange, writer: TitleWriter, orders: Mapping[str, float]) -> str:
    """Of each word lost: searches that only the old title covers and that have it, and its orders of the last 30 days.

    Args:
        change: of the title.
        writer: knows the market.
        orders: folded keyword of the product -> its orders.
    """
    old = writer.covers_only(change.listing.title, change.title)
    told = []
    for word in change.lost:
        folded = fold(word)
        searches = sum(query.demand for query in old if folded in query.text)
        sold = sum(n for keyword, n in orders.items() if folded in keyword)
        told.append(encode(_bare(word), 1, searches=searches, orders=sold)[0])
    return SEPARATOR.join(told)


def _gained(word: str, queries: Sequence[Query]) -> str:
    searches = sum(query.demand for query in queries)
    known = [query for query in queries if np.isfinite(query.rivals)]
    weight = sum(query.demand for query in known)
    rivals = sum(query.rivals * query.demand for query in known) / weight if weight else np.nan
    visits = [query.visits for query in queries if np.isfinite(query.visits)]
    seen = sum(visits) if visits else np.nan
    return encode(_bare(word), 1, searches=searches, rivals=rivals, visits=seen)[0]


def _bare(word: str) -> str:
    """The word without what separates facts."""
    return "".join(word.replace(SEPARATOR, "").replace("%", "％").split())
