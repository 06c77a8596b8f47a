"""What an import shows: each file's fate, and the reports' totals side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bidopt.facts.schemas import STORED
from bidopt.jobs.import_reports import ImportedFile

_REPORTS = {schema.name: schema.chinese for schema in STORED}
_FIGURES = ("impressions", "clicks", "cost", "conversions", "revenue")
_STATUS = {"imported": ("已导入", "green"), "already": ("导入过", "dim"), "refused": ("未导入", "bold red")}


def import_document(files: Sequence[ImportedFile], totals: pd.DataFrame | None) -> dict[str, Any]:
    """The import as plain data for --json."""
    document: dict[str, Any] = {"files": [_file(f) for f in files]}
    if totals is not None:
        document["totals"] = [{k: _plain(v) for k, v in row.items()} for row in totals.to_dict("records")]
    return document


def print_import(files: Sequence[ImportedFile], totals: pd.DataFrame, console: Console) -> None:
    """Print each file and the totals of the shop's reports."""
    print_files(files, console)
    if not files:
        console.print("inbox 里没有文件")
    if len(totals):
        console.print("各报表合计 (共同日期内)")
        for platform, rows in totals.groupby("platform"):
            table = Table(
                title=str(platform), title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0)
            )
            table.add_column("报表", no_wrap=True)
            for heading in ("展现量", "点击量", "花费", "成交笔数", "成交金额"):
                table.add_column(heading, justify="right", no_wrap=True)
            for row in rows.to_dict("records"):
                table.add_row(_REPORTS[row["report"]], *(_amount(row[c], c) for c in _FIGURES))
            console.print(table)


def print_files(files: Sequence[ImportedFile], console: Console) -> None:
    """Print a line per file; refused ones with the reason and what to do."""
    for file in files:
        word, style = _STATUS[file.status]
        line = Text.assemble((word, style), " ", file.source)
        if file.batch is not None:
            line.append(f"  {file.batch.report_chinese} {file.batch.rows:,} 行")
            if file.batch.duplicates:
                line.append(f"，去掉完全重复 {file.batch.duplicates:,} 行")
            if file.batch.unknown_columns:
                line.append(f"，未使用的列: {'、'.join(file.batch.unknown_columns)}", style="dim")
        console.print(line)
        for note in file.batch.notes if file.batch else ():
            console.print(Text(f"    注意: {note}", style="yellow"))
        if file.status == "refused":
            console.print(Text(f"    {file.why}", style="red"))
            console.print(Text(f"    怎么办: {file.hint}"))


def _file(file: ImportedFile) -> dict[str, Any]:
    batch = file.batch
    return {
        "source": file.source,
        "status": file.status,
        "platform": batch.platform if batch else None,
        "report": batch.report if batch else None,
        "rows": batch.rows if batch else 0,
        "duplicates": batch.duplicates if batch else 0,
        "notes": list(batch.notes) if batch else [],
        "unknown_columns": list(batch.unknown_columns) if batch else [],
        "reported_on": file.reported_on.isoformat() if file.reported_on else None,
        "why": file.why,
        "hint": file.hint,
    }


def _plain(value: Any) -> Any:  # noqa: ANN401  a cell of any column
    """A cell as JSON holds it: unknown is null, a day is its date."""
    if pd.isna(value):
        return None
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else value


def _amount(value: float, column: str) -> str:
    if pd.isna(value):
        return "—"
    return f"{value:,.2f}" if column in {"cost", "revenue"} else f"{value:,.0f}"
