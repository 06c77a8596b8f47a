"""Roots and root pairs of search terms: their counts pooled over the terms that hold them, and what is believed of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from bidopt.domain.key_numbers import key_numbers
from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.belief import Belief
from bidopt.evidence.conversion_rate import conversion_rate
from bidopt.evidence.hierarchy import hierarchy_of
from bidopt.evidence.keyword_index import Ints, sums
from bidopt.evidence.sources import sources_of
from bidopt.evidence.words import SCOPE, Words
from bidopt.text.word_order import spelled

ROOT, PAIR, TERM = 1, 2, 3
"""Sizes of what is judged: a root, two roots side by side, a whole search term."""

PRICE_WORTH = 2.0
"""Orders that a product's price, or else the shop's mean order, is worth beside an ad group's own orders."""

Gram = tuple[str, ...]
"""Words in their order."""


@dataclass(frozen=True)
class Grams:
    """Roots, pairs and whole terms of each ad group, with what their clicks brought.

    Args:
        table: one row per gram: the columns of SCOPE, keyword (its text) and match_type as it would be blocked, size,
            scope (number of the ad group), terms (how many hold it), clicks, matured_clicks, cost, conversions,
            recent_clicks, recent_cost, last_click (newest day with one), order_value.
        words: the words of each gram.
        of_terms: 1 where a search term holds a gram, shape (grams, terms).
        cvr: belief in the mature orders per click of all terms that hold it.
    """

    table: pd.DataFrame
    words: list[Gram]
    of_terms: sparse.csr_array
    cvr: Belief

    def recent(self, terms: pd.DataFrame, left: npt.NDArray[np.bool_], row: int) -> tuple[float, float]:
        """Recent clicks and cost of a gram, of those search terms that are left."""
        held = self.of_terms.indices[self.of_terms.indptr[row] : self.of_terms.indptr[row + 1]]
        held = held[left[held]]
        return float(terms["recent_clicks"].to_numpy()[held].sum()), float(
            terms["recent_cost"].to_numpy()[held].sum()
        )


def judge_grams(words: Words, cut: Sequence[Gram]) -> Grams:
    """Judge every root, pair and whole term of each ad group.

    Each size is judged by itself, so that an order counts once for each word it was placed with and not again for
    the pairs; the pool of a gram is its own experience, and its texts' roots and product lend what it lacks.

    Args:
        words: with search terms.
        cut: words of each search term.
    """
    terms = words.search_terms
    scope = key_numbers(terms[name] for name in SCOPE)
    found: dict[tuple[int, int, Gram], list[int]] = {}
    for row, (place, parts) in enumerate(zip(scope.tolist(), cut, strict=True)):
        held: set[tuple[int, Gram]] = {(ROOT, (word,)) for word in parts if len(parts) > 1}
        held |= {(PAIR, pair) for pair in pairwise(parts) if len(parts) > 2}
        held.add((TERM, parts))
        for size, gram in held:
            found.setdefault((size, place, gram), []).append(row)
    keys = sorted(found)
    lengths = [len(found[key]) for key in keys]
    at = np.array([row for key in keys for row in found[key]], dtype=np.int64)
    of_terms = sparse.csr_array(
        (np.ones(len(at)), at, np.cumsum([0, *lengths])), shape=(len(keys), len(terms))
    )
    sized, scope_of = (np.array([key[i] for key in keys], dtype=np.int64) for i in (0, 1))
    first = at[np.cumsum([0, *lengths])[:-1]] if keys else at
    table = terms[list(SCOPE)].iloc[first].reset_index(drop=True)
    texts = terms["search_term"].to_numpy()[first]
    table["keyword"] = [
        text if size == TERM else spelled(key[2])
        for text, size, key in zip(texts, sized.tolist(), keys, strict=True)
    ]
    match_type = pd.Series(np.where(sized == TERM, "exact", "phrase"), dtype="str")
    table = table.assign(
        match_type=match_type, size=sized, scope=scope_of, terms=np.array(lengths, dtype=np.int64)
    )
    table["last_click"] = _newest(terms["last_click"], of_terms)
    for name in ("clicks", "matured_clicks", "cost", "conversions", "recent_clicks", "recent_cost"):
        table[name] = of_terms @ terms[name].to_numpy()
    table["order_value"] = _order_value(words, scope)[scope_of]
    return Grams(table, [key[2] for key in keys], of_terms, _believed(table, words))


def _believed(table: pd.DataFrame, words: Words) -> Belief:
    mean, shape, nil = (np.ones(len(table)) for _ in range(3))
    for size in (ROOT, PAIR, TERM):
        rows = (table["size"] == size).to_numpy()
        if not rows.any():
            continue
        asked = table[rows].assign(match_type="").reset_index(drop=True)
        asked["price"] = words.price_of(asked["product_id"])
        sources = sources_of(asked, hierarchy_of(asked), words.products["title"])
        belief = conversion_rate(asked["matured_clicks"].to_numpy(), asked["conversions"].to_numpy(), sources)
        mean[rows], shape[rows], nil[rows] = belief.mean, belief.shape, belief.nil
    return Belief(mean, shape, nil)


def _newest(day: pd.Series[pd.Timestamp], of_terms: sparse.csr_array) -> Array:
    """Newest day of the terms of each gram, datetime64[s], NaT where none has one; shape (grams,)."""
    days = day.to_numpy()[of_terms.indices]
    newest: Array = np.fmax.reduceat(days, of_terms.indptr[:-1]) if len(days) else days
    return newest


def _order_value(words: Words, scope: Ints) -> Array:
    """Revenue per order of each ad group, shape (scopes,); NaN where neither orders nor a price are known."""
    terms, groups = words.search_terms, int(scope.max(initial=-1)) + 1
    orders, revenue = (
        sums(scope, np.maximum(terms[name].to_numpy(), 0.0), groups) for name in ("conversions", "revenue")
    )
    prior = np.full(groups, float(ratio(revenue.sum(), orders.sum())))
    priced = words.price_of(terms["product_id"])
    known = ~np.isnan(priced)
    prior[scope[known]] = priced[known]
    worth = np.where(np.isnan(prior), 0.0, PRICE_WORTH)
    value: Array = ratio(revenue + np.nan_to_num(prior) * worth, orders + worth)
    return value
