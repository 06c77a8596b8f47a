"""Which pieces of text a shop's keywords share, for statistics.

Latin words and numbers count as they stand. Chinese is not cut into dictionary words but into overlapping pairs of
characters: a pair that recurs marks a word that recurs, nearly as well as a dictionary, and none has to be loaded.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

LEAST_TEXTS = 3
"""A piece that stands in fewer texts tells next to nothing about the others."""

_PAIRED = ((0x3040, 0x30FF), (0x3400, 0x9FFF), (0xAC00, 0xD7AF), (0x20000, 0x3FFFF))
"""Scripts written without spaces between words: kana, Han, Hangul, rare Han."""

_CODES = 1 << 21  # more than there are characters


@dataclass(frozen=True)
class Roots:
    """Which root stands in which text: pairs sorted by text and root, each pair once.

    Args:
        text: number of the text, shape (pairs,).
        root: number of the root, shape (pairs,).
        count: number of roots.
        pieces: number of different pieces of each text, shared or not: its length, shape (texts,).
    """

    text: Ints
    root: Ints
    count: int
    pieces: Ints


def shared_roots(texts: Sequence[str]) -> Roots:
    """The roots that at least LEAST_TEXTS texts share; pieces that always occur together are one root.

    Args:
        texts: keywords, each text once; case and full-width forms do not matter.
    """
    folded = [unicodedata.normalize("NFKC", text).lower() for text in texts]
    joined = "".join(f"{text}\n" for text in folded)
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int64)
    text_of = np.repeat(np.arange(len(folded)), [len(text) + 1 for text in folded])
    paired, worded = _scripts(codes)
    starts, words = _words(joined, worded)
    singles, pairs = _pairs(paired)
    piece = np.concatenate([words, codes[singles] * _CODES, codes[pairs] * _CODES + codes[pairs + 1]])
    piece = np.where(np.arange(len(piece)) < len(words), -1 - piece, piece)
    return _recurring(text_of[np.concatenate([starts, singles, pairs])], pd.factorize(piece)[0], len(folded))


def _scripts(codes: Ints) -> tuple[Mask, Mask]:
    """Which characters belong to a script without spaces, and which to words of other scripts."""
    kinds, kind_of = np.unique(codes, return_inverse=True)
    paired = np.any([(low <= kinds) & (kinds <= high) for low, high in _PAIRED], axis=0)
    worded = np.array([chr(code).isalnum() for code in kinds.tolist()], dtype=bool) & ~paired
    return paired[kind_of], worded[kind_of]


def _words(joined: str, worded: Mask) -> tuple[Ints, Ints]:
    """Start and number of each word."""
    edges = np.diff(worded.astype(np.int8), prepend=0)
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    spelt = [joined[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    return starts, pd.factorize(np.array(spelt, dtype=object))[0].astype(np.int64)


def _pairs(paired: Mask) -> tuple[Ints, Ints]:
    """Places of characters that stand alone, and of the first ones of pairs; a line feed ends every text."""
    follows = np.append(paired[1:], False)
    preceded = np.append(False, paired[:-1])
    return np.flatnonzero(paired & ~follows & ~preceded), np.flatnonzero(paired & follows)


def _recurring(text: Ints, piece: Ints, texts: int) -> Roots:
    pieces = int(piece.max(initial=-1)) + 1
    once = np.unique(text * max(pieces, 1) + piece)
    text, piece = np.divmod(once, max(pieces, 1))
    length = np.bincount(text, minlength=texts)
    # Equal sums of the texts' random marks mean equal sets of texts.
    marks = np.bincount(piece, np.random.default_rng(0).random(texts)[text], minlength=pieces)
    recurs = np.bincount(piece, minlength=pieces) >= LEAST_TEXTS
    _, first, same = np.unique(marks, return_index=True, return_inverse=True)
    kept = recurs & (first[same] == np.arange(pieces))
    number = np.cumsum(kept) - 1
    rows = kept[piece]
    return Roots(text[rows], number[piece[rows]], int(kept.sum()), length)
