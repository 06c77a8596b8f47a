"""How sure it is that a candidate is one word, from titles alone.

A weighted sum of what speaks for a candidate, as log odds. Candidates are of three kinds, each with weights of its own: a
known word with a tail (打底+衫), with a head (小+风扇), or characters only (除+螨+仪). `experiments/005_segmentation` has fitted
the weights on one set of labelled titles and judged them on another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.text.dictionary import Dictionary
from bidopt.text.new_words import PIECES, TitleCounts

Floats = npt.NDArray[np.float64]

KINDS = ("tail", "head", "characters")
SIZES = (2, 3, 4, 5)
FEATURES = (
    "cohesion",  # bits
    "least_freedom",  # bits, of the two sides
    "most_freedom",
    "left_edge",  # share of occurrences at the start of a run
    "right_edge",
    "tail_use",  # log2 of how many known words of the shop end in its last character
    "head_use",  # log2 of how many known words of the shop begin with its first character
    "inside",  # log2 of how often the commonest larger candidate has it, over how often it occurs
    "ends_words",  # log2 odds that its last character ends a known word rather than begins one
    "begins_words",  # log2 odds that its first character begins a known word rather than ends one
)

WEIGHTS: Mapping[str, tuple[float, ...]] = {
    "tail": (0.06, 0.83, -0.45, 0.14, 1.2, 0.25, 0.0, -0.65, 0.45, 0.13, 0.0, -2.68, -5.71, -7.4),
    "head": (0.09, 1.0, -0.53, 1.37, 0.78, 0.0, 0.13, -0.49, 0.12, 0.47, 0.0, -3.65, -5.88, -7.03),
    "characters": (0.05, 1.47, -1.12, 1.44, 1.33, 0.09, 0.01, -0.49, 0.18, 0.17, -2.61, -2.58, -5.37, -6.31),
}
"""By kind: a weight of each feature, then a constant for each number of characters."""


def word_scores(table: pd.DataFrame, counts: TitleCounts, general: Dictionary) -> Floats:
    """Log odds that each candidate is one word, shape (candidates,); minus infinity for two long pieces.

    Args:
        table: what `candidates` finds in `counts`.
        counts: the titles.
        general: the general dictionary.
    """
    kind = kinds(table)
    inputs = features(table, counts, general)
    score = np.full(len(table), -np.inf)
    for number, name in enumerate(KINDS):
        rows = kind == number
        score[rows] = inputs[rows] @ np.array(WEIGHTS[name])
    return score


def kinds(table: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Number of each candidate's kind in KINDS; -1 for a compound of two longer pieces."""
    longer = np.stack([table[name].str.len().to_numpy() > 1 for name in PIECES])
    last = np.where(table["third"] == "", longer[1], np.where(table["fourth"] == "", longer[2], longer[3]))
    return np.select([longer.sum(axis=0) > 1, longer[0], last], [-1, 0, 1], 2)


def features(table: pd.DataFrame, counts: TitleCounts, general: Dictionary) -> Floats:
    """What speaks for each candidate: FEATURES, then whether it has so many characters, for each of SIZES."""
    words = table["word"]
    first, last = words.str[0], words.str[-1]
    freedom = table[["left_freedom", "right_freedom"]].to_numpy()
    begins, ends = _use_in_words(counts, general)
    begin_odds = _begin_odds(general)
    is_tail = _outer_piece(table, at_end=True).str.len().to_numpy() == 1
    is_head = _outer_piece(table, at_end=False).str.len().to_numpy() == 1
    columns = [
        table["cohesion"],
        freedom.min(axis=1),
        freedom.max(axis=1),
        table["left_edge"],
        table["right_edge"],
        np.where(is_tail, np.log2(last.map(ends).fillna(0) + 1), 0),
        np.where(is_head, np.log2(first.map(begins).fillna(0) + 1), 0),
        np.log2((_largest_around(table) + 0.5) / (table["count"].to_numpy() + 0.5)),
        -last.map(begin_odds).fillna(0),
        first.map(begin_odds).fillna(0),
        *(words.str.len() == size for size in SIZES),
    ]
    return np.stack([np.asarray(column, dtype=float) for column in columns], axis=1)


def _outer_piece(table: pd.DataFrame, *, at_end: bool) -> pd.Series[str]:
    if not at_end:
        return table["first"]
    last = table["fourth"]
    for name in ("third", "second"):
        last = last.where(last != "", table[name])
    return last


def _use_in_words(counts: TitleCounts, general: Dictionary) -> tuple[Counter[str], Counter[str]]:
    """How many known words of three characters, seen in the titles, add each character before or behind a word."""
    begins, ends = Counter[str](), Counter[str]()
    known = general.frequencies
    for word in counts.pieces[counts.seen > 0]:
        if len(word) == 3:
            if known.get(word[1:], 0):
                begins[word[0]] += 1
            if known.get(word[:2], 0):
                ends[word[-1]] += 1
    return begins, ends


@lru_cache(maxsize=1)
def _begin_odds(general: Dictionary) -> Mapping[str, float]:
    """Log2 odds that a character begins rather than ends a known word of two or three characters."""
    begins, ends = Counter[str](), Counter[str]()
    for word, frequency in general.frequencies.items():
        if len(word) in (2, 3) and frequency >= 3:
            begins[word[0]] += 1
            ends[word[-1]] += 1
    return {
        char: float(np.log2((begins[char] + 1) / (ends[char] + 1))) for char in begins.keys() | ends.keys()
    }


def _largest_around(table: pd.DataFrame) -> Floats:
    """How often the commonest larger candidate around each candidate occurs."""
    pieces = table[PIECES].to_numpy(dtype=object)
    joined = (pieces != "").sum(axis=1)
    inner = []
    for size in (3, 4):
        rows = joined == size
        for start in range(size - 1):
            for end in range(start + 2, size + 1):
                if end - start < size:
                    words = pieces[rows, start:end].sum(axis=1)
                    inner.append(pd.Series(table["count"].to_numpy()[rows], index=words, dtype=float))
    largest = pd.concat(inner).groupby(level=0).max()
    return largest.reindex(table["word"]).fillna(0).to_numpy()
