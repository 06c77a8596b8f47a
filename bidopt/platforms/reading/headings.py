"""Which report a sheet is, and where its columns are: by the names of the headings, never by their order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from bidopt.domain.errors import ReportError, nearest
from bidopt.platforms.report_format import Field, ReportFormat

_UNITS = {"元", "%", "#", "rs", "rs.", "inr", "usd", "cny", "rmb", "eur", "gbp", "aed"}
_TRAILING = re.compile(r"(.+)\(([^()]*)\)")
_DROPPED = re.compile(r"[\s()\[\]【】:_\-/\ufeff\u200b]")

DAYS = "{N}"
"""Stands for the days of the attribution window in a declared heading."""

LONGEST_HEADING = 120
MOST_SHOWN = 12


@dataclass(frozen=True)
class Located:
    """A field and its column in the sheet.

    Args:
        field: what is said.
        index: column, from 0.
        heading: the heading as written.
        percent: whether the heading says that its numbers are percentages.
    """

    field: Field
    index: int
    heading: str
    percent: bool


@dataclass(frozen=True)
class Recognised:
    """A sheet of a known report.

    Args:
        report: the format.
        header_row: its row of headings, from 1; data follow.
        width: number of columns.
        columns: the fields it holds.
        periods: columns of the first and the last day of a period, where the report has them.
        unknown: headings nobody asked for, as written.
        window: attribution window named by the headings, in days; None where they do not say.
    """

    report: ReportFormat
    header_row: int
    width: int
    columns: tuple[Located, ...]
    periods: tuple[tuple[Located, Located], ...]
    unknown: tuple[str, ...]
    window: int | None

    @property
    def has_orders(self) -> bool:
        """Whether it tells of orders, which come with an attribution window."""
        return any(c.field.column in {"conversions", "revenue"} for c in self.columns)


@lru_cache(maxsize=10_000)
def normalised(heading: str) -> tuple[str, str]:
    """Name and unit of a heading: full width, case, spaces and brackets do not count."""
    plain = unicodedata.normalize("NFKC", heading).strip().casefold()
    match = _TRAILING.fullmatch(plain)
    unit = match[2].strip() if match else ""
    if match and (unit in _UNITS or (len(unit) == 1 and unicodedata.category(unit) == "Sc")):
        plain = match[1]
    else:
        unit = ""
    return _DROPPED.sub("", plain), unit


class Vocabulary:
    """The headings that a set of reports declares.

    Args:
        reports: formats to choose from.
    """

    def __init__(self, reports: Sequence[ReportFormat]) -> None:
        self.reports = tuple(reports)
        declared = {h for r in reports for f in r.fields for h in f.headings}
        self._names = {normalised(h)[0] for h in declared if DAYS not in h}
        self._patterns = [_pattern(h) for h in sorted(declared) if DAYS in h]

    def known(self, row: Sequence[str]) -> int:
        """Number of headings of a row that one of the reports declares."""
        names = {normalised(cell)[0] for cell in row if len(cell) <= LONGEST_HEADING}
        return sum(n in self._names or any(p.fullmatch(n) for p in self._patterns) for n in names)

    def recognise(self, rows: Sequence[Sequence[str]], file_name: str) -> Recognised | None:
        """The report whose headings stand in one of `rows`; None when there is none.

        Of several that fit, the one with the most required headings, then with the most headings, then the one
        that the file name names.

        Raises:
            ReportError: the headings are ambiguous.
        """
        best: tuple[tuple[int, int, bool], int, _Match] | None = None
        for number, row in enumerate(rows, 1):
            for match in (_Match(report, row) for report in self.reports):
                rank = (len(match.report.required), len(match.found), _names(file_name, match.report))
                if not match.missing and not match.contrary and (best is None or rank > best[0]):
                    best = (rank, number, match)
        return best[2].recognised(best[1]) if best else None

    def refusal(self, rows: Sequence[Sequence[str]], file_name: str) -> ReportError:
        """Why none of `rows` holds the headings of a report: the nearest report and what it lacks.

        A report that the file name names is nearest as soon as one of its headings is there.
        """
        row = max(rows, key=self.known, default=())
        if not self.known(row):
            return ReportError(
                f"看不出是哪种报表：前 {len(rows)} 行里没有认识的列名",
                "请确认是广告后台导出的原始报表，不要删改表头；可读的报表："
                + _listed(r.chinese for r in self.reports),
            )
        matches = [_Match(r, row) for r in self.reports]
        match = max(matches, key=lambda m: (bool(m.found) and _names(file_name, m.report), m.likeness()))
        hint = "请在后台按同样的明细重新导出原始报表"
        if match.missing:
            wanted = [_shown(f.headings[0]) for f in match.missing]
            lacks = "；".join(_missing(heading, row) for heading in wanted)
            hint = match.report.lacking.format(headings="、".join(wanted))
            message = f"最接近的报表是 {match.report.chinese}，但{lacks}"
        else:
            message = f"像是 {match.report.chinese}，但含有 {_listed(match.contrary)}，是另一种明细，按它读会重复计数"
        unknown = match.unknown()
        return ReportError(
            message + (f"。不认识的列：{_listed(unknown)}" if unknown else ""),
            hint,
        )


def _names(file_name: str, report: ReportFormat) -> bool:
    """Whether the file name says that it holds the report."""
    return bool(report.file_prefix) and file_name.startswith(report.file_prefix)


class _Match:
    """How one row of headings fits one report."""

    def __init__(self, report: ReportFormat, row: Sequence[str]) -> None:
        self.report, self.row = report, row
        self._places: dict[str, list[int]] = {}
        for index, cell in enumerate(row):
            if len(cell) <= LONGEST_HEADING and (name := normalised(cell)[0]):
                self._places.setdefault(name, []).append(index)
        self.found = {f.column: at for f in report.fields for at in [self._first(f.headings)] if at}
        self.missing = [f for f in report.required if f.column not in self.found]
        self.contrary = [row[at[0]] for h in report.absent if (at := self._at(h))]

    def likeness(self) -> tuple[bool, float, bool]:
        """How near the row comes: headings present against those missing and those of other reports.

        What a report splits by makes it what it is; a missing figure was only left unticked.
        """
        present = len(self.report.required) - len(self.missing)
        missing = sum(0.25 if field.kind == "number" else 1.0 for field in self.missing)
        return present > 0, present - missing - len(self.contrary) / 2, not self.missing

    def unknown(self) -> tuple[str, ...]:
        """Headings that the report neither declares nor ignores."""
        declared = [h for f in self.report.fields for h in f.headings]
        declared += [h for f in self.report.fields for h in f.until or ()]
        known = {at for h in (*declared, *self.report.ignored) for at in self._at(h)}
        return tuple(cell.strip() for i, cell in enumerate(self.row) if cell.strip() and i not in known)

    def recognised(self, header_row: int) -> Recognised:
        """The located columns.

        Raises:
            ReportError: two columns claim to be the same field, or the headings name two attribution windows.
        """
        columns = tuple(
            self._located(f, self.found[f.column]) for f in self.report.fields if f.column in self.found
        )
        windows = {int(days[1]) for c in columns if (days := _days_in(c))}
        if len(windows) > 1:
            raise ReportError(
                f"表头里有几种转化周期：{_listed(f'{d} 天' for d in sorted(windows))}", "请只导出一种转化周期"
            )
        periods = []
        for column in columns:
            first, last = (self._at(h) for h in column.field.until or ("", ""))
            if last and first == [column.index]:
                periods.append((column, self._located(column.field, last)))
        return Recognised(
            self.report,
            header_row,
            len(self.row),
            columns,
            tuple(periods),
            self.unknown(),
            min(windows, default=None),
        )

    def _at(self, heading: str) -> list[int]:
        if DAYS in heading:
            pattern = _pattern(heading)
            return [i for name, places in self._places.items() if pattern.fullmatch(name) for i in places]
        return self._places.get(normalised(heading)[0], [])

    def _first(self, headings: Sequence[str]) -> list[int]:
        """Columns of the first heading that is present."""
        return next((at for h in headings if (at := self._at(h))), [])

    def _located(self, field: Field, at: Sequence[int]) -> Located:
        if len(at) > 1:
            names = _listed(f"第 {i + 1} 列 {self.row[i].strip()}" for i in at)
            raise ReportError(f"分不清哪一列是 {field.headings[0]}：{names}", "请只保留一列，重新导出")
        heading = self.row[at[0]].strip()
        return Located(field, at[0], heading, normalised(heading)[1] == "%")


def _days_in(column: Located) -> re.Match[str] | None:
    name = normalised(column.heading)[0]
    return next((m for h in column.field.headings if DAYS in h and (m := _pattern(h).fullmatch(name))), None)


@cache
def _pattern(heading: str) -> re.Pattern[str]:
    """What a heading with the days of an attribution window matches."""
    before, _, after = heading.partition(DAYS)
    return re.compile(rf"{re.escape(normalised(before)[0])}(\d{{1,2}}){re.escape(normalised(after)[0])}")


def _shown(heading: str) -> str:
    """A declared heading as an export writes it, with a usual attribution window."""
    return heading.replace(DAYS, "7")


def _missing(heading: str, row: Sequence[str]) -> str:
    near = nearest(heading, [cell.strip() for cell in row if cell.strip()])
    return f"缺少列 {heading}" + (f"，最接近的是 {near}" if near else "")


def _listed(names: Iterable[str]) -> str:
    """Names for a sentence; the rest of many is counted."""
    all_names = list(names)
    shown = "、".join(all_names[:MOST_SHOWN])
    return shown if len(all_names) <= MOST_SHOWN else f"{shown} 等 {len(all_names)} 个"
