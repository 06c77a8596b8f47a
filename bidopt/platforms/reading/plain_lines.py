"""Splits a delimited text many lines at a time where every line is plainly a row, and row by row where it is not."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.csv as pa_csv

from bidopt.platforms.reading.sheet import Stretch

PIECE = 1 << 20
"""Bytes that are plain or not together; few, so that one quote does not slow down much of a file."""

_LONGEST_LINE = 8 * PIECE
_WINDOW = csv.field_size_limit() // 2


def stretches(
    file: BinaryIO,
    encoding: str,
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
        file: the text's bytes.
        encoding: in which the whole text is valid.
        delimiter: one character.
        after: rows to pass over.
        width: cells in a row.
        needed: columns wanted of plain pieces, from 0.
        size: bytes of a piece, give or take a line.

    Raises:
        csv.Error: quotes are not closed, or a cell or line is too large.
    """
    lines = _Lines(_pieces(file, encoding, size), delimiter)
    for _ in islice(lines.rows(), after):
        pass
    while piece := lines.rest():
        split = _split(piece, delimiter, width, needed) if _is_plain(piece) else None
        yield split if split is not None else lines.rows_of(piece)


def _pieces(file: BinaryIO, encoding: str, size: int) -> Iterator[bytes]:
    """The text in UTF-8, cut behind line breaks."""
    decoder = None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)("strict")
    rest = b""
    while block := file.read(size):
        whole, end, rest = (rest + (decoder.decode(block).encode() if decoder else block)).rpartition(b"\n")
        if end:
            yield whole + end
        elif len(rest) > _LONGEST_LINE:
            raise csv.Error("a line does not end")
    if rest:
        yield rest


class _Lines:
    """The lines of the pieces one after the other, as `csv` wants them; it knows where a piece ends."""

    def __init__(self, pieces: Iterator[bytes], delimiter: str) -> None:
        self._pieces = pieces
        self._delimiter = delimiter
        self._open(b"")

    def _open(self, piece: bytes) -> None:
        text = piece.decode()
        self._text, self._end = io.StringIO(text, newline=""), len(text)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        while not (line := self._text.readline()):
            self._open(next(self._pieces))
        return line

    def rest(self) -> bytes:
        """What is left of the piece, or the next one; empty at the end of the text."""
        return self._text.read().encode() or next(self._pieces, b"")

    def rows(self) -> Iterator[list[str]]:
        """The rows from here on."""
        return csv.reader(self, delimiter=self._delimiter, strict=True)

    def rows_of(self, piece: bytes) -> Iterator[list[str]]:
        """The rows up to the end of `piece`, or of the later one in which the last of them ends."""
        self._open(piece)
        for row in self.rows():
            yield row
            if self._text.tell() == self._end:
                return


def _is_plain(piece: bytes) -> bool:
    """Whether some whole lines hold a row each, with nothing in them that `csv` or pyarrow sees in its own way."""
    if b'"' in piece or piece.startswith((b"\n", b"\r\n", codecs.BOM_UTF8)) or b"\n\n" in piece:
        return False  # pyarrow would pass over the mark, and give blank lines cells
    if b"\r" in piece and (piece.count(b"\r") != piece.count(b"\r\n") or b"\n\r\n" in piece):
        return False
    # A line break in every window means that no cell is longer than two: `csv` refuses what is over its limit.
    return all(piece.find(b"\n", at, at + _WINDOW) >= 0 for at in range(0, len(piece) - _WINDOW, _WINDOW))


def _split(piece: bytes, delimiter: str, width: int, needed: Sequence[int]) -> dict[int, Any] | None:
    """The needed columns of a plain piece; None where some line has another number of cells."""
    names = [str(i) for i in range(width)]
    wanted = [names[i] for i in needed]
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(piece),
            pa_csv.ReadOptions(use_threads=False, block_size=len(piece) + 1, column_names=names),
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
