"""The facts of one export, ready to be committed as a whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd


@dataclass(frozen=True)
class Batch:
    """What one file said.

    Args:
        source: file name, for messages.
        sha256: hex digest of the file's bytes; a file already committed is not committed twice.
        platform: platform that recognised the file.
        report: code name of the report format, `report_chinese` its Chinese name.
        tables: table name -> schema-checked table; `reported_on` is NaT in every row whose file did not say when
            it was made (the importer fills it in).
        attribution_window: days within which an order counts for a click; None where the report has no orders.
        rows: data rows read, duplicates included, totals rows excluded.
        duplicates: rows dropped because they repeated another row exactly.
        unknown_columns: headings nobody asked for, as written in the file.
        totals: column -> figure of the file's own totals row; empty where it has none.
        currency: ISO code of all money in the file; "" where it does not say.
        notes: what the operator should look at, in Chinese, though the file was read.
    """

    source: str
    sha256: str
    platform: str
    report: str
    report_chinese: str
    tables: Mapping[str, pd.DataFrame]
    attribution_window: int | None = None
    rows: int = 0
    duplicates: int = 0
    unknown_columns: tuple[str, ...] = ()
    totals: Mapping[str, float] = field(default_factory=dict)
    currency: str = ""
    notes: tuple[str, ...] = ()

    @property
    def newest_day(self) -> date | None:
        """Newest business date in the file; None where no table is dated."""
        days = [t["date"].max() for t in self.tables.values() if "date" in t.columns and len(t)]
        known = [d for d in days if not pd.isna(d)]
        return max(known).date() if known else None
