"""Exported files for tests: the same rows in every encoding and container."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter

import bidopt.platforms
from bidopt.facts.batch import Batch
from bidopt.platforms.platform import Platform
from bidopt.platforms.reading.report import read_report
from bidopt.registry import plugins

Row = Sequence[object]

ALL = [
    platform() for platform in plugins(bidopt.platforms, Platform).values() if issubclass(platform, Platform)
]
"""Every platform with its default settings."""


def as_csv(rows: Sequence[Row], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """Rows as delimited text."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(rows: Sequence[Row], *others: Sequence[Row]) -> bytes:
    """Rows as a workbook, one sheet each; numbers stay numbers."""
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(out, options) as book:
        for sheet_rows in (rows, *others):
            sheet = book.add_worksheet()
            for i, row in enumerate(sheet_rows):
                sheet.write_row(i, 0, row)
    return out.getvalue()


def as_zip(files: Mapping[str, bytes]) -> bytes:
    """Files in a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def as_html(rows: Sequence[Row], encoding: str = "utf-8") -> bytes:
    """Rows as the page that back offices call .xls."""
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<html><body><table border=1>{body}</table></body></html>".encode(encoding)


def read(folder: Path, name: str, content: bytes, platforms: Sequence[Platform] = ALL) -> Batch:
    """Write `content` as a file and read it."""
    path = folder / name
    path.write_bytes(content)
    return read_report(path, platforms)


NATIVE_HEADINGS = (
    "date", "campaign_id", "product_id", "keyword", "impressions", "clicks", "cost", "conversions", "revenue",
)  # fmt: skip


def native(*changes: Mapping[str, object]) -> list[list[object]]:
    """Native keyword-days: headings, then a plain row per mapping with what it changes; later days by default."""
    extra = list(dict.fromkeys(name for change in changes for name in change if name not in NATIVE_HEADINGS))
    headings = [*NATIVE_HEADINGS, *extra]
    rows: list[list[object]] = [list(headings)]
    for i, change in enumerate(changes, 1):
        plain: dict[str, object] = {
            "date": f"2026-08-{i:02d}", "campaign_id": "c1", "product_id": "p1", "keyword": "连衣裙",
            "impressions": 100, "clicks": 10, "cost": "12.50", "conversions": 1, "revenue": 99,
        }  # fmt: skip
        rows.append([(plain | dict(change)).get(name, "") for name in headings])
    return rows
