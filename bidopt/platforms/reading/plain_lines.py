"""Splits a delimited text many lines at a time where every line is plainly a row, and row by row where it is not."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.csv as pa_csv

from bidopt.platforms.reading.sheet import Stretch

PIECE = 1 << 20
"""Characters that are plain or not together; few, so that one quote does not slow down much of a file."""

_WINDOW = csv.field_size_limit() // 2


def stretches(
    text: TextIO,
    delimiter: str,
    *,
    after: int,
    width: int,
    needed: Sequence[int],
    size: int = PIECE,
) -> Iterator[Stretch]:
    """The rows of a text, stretch by stretch; each is to be used up before the next.

    A piece of the text without quotes holds one row a line, so that any splitter finds the same cells; pieces that
    are not plain, or whose lines are not all of one width, are read with `csv`. What `csv` refuses is refused here.

    Args:
        text: opened with newline="".
        delimiter: one character.
        after: rows to pass over.
        width: cells in a row.
        needed: columns wanted of plain pieces, from 0.
        size: characters of a piece, the rest of its last line left aside.

    Raises:
        csv.Error: quotes are not closed, or a cell is too large.
    """
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    for _ in islice(reader, after):
        pass
    while piece := text.read(size):
        piece += text.readline()
        split = _split(piece, delimiter, width, needed) if _is_plain(piece) else None
        yield split if split is not None else _rows(piece, text, delimiter)


def _is_plain(piece: str) -> bool:
    """Whether some whole lines hold a row each, with nothing in them that `csv` or pyarrow sees in its own way."""
    if '"' in piece or piece.count("\r") != piece.count("\r\n"):
        return False
    if piece.startswith("\ufeff"):  # pyarrow would take it for a byte order mark
        return False
    if (
        piece.startswith(("\n", "\r\n")) or "\n\n" in piece or "\n\r\n" in piece
    ):  # to pyarrow a blank line has cells
        return False
    # A line break in every window means that no cell is longer than two: `csv` refuses what is over its limit.
    return all(piece.find("\n", at, at + _WINDOW) >= 0 for at in range(0, len(piece) - _WINDOW, _WINDOW))


def _split(piece: str, delimiter: str, width: int, needed: Sequence[int]) -> dict[int, Any] | None:
    """The needed columns of a plain piece; None where some line has another number of cells."""
    raw = piece.encode()
    names = [str(i) for i in range(width)]
    wanted = [names[i] for i in needed]
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(raw),
            pa_csv.ReadOptions(use_threads=False, block_size=len(raw) + 1, column_names=names),
            pa_csv.ParseOptions(
                delimiter=delimiter, quote_char=False, escape_char=False, ignore_empty_lines=False
            ),
            pa_csv.ConvertOptions(
                column_types=dict.fromkeys(wanted, pa.string()),
                include_columns=wanted,
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    return {i: pa.concat_arrays(table[name].chunks) for i, name in zip(needed, wanted, strict=True)}


def _rows(piece: str, text: TextIO, delimiter: str) -> Iterator[list[str]]:
    """The rows that begin in `piece`; the last of them may go on in `text`."""
    lines = io.StringIO(piece, newline="")
    for row in csv.reader(chain(lines, text), delimiter=delimiter, strict=True):
        yield row
        if lines.tell() == len(piece):
            return
