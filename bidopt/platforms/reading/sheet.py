"""A sheet: rows of text cells, however the file holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Progress = Callable[[int], None]
"""Told how many bytes were read since it was last told."""


def silent(_: int) -> None:
    """A Progress that shows nothing."""


Stretch = Mapping[int, Any] | Iterator[list[str]]
"""Some consecutive rows: the StringArray of each needed column by its index, or all cells row by row."""


class Split(Protocol):
    """Reads the rows below the headings many at a time, as far as that is safe; says what `Sheet.rows` says."""

    def __call__(
        self, progress: Progress, *, after: int, width: int, needed: Sequence[int]
    ) -> Iterator[Stretch]:
        """The stretches after some rows; each is to be used up before the next."""


@dataclass(frozen=True)
class Sheet:
    """Rows of text, which can be read again and again.

    Args:
        name: name of the tab; empty where the file has no tabs.
        rows: starts reading: the cells of row 1, row 2 ... as the file has them, blank rows included.
        open_end: the text stops without a line break, so that its last cell may be cut short.
        split: a faster way to the same rows, where there is one; where it fails, `rows` says why.

    `rows` raises ReportError at the row where the file turns out to be damaged.
    """

    name: str
    rows: Callable[[Progress], Iterator[list[str]]]
    open_end: bool = False
    split: Split | None = None
