"""read_report: an exported file in any container -> the facts of the platform that recognises it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import pandas as pd

from bidopt.domain.errors import ReportError
from bidopt.domain.table_schema import TableSchema
from bidopt.facts.batch import Batch
from bidopt.platforms.platform import Platform
from bidopt.platforms.reading.container import open_report
from bidopt.platforms.reading.delimited import HEADER_ROWS
from bidopt.platforms.reading.headings import Recognised, Vocabulary
from bidopt.platforms.reading.sheet import Progress, Sheet, silent
from bidopt.platforms.reading.sheet_rows import read_rows
from bidopt.platforms.reading.sheet_tables import constants, make_tables
from bidopt.platforms.reading.totals import reconcile
from bidopt.registry import plugin_name


@dataclass(frozen=True)
class _Part:
    """What one sheet says."""

    platform: Platform
    what: Recognised
    tables: Mapping[str, pd.DataFrame]
    rows: int
    duplicates: int
    totals: Mapping[str, float]
    currency: str

    @property
    def window(self) -> int | None:
        """Days of the attribution window; None without orders."""
        return (self.what.window or self.platform.attribution_window) if self.what.has_orders else None


OPEN_END = "文件末尾没有换行：如果是没下载完，最后一个数字可能少了几位，请核对最后一行"


def read_report(path: Path, platforms: Sequence[Platform], *, progress: Progress | None = None) -> Batch:
    """Read an exported report.

    Args:
        path: a CSV or other delimited text, a workbook, a web page with a table, or a zip of one of them.
        platforms: the platforms whose reports may be meant.
        progress: told the number of bytes read since it was last told.

    Returns:
        The facts. `reported_on` is NaT where the file does not say when it was made; so is the `date` of
        keyword_states, which then are as of the import.

    Raises:
        ReportError: the file is of no known report, damaged, or contradicts itself; nothing of it is used.
        OSError: the file cannot be opened.
    """
    vocabulary = Vocabulary([report for platform in platforms for report in platform.formats])
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    try:
        with open_report(path, vocabulary.known) as sheets:
            found = _recognised(sheets, vocabulary, path.name)
            parts = [_read(sheet, what, platforms, path.name, progress or silent) for sheet, what in found]
            cut = any(sheet.open_end for sheet, _ in found)
            return replace(_batch(path.name, sha256, parts), notes=(OPEN_END,) if cut else ())
    except ReportError as error:
        raise ReportError(f"{path.name}：{error.message}", error.hint) from error


def _recognised(sheets: Sequence[Sheet], vocabulary: Vocabulary, name: str) -> list[tuple[Sheet, Recognised]]:
    """The sheets that hold a known report.

    Raises:
        ReportError: none does; the nearest report is named.
    """
    found = []
    tops = []
    for sheet in sheets:
        top = list(islice(sheet.rows(silent), HEADER_ROWS))
        tops.append(top)
        if what := vocabulary.recognise(top, name):
            found.append((sheet, what))
    if not found:
        nearest = max(tops, key=lambda top: max(map(vocabulary.known, top), default=0), default=[])
        raise vocabulary.refusal(nearest, name)
    return found


def _read(
    sheet: Sheet, what: Recognised, platforms: Sequence[Platform], name: str, progress: Progress
) -> _Part:
    """What one sheet says; an error names the sheet."""
    platform = next(p for p in platforms if what.report in p.formats)
    try:
        rows = read_rows(sheet, what, progress)
        totals = reconcile(rows.frame, rows.totals, what.columns)
        currency = constants(rows.frame, what).get("currency", "").upper() or platform.currency
        tables, duplicates = make_tables(rows.frame, what, plugin_name(platform), name)
    except ReportError as error:
        raise ReportError(
            f"工作表 {sheet.name}：{error.message}" if sheet.name else error.message, error.hint
        ) from error
    return _Part(platform, what, tables, len(rows.frame), duplicates, totals, currency)


def _batch(name: str, sha256: str, parts: Sequence[_Part]) -> Batch:
    """One batch of all recognised sheets of a file.

    Raises:
        ReportError: the sheets contradict each other.
    """
    if not any(p.tables for p in parts):
        raise ReportError("报表里没有可用的数据行", "请确认导出时选中了关键词和计划")
    reports = list(dict.fromkeys(p.what.report for p in parts))
    windows = {p.window for p in parts if p.window is not None}
    if len({plugin_name(p.platform) for p in parts}) > 1 or len(windows) > 1:
        raise ReportError("几个工作表属于不同的平台或转化周期", "请拆成几个文件")
    currencies = sorted({p.currency for p in parts} - {""})
    if len(currencies) > 1:
        raise ReportError(
            f"几个工作表的货币不同：{'、'.join(currencies)}", "请按货币分别导出，分到不同的店铺"
        )
    return Batch(
        source=name,
        sha256=sha256,
        platform=plugin_name(parts[0].platform),
        report="+".join(r.name for r in reports),
        report_chinese="＋".join(r.chinese for r in reports),
        tables={schema.name: _merged(schema, parts) for schema in _schemas(parts)},
        attribution_window=min(windows, default=None),
        rows=sum(p.rows for p in parts),
        duplicates=sum(p.duplicates for p in parts),
        unknown_columns=tuple(dict.fromkeys(c for p in parts for c in p.what.unknown)),
        totals=parts[0].totals if len(parts) == 1 else {},
        currency="".join(currencies),
    )


def _schemas(parts: Sequence[_Part]) -> list[TableSchema]:
    """Schemas of the tables that the sheets filled."""
    return list({s.name: s for p in parts for s in p.what.report.schemas if s.name in p.tables}.values())


def _merged(schema: TableSchema, parts: Sequence[_Part]) -> pd.DataFrame:
    tables = [p.tables[schema.name] for p in parts if schema.name in p.tables]
    if len(tables) == 1:
        return tables[0]
    table = pd.concat(tables, ignore_index=True).drop_duplicates(ignore_index=True)
    key = list(schema.key)
    if (clash := table.duplicated(key)).any():
        shown = "，".join(str(v) for v in table.loc[clash, key].iloc[0] if v != "")
        raise ReportError(f"几个工作表里都有 {shown}，数字却不同", "请只保留一个工作表")
    return table
