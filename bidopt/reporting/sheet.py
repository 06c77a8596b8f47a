"""One worksheet of the review workbook: typed columns in, safe cells out; never a formula, never a link."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final, Literal

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from bidopt.reporting.differences import differences
from bidopt.reporting.formats import cells, clean, currency_sign

Kind = Literal[
    "text",
    "long",
    "choice",
    "entry",
    "money",
    "share",
    "change",
    "count",
    "ratio",
    "roas",
    "cost",
    "lost",
    "gained",
]

CHOICES: Final = ("是", "否")
"""Whether a row is taken over; the first is what stands there."""

_WIDEST: Final = {"text": 40, "long": 72}
_MEASURED_ROWS: Final = 200
_MOST_CHARACTERS: Final = 32_000
_CENTS: Final = 2
_DIGITS: Final = 6


@dataclass(frozen=True)
class SheetColumn:
    """One column of a sheet.

    Args:
        heading: what the first row says.
        kind: text, long (a sentence), choice (yes or no), entry (empty, for a person's amount), money,
            share (fraction), change (fraction, coloured by its sign), count, ratio, roas (coloured by the target),
            cost (money with a bar), lost and gained (pairs of an old and a new text, of which the old or the new one is
            shown, with what the other one lacks in colour).
        values: texts for text and long, numbers otherwise (NaN leaves the cell blank); empty for
            choice and entry.
        meaning: what it says, for the notes.
    """

    heading: str
    kind: Kind
    values: Sequence[Any]
    meaning: str = ""


class ReviewBook:
    """An open workbook and its formats.

    Args:
        book: xlsxwriter workbook made by `open_book`.
        currency: ISO code of all amounts.
        target_roas: where the ROAS colours turn.
    """

    def __init__(self, book: Workbook, currency: str, target_roas: float) -> None:
        self._book = book
        self._target = target_roas
        sign = currency_sign(currency)
        amount = f"{sign}#,##0.00" if sign in {"¥", "$", "€"} else f'"{sign}"#,##0.00'
        self._heading = book.add_format(
            {
                "bold": True,
                "bg_color": "#172554",
                "font_color": "#FFFFFF",
                "valign": "vcenter",
                "text_wrap": True,
            }
        )
        looks: dict[Kind, dict[str, Any]] = {
            "text": {"num_format": "@"},
            "long": {"num_format": "@", "text_wrap": True},
            "choice": {"num_format": "@", "align": "center", "bg_color": "#FEF9C3"},
            "entry": {"num_format": amount, "bg_color": "#FEF9C3"},
            "money": {"num_format": amount},
            "cost": {"num_format": amount},
            "lost": {"num_format": "@"},
            "gained": {"num_format": "@"},
            "share": {"num_format": "0.00%"},
            "change": {"num_format": "0.0%"},
            "count": {"num_format": "#,##0"},
            "ratio": {"num_format": "0.00"},
            "roas": {"num_format": "0.00"},
        }
        self._formats: dict[Kind, Format] = {
            kind: book.add_format({"valign": "top", **look}) for kind, look in looks.items()
        }
        self._raised = book.add_format({"font_color": "#C81E1E"})
        self._lowered = book.add_format({"font_color": "#047857"})

    def add(self, name: str, columns: Sequence[SheetColumn], rows: int) -> None:
        """Write a sheet of `rows` rows with a frozen, filtered heading.

        Args:
            name: title of the sheet.
            columns: its columns; each has `rows` values or none.
            rows: number of rows below the heading.
        """
        sheet: Worksheet = self._book.add_worksheet(name)
        sheet.set_row(0, 24)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.heading, self._heading)
            sheet.set_column(place, place, _width(column))
        self._write(sheet, columns, rows)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(rows, 1), len(columns) - 1)
        for place, column in enumerate(columns):
            self._colour(sheet, place, column, max(rows, 1))
        _set_paper(sheet)

    def _write(self, sheet: Worksheet, columns: Sequence[SheetColumn], rows: int) -> None:
        # Rows go out one after the other: in constant_memory mode a finished row cannot be taken up again.
        ready = [(column.kind, self._formats[column.kind], list(column.values)) for column in columns]
        for row in range(rows):
            for place, (kind, look, values) in enumerate(ready):
                if kind in {"text", "long"}:
                    sheet.write_string(row + 1, place, cell_text(values[row]), look)
                elif kind in {"lost", "gained"}:
                    self._write_difference(sheet, (row + 1, place), values[row], kind, look)
                elif kind == "choice":
                    sheet.write_string(row + 1, place, CHOICES[0], look)
                elif kind == "entry" or not math.isfinite(values[row]):
                    sheet.write_blank(row + 1, place, None, look)
                else:
                    digits = _CENTS if kind in {"money", "cost"} else _DIGITS
                    sheet.write_number(row + 1, place, round(values[row], digits), look)

    def _write_difference(
        self, sheet: Worksheet, cell: tuple[int, int], pair: tuple[str, str], kind: Kind, look: Format
    ) -> None:
        """One text of a pair, with what the other one lacks in colour."""
        old, new = map(cell_text, pair)
        colour = self._lowered if kind == "lost" else self._raised
        shown: list[Any] = []
        for piece in differences(old, new)[kind == "gained"]:
            shown += [colour, piece.text] if piece.differs else [piece.text]
        if len(shown) > 2 and colour in shown:
            sheet.write_rich_string(*cell, *shown, look)
        else:  # rich text needs more than one piece
            sheet.write_string(*cell, old if kind == "lost" else new, look)

    def _colour(self, sheet: Worksheet, place: int, column: SheetColumn, last: int) -> None:
        span = (1, place, last, place)
        if column.kind == "choice":
            sheet.data_validation(*span, {"validate": "list", "source": list(CHOICES)})
        elif column.kind == "entry":
            sheet.data_validation(
                *span,
                {"validate": "decimal", "criteria": ">", "value": 0, "error_message": "请填大于 0 的数"},
            )
        elif column.kind == "change":
            for criteria, look in ((">", self._raised), ("<", self._lowered)):
                sheet.conditional_format(
                    *span, {"type": "cell", "criteria": criteria, "value": 0, "format": look}
                )
        elif column.kind == "cost":
            sheet.conditional_format(*span, {"type": "data_bar", "bar_color": "#93C5FD"})
        elif column.kind == "roas":
            scale = {"min_value": 0, "mid_value": self._target, "max_value": 2 * self._target}
            colours = {"min_color": "#FCA5A5", "mid_color": "#FEF3C7", "max_color": "#6EE7B7"}
            kinds = dict.fromkeys(("min_type", "mid_type", "max_type"), "num")
            sheet.conditional_format(*span, {"type": "3_color_scale", **scale, **colours, **kinds})


def open_book(path: str, *, title: str, made_on: date) -> Workbook:
    """A workbook in which no text becomes a formula, a link or a number, and whose bytes depend on its contents only."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = Workbook(path, options)
    midnight = datetime.combine(made_on, time())
    book.set_properties({"title": clean(title), "created": midnight})
    return book


def cell_text(text: str) -> str:
    """The text a cell holds for `text`: cleaned, of a length Excel takes.

    xlsxwriter takes `<r>...</r>` for finished markup, so its first sign becomes the full-width ＜.
    Whoever matches a cell against a table has to pass the table's text through here.
    """
    shown = clean(text)[:_MOST_CHARACTERS]
    return f"＜{shown[1:]}" if shown.startswith("<r>") else shown


def _width(column: SheetColumn) -> float:
    heading = cells(column.heading) + 4  # room for the filter button
    if column.kind in {"lost", "gained"}:
        return 64
    if column.kind not in {"text", "long"}:
        return max(heading, 10)
    widest = max((cells(clean(value)) for value in column.values[:_MEASURED_ROWS]), default=0) + 2
    return min(max(heading, widest), _WIDEST[column.kind])


def _set_paper(sheet: Worksheet) -> None:
    a4 = 9
    sheet.set_paper(a4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
