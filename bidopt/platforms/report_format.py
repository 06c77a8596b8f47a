"""How a platform declares a report: its headings, and the columns of the fact tables they fill."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from bidopt.domain.table_schema import Column, TableSchema

Kind = Literal["text", "id", "word", "number", "range", "date", "constant"]


@dataclass(frozen=True)
class Field:
    """One thing a report says, and the headings that may say it.

    Args:
        column: column of the table it fills; a range fills `<column>_low` and `<column>_high`.
        headings: names it goes by, the preferred first; `{N}` stands for the days of the attribution window.
        kind: text (kept to the letter: words such as NA are words), id, word (one of `words`), number, range,
            date, or constant (must be the same in every row, and fills no table; `currency` is kept with the batch).
        required: a report without it is another report, and an empty text is refused.
        words: for a word: text in the report, lower case -> text in the table.
        other: for a word: text for words not listed; None refuses them.
        until: heading of the last day of a period and the heading of its first; they must agree.
    """

    column: str
    headings: tuple[str, ...]
    kind: Kind
    required: bool = False
    words: Mapping[str, str] = field(default_factory=dict, hash=False)
    other: str | None = None
    until: tuple[str, str] | None = None


@dataclass(frozen=True)
class ReportFormat:
    """One kind of report of one platform.

    Args:
        name: code name.
        chinese: what the operator calls it.
        schemas: tables it fills.
        fields: what it says.
        absent: headings that make it another report.
        ignored: headings known and not used, so that new ones stand out.
        file_prefix: start of the file name, to decide between reports of equal headings.
        file_stamp: pattern of the export day in the file name, its first group as YYYYMMDD.
        lacking: what to do where headings are missing, {headings} in place of them.
        daily: how to get one row per day, for the operator who exported a period.
        split: typed fields -> table name -> table; without it the fields are the columns of the one table.
    """

    name: str
    chinese: str
    schemas: tuple[TableSchema, ...]
    fields: tuple[Field, ...]
    absent: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    file_prefix: str = ""
    file_stamp: str = ""
    lacking: str = "请在导出时勾选 {headings}，重新导出原始报表"
    daily: str = "请按天（分日 / Daily）重新导出"
    split: Callable[[pd.DataFrame], Mapping[str, pd.DataFrame]] | None = None

    @property
    def required(self) -> tuple[Field, ...]:
        """The fields without which it is another report."""
        return tuple(f for f in self.fields if f.required)

    def described(self, column: str) -> Column | None:
        """The description of a column in the tables it fills; None for one that only `split` sees."""
        known = [c for schema in self.schemas for c in schema.columns if c.name == column]
        return known[0] if known else None
