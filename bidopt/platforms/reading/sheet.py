"""A sheet: rows of text cells, however the file holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Progress = Callable[[int], None]
"""Told how many bytes were read since it was last told."""


def silent(_: int) -> None:
    """A Progress that shows nothing."""


@dataclass(frozen=True)
class Sheet:
    """Rows of text, which can be read again and again.

    Args:
        name: name of the tab; empty where the file has no tabs.
        rows: starts reading: the cells of row 1, row 2 ... as the file has them, blank rows included.
        open_end: the text stops without a line break, so that its last cell may be cut short.

    `rows` raises ReportError at the row where the file turns out to be damaged.
    """

    name: str
    rows: Callable[[Progress], Iterator[list[str]]]
    open_end: bool = False
