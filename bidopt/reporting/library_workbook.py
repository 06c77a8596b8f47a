"""The keyword library as an Excel workbook: one sheet per state, and one of words that fit no product."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from bidopt.decisions.expansion.product_claims import OBJECTIONS
from bidopt.decisions.expansion.word_fortunes import STATES
from bidopt.decisions.expansion.word_library import LIBRARY
from bidopt.reporting.sheet import Kind, ReviewBook, SheetColumn, open_book

MOST_ROWS: Final = 5_000
"""Longest sheet; the CSV has all rows."""

_KINDS: Final[dict[str, Kind]] = {"currency": "money", "count": "count", "index": "count"}
_YES: Final = {"yes": "是", "": ""}


def write_library(table: pd.DataFrame, path: Path, *, title: str, made_on: date, currency: str) -> None:
    """Write the workbook in place; the same table gives the same bytes.

    Args:
        table: schema LIBRARY.
        path: file to write; its folder exists.
        title: of the document.
        made_on: day that the document bears.
        currency: ISO code of all money.
    """
    fits = (table["objection"] == "").to_numpy()
    sheets = {text.zh: fits & (table["state"] == state).to_numpy() for state, text in STATES.items()}
    sheets["不适合的词"] = ~fits
    with open_book(str(path), title=f"{title} {LIBRARY.chinese}", made_on=made_on) as book:
        review = ReviewBook(book, currency, 1.0)
        for name, rows in sheets.items():
            shown = table[np.asarray(rows)].head(MOST_ROWS)
            review.add(name, _columns(shown), len(shown))


def _columns(rows: pd.DataFrame) -> list[SheetColumn]:
    shown = rows.assign(
        state=rows["state"].map({state: text.zh for state, text in STATES.items()}),
        bought=rows["bought"].map(_YES),
        negative=rows["negative"].map(_YES | {"partly": "部分单元"}),
        objection=rows["objection"].map({"": "", **OBJECTIONS}),
        first_seen=_days(rows["first_seen"]),
        last_seen=_days(rows["last_seen"]),
    )
    return [
        SheetColumn(
            column.chinese, _KINDS.get(column.unit, "text"), shown[column.name].tolist(), column.meaning
        )
        for column in LIBRARY.columns
    ]


def _days(column: pd.Series[pd.Timestamp]) -> list[str]:
    return column.dt.strftime("%Y-%m-%d").fillna("").tolist()
