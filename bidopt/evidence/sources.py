"""What a keyword borrows from: the shop, its product, its match type, its length and the roots it is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from bidopt.evidence.hierarchy import Hierarchy
from bidopt.evidence.keyword_index import Ints
from bidopt.text.roots import shared_roots

SHOP, PRODUCT, MATCH_TYPE, LENGTH, ROOT = range(5)
"""Kinds of sources."""


@dataclass(frozen=True)
class Sources:
    """Which sources tell something about each keyword.

    Args:
        of_keyword: 1 where a source speaks of a keyword, shape (n, sources).
        kind: one of the five, shape (sources,); the shop, which speaks of all, comes first.
    """

    of_keyword: sparse.csr_array
    kind: Ints


def sources_of(keywords: pd.DataFrame, hierarchy: Hierarchy) -> Sources:
    """The sources of each keyword.

    Args:
        keywords: columns keyword and match_type, one row per keyword.
        hierarchy: product of each keyword.
    """
    n = len(keywords)
    match_type = pd.factorize(keywords["match_type"])[0].astype(np.int64)
    text_of, texts = pd.factorize(keywords["keyword"])
    roots = shared_roots([str(text) for text in texts])
    start = np.searchsorted(roots.text, np.arange(len(texts) + 1))
    length = np.diff(start)[text_of]
    # Places of each keyword's roots in `roots.root`, one keyword after the other.
    place = np.arange(length.sum()) + np.repeat(start[text_of] - np.cumsum(length) + length, length)
    # Long tails sell better than short words; each class is half as long again as the one before.
    size = np.rint(2 * np.log2(np.maximum(roots.pieces, 1))).astype(np.int64)[text_of]
    blocks = (
        (SHOP, np.arange(n), np.zeros(n, dtype=np.int64), 1),
        (PRODUCT, np.arange(n), hierarchy.group, hierarchy.groups),
        (MATCH_TYPE, np.arange(n), match_type, int(match_type.max(initial=-1)) + 1),
        (LENGTH, np.arange(n), size, int(size.max(initial=-1)) + 1),
        (ROOT, np.repeat(np.arange(n), length), roots.root[place], roots.count),
    )
    rows = np.concatenate([block[1] for block in blocks])
    kind = np.repeat([block[0] for block in blocks], [block[3] for block in blocks])
    first = np.cumsum([0, *(block[3] for block in blocks)])
    columns = np.concatenate([block[2] + at for block, at in zip(blocks, first, strict=False)])
    ones: npt.NDArray[np.float64] = np.ones(len(rows))
    return Sources(sparse.csr_array((ones, (rows, columns)), shape=(n, len(kind))), kind.astype(np.int64))
