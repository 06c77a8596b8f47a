"""HTML tables that back offices save under the name .xls."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from html.parser import HTMLParser

from bidopt.domain.errors import ReportError
from bidopt.platforms.reading.delimited import AGAIN
from bidopt.platforms.reading.sheet import Progress, Sheet

_MOST_COLUMNS = 500


def html_sheets(text: str) -> list[Sheet]:
    """One sheet per table.

    Raises:
        ReportError: a table is not closed, so the file breaks off; or there is none.
    """
    parser = _Tables()
    parser.feed(text)
    parser.close()
    if parser.open_tables:
        raise ReportError("网页表格没有结束标记 </table>，文件不完整", AGAIN)
    if not parser.tables:
        raise ReportError("文件是网页或 XML，里面没有表格", "请另存为 xlsx 或 CSV 后再放进来")
    return [Sheet("", partial(_replay, rows)) for rows in parser.tables]


def _replay(rows: list[list[str]], _: Progress) -> Iterator[list[str]]:
    return iter(rows)


class _Tables(HTMLParser):
    """Collects the text of cells; tags inside a cell are formatting."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self.open_tables = 0
        self._cell: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.open_tables += 1
            self.tables.append([])
        elif not self.open_tables:
            return
        elif tag == "tr":
            self._close_cell()
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self._close_cell()
            span = dict(attrs).get("colspan") or "1"
            self._span = min(int(span), _MOST_COLUMNS) if span.isdecimal() else 1
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th", "tr", "table"}:
            self._close_cell()
        if tag == "table" and self.open_tables:
            self.open_tables -= 1

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _close_cell(self) -> None:
        """Add the cell to the last row; the columns it spans beyond the first are empty."""
        if self._cell is not None and self.tables[-1]:
            self.tables[-1][-1].extend(["".join(self._cell).strip(" \t\r\n"), *[""] * (self._span - 1)])
        self._cell = None
