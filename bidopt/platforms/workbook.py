"""Writes a workbook for a platform: texts stay exactly as they are and can never become a formula or a link."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isnan

import xlsxwriter

_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001  a fixed time, so that equal tables give equal bytes

Cell = str | float | None


@dataclass(frozen=True)
class Tab:
    """One sheet of a workbook.

    Args:
        name: its name.
        headings: first row.
        rows: cells; None, "" and NaN stay empty.
    """

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def workbook(tabs: Sequence[Tab]) -> bytes:
    """An xlsx file; equal tabs give equal bytes. Texts are text cells, ids included."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    ) as book:
        book.set_properties({"created": _CREATED})
        as_text = book.add_format({"num_format": "@"})
        for tab in tabs:
            sheet = book.add_worksheet(tab.name)
            sheet.freeze_panes(1, 0)
            if tab.rows:
                sheet.autofilter(0, 0, len(tab.rows), len(tab.headings) - 1)
            for i, row in enumerate([tab.headings, *tab.rows]):
                for j, cell in enumerate(row):
                    if isinstance(cell, str):
                        if cell:
                            sheet.write_string(i, j, cell, as_text)
                    elif cell is not None and not isnan(cell):
                        sheet.write_number(i, j, cell)
    return out.getvalue()
