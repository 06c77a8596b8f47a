"""Finds words that the general dictionary does not know, from titles alone.

A candidate joins up to four pieces that the dictionary leaves apart, at most one of them longer than a character: two known
words beside each other are a phrase, and stay two words. A candidate is a word as far as it is frequent, coheres (its
weakest joint is much more frequent than chance) and is free (many different things stand on both sides of it; titles are
lists of words, so every end of a run of Chinese characters counts as a different neighbour).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MOST_PIECES, MOST_CHARACTERS = 4, 5
PIECES = ["first", "second", "third", "fourth"]
_NONE = ""
"""In place of a piece: there is none; in place of a neighbour: here the run of Chinese characters ends."""


@dataclass(frozen=True)
class TitleCounts:
    """How often pieces and candidates stand in titles, and beside what; counts of more titles can be added.

    Args:
        pieces: texts of the pieces, number 0 being no piece.
        seen: occurrences of each piece, shape (pieces,).
        left: first, second, third, fourth (numbers of pieces), neighbour, count: what stands before each candidate.
        right: the same for what stands behind.
    """

    pieces: pd.Index[str]
    seen: Ints
    left: pd.DataFrame
    right: pd.DataFrame

    def plus(self, other: TitleCounts) -> TitleCounts:
        """Counts of the titles of both."""
        pieces = self.pieces.append(other.pieces[~other.pieces.isin(self.pieces)])
        place = pieces.get_indexer(other.pieces)
        seen = np.zeros(len(pieces), dtype=np.int64)
        seen[: len(self.seen)] = self.seen
        np.add.at(seen, place, other.seen)

        def both(mine: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
            moved = theirs.assign(**{name: place[theirs[name]] for name in (*PIECES, "neighbour")})
            return _summed(pd.concat([mine, moved]))

        return TitleCounts(pieces, seen, both(self.left, other.left), both(self.right, other.right))


def count_titles(runs: Iterable[list[str]], compounds: frozenset[str] = frozenset()) -> TitleCounts:
    """Counts over runs of Chinese characters.

    Args:
        runs: pieces of each run.
        compounds: known words of several known words; two pieces that make one up are a candidate too.
    """
    flat = [_NONE]
    for run in runs:
        flat += run
        flat.append(_NONE)
    codes, texts = pd.factorize(np.array([*flat, *[_NONE] * MOST_PIECES], dtype=object))
    pieces = pd.Index(texts, dtype="str")
    length = pieces.str.len().to_numpy(dtype=np.int64)
    left, right = [], []
    for pieces_joined in range(2, MOST_PIECES + 1):
        place = _candidates(codes, length, pieces_joined)
        if pieces_joined == 2 and compounds:
            place = np.union1d(place, _known(codes, pieces, compounds))
        columns = {
            name: codes[place + at] if at < pieces_joined else 0 * place for at, name in enumerate(PIECES)
        }
        left.append(pd.DataFrame({**columns, "neighbour": codes[place - 1], "count": 1}))
        right.append(pd.DataFrame({**columns, "neighbour": codes[place + pieces_joined], "count": 1}))
    seen = np.bincount(codes, minlength=len(pieces))
    seen[0] = 0
    return TitleCounts(pieces, seen, _summed(pd.concat(left)), _summed(pd.concat(right)))


def _candidates(codes: Ints, length: Ints, joined: int) -> Ints:
    """Places at which a candidate of so many pieces starts."""
    starts = np.arange(1, len(codes) - MOST_PIECES)
    inside = codes[starts[:, None] + np.arange(joined)]
    sizes = length[inside]
    fits = (inside > 0).all(axis=1) & ((sizes > 1).sum(axis=1) <= 1) & (sizes.sum(axis=1) <= MOST_CHARACTERS)
    found: Ints = starts[fits]
    return found


def _known(codes: Ints, pieces: pd.Index[str], compounds: frozenset[str]) -> Ints:
    """Places at which two pieces make up a compound."""
    texts = pieces.to_numpy(dtype=object)
    keys, first = np.unique(codes[:-1] * len(pieces) + codes[1:], return_inverse=True)
    whole = texts[keys // len(pieces)] + texts[keys % len(pieces)]
    is_known = np.array([text in compounds for text in whole], dtype=bool)
    is_known &= (keys // len(pieces) > 0) & (keys % len(pieces) > 0)
    return np.flatnonzero(is_known[first])


def _summed(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.groupby([*PIECES, "neighbour"], sort=False)["count"].sum().reset_index()


def candidates(counts: TitleCounts) -> pd.DataFrame:
    """Everything that may be a word, with what speaks for it.

    Returns:
        word; first, second, third, fourth (texts of its pieces, "" for none); count; cohesion (bits: pointwise mutual
        information of the weakest joint); left_freedom and right_freedom (bits: entropy of the neighbours, every end of
        a run different from all others); left_edge and right_edge (share of the occurrences at an end of a run).
    """
    before, behind = _freedom(counts.left), _freedom(counts.right)
    behind = behind.reindex(before.index)
    numbers = before.index.to_frame(index=False).to_numpy(dtype=np.int64)
    texts = counts.pieces.to_numpy(dtype=object)[numbers]
    table = pd.DataFrame(texts, columns=PIECES)
    table.insert(0, "word", texts.sum(axis=1))
    count = before["count"].to_numpy(dtype=float)
    table["count"] = count
    table["cohesion"] = _cohesion(counts, numbers, count)
    for name in ("freedom", "edge"):
        table[f"left_{name}"] = before[name].to_numpy()
        table[f"right_{name}"] = behind[name].to_numpy()
    return table


def _freedom(side: pd.DataFrame) -> pd.DataFrame:
    """Count, entropy of the neighbours and share of edges, by candidate."""
    count = side["count"].to_numpy(dtype=float)
    at_edge = side["neighbour"].to_numpy() == 0
    rows = side[PIECES].assign(
        count=count,
        # n edges, each different: n terms 1 * log2(1) = 0
        terms=np.where(at_edge, 0.0, count * np.log2(count)),
        edge=np.where(at_edge, count, 0.0),
    )
    total = rows.groupby(PIECES).sum()
    return pd.DataFrame(
        {
            "count": total["count"],
            "freedom": np.log2(total["count"]) - total["terms"] / total["count"],
            "edge": total["edge"] / total["count"],
        }
    )


def _cohesion(counts: TitleCounts, numbers: Ints, count: Floats) -> Floats:
    """Over all ways to split a candidate in two, the least log2 of (occurrences / occurrences by chance)."""
    everything = float(counts.seen.sum())
    of = {tuple(row): n for row, n in zip(numbers.tolist(), count.tolist(), strict=True)}
    least = np.full(len(numbers), np.inf)
    for at in range(1, MOST_PIECES):
        rows = np.flatnonzero(numbers[:, at] > 0)
        head = np.where(np.arange(MOST_PIECES) < at, numbers[rows], 0)
        tail = np.concatenate([numbers[rows, at:], np.zeros((len(rows), at), dtype=np.int64)], axis=1)
        sides = [
            np.array(
                [counts.seen[row[0]] if row[1] == 0 else of.get(tuple(row), 0.0) for row in side.tolist()],
                dtype=float,
            )
            for side in (head, tail)
        ]
        n = count[rows]
        by_chance = np.maximum(sides[0], n) * np.maximum(sides[1], n) / everything
        least[rows] = np.minimum(least[rows], np.log2(n / by_chance))
    return least
