"""What a keyword borrows from: shop, product and price, match type, length, roots, who searches it and what rivals pay for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.linalg import lsmr

from bidopt.domain.metrics import Array
from bidopt.evidence.hierarchy import Hierarchy
from bidopt.evidence.keyword_index import Ints
from bidopt.text.roots import shared_roots
from bidopt.text.search_intent import not_buying

SHOP, PRODUCT, PRICE, MATCH_TYPE, LENGTH, ROOT, NOT_BUYING, CLICK_PRICE = range(8)
"""Kinds of sources."""

_PRICE_STEP = np.log(1.5)
"""Rise of the log of a price from one step to the next."""

_DEAREST = 1.5
"""Furthest that the log of a click's price is believed to lie from those of its product."""

_ROOT_WORTH = 1.0
"""Words at the product's usual price that a root counts as having before its own."""


@dataclass(frozen=True)
class Sources:
    """Which sources tell something about each keyword.

    Args:
        of_keyword: 1 where a source speaks of a keyword, a logarithm for CLICK_PRICE; shape (n, sources).
        kind: one of the eight, shape (sources,); the shop, which speaks of all, comes first.
        relative_price: price of the keyword's product over the shop's middle one, shape (n,); 1 where unknown.
    """

    of_keyword: sparse.csr_array
    kind: Ints
    relative_price: Array


def sources_of(keywords: pd.DataFrame, hierarchy: Hierarchy, titles: Iterable[str] = ()) -> Sources:
    """The sources of each keyword.

    Args:
        keywords: columns keyword, match_type and price (of its product, NaN where unknown), one row per keyword.
        hierarchy: product of each keyword.
        titles: of the shop's own products, see `not_buying`.
    """
    n = len(keywords)
    match_type = pd.factorize(keywords["match_type"])[0].astype(np.int64)
    text_of, names = pd.factorize(keywords["keyword"])
    texts = [str(name) for name in names]
    roots = shared_roots(texts)
    lookers = np.flatnonzero(not_buying(texts, titles)[text_of])
    start = np.searchsorted(roots.text, np.arange(len(texts) + 1))
    length = np.diff(start)[text_of]
    # Places of each keyword's roots in `roots.root`, one keyword after the other.
    place = np.repeat(start[text_of], length) + _counting(length)
    # Long tails sell better than short words; each class is half as long again as the one before.
    size = np.rint(2 * np.log2(np.maximum(roots.pieces, 1))).astype(np.int64)[text_of]
    price = _relative(keywords["price"].to_numpy())
    steps = np.rint((np.log(price) - np.log(price).min(initial=np.inf)) / _PRICE_STEP).astype(np.int64)
    blocks = (
        (SHOP, np.arange(n), np.zeros(n, dtype=np.int64), 1),
        (PRODUCT, np.arange(n), hierarchy.group, hierarchy.groups),
        # Dear goods sell to fewer of those who click: what a price does is a walk of as many steps as it is high.
        (PRICE, np.repeat(np.arange(n), steps), _counting(steps), int(steps.max(initial=0))),
        (MATCH_TYPE, np.arange(n), match_type, int(match_type.max(initial=-1)) + 1),
        (LENGTH, np.arange(n), size, int(size.max(initial=-1)) + 1),
        (ROOT, np.repeat(np.arange(n), length), roots.root[place], roots.count),
        (NOT_BUYING, lookers, np.zeros(len(lookers), dtype=np.int64), int(len(lookers) > 0)),
    )
    rows = np.concatenate([block[1] for block in blocks])
    kind = np.repeat([block[0] for block in blocks], [block[3] for block in blocks])
    first = np.cumsum([0, *(block[3] for block in blocks)])
    columns = np.concatenate([block[2] + at for block, at in zip(blocks, first, strict=False)])
    of_keyword = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(n, len(kind)))
    return Sources(of_keyword, kind.astype(np.int64), price)


def with_click_price(sources: Sources, click_price: Array, hierarchy: Hierarchy) -> Sources:
    """The sources and two more: how dear clicks are among those of the product, as far as roots explain it and beyond.

    Rivals bid what clicks are worth to them, so that the market's price tells something of a word before its first order;
    a root whose words are all dear tells more than one dear word.

    Args:
        sources: of the keywords.
        click_price: what rivals make a click cost, shape (n,), currency; NaN where unknown.
        hierarchy: product of each keyword: dear goods have dear clicks for another reason.
    """
    known = click_price > 0
    logs = np.log(np.where(known, click_price, 1.0))
    of_product = hierarchy.total(logs) / np.maximum(hierarchy.total(known.astype(np.float64)), 1.0)
    dear = np.clip(logs - of_product[hierarchy.group], -_DEAREST, _DEAREST)
    roots = sources.of_keyword[:, sources.kind == ROOT]
    by_root = lsmr(roots[known], dear[known], damp=_ROOT_WORTH**0.5)[0]
    shared = roots @ by_root
    columns = np.stack([shared, np.where(known, dear - shared, 0.0)], axis=1)
    of_keyword = sparse.hstack([sources.of_keyword, sparse.csr_array(columns)], format="csr")
    return Sources(of_keyword, np.append(sources.kind, [CLICK_PRICE] * 2), sources.relative_price)


def _relative(price: Array) -> Array:
    """Price over the middle one, shape (n,); 1 where unknown."""
    known, relative = price > 0, np.ones(len(price))
    if known.any():
        relative[known] = price[known] / np.median(price[known])
    return relative


def _counting(lengths: Ints) -> Ints:
    """0, 1, 2 ... anew for each length, one after the other; shape (sum of lengths,)."""
    counting: Ints = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return counting
