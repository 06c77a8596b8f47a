"""Reads titles from a text file: one a line, or one column of a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from bidopt.domain.errors import ReportError
from bidopt.platforms.reading.delimited import encodings

TITLE_HEADINGS = ("title", "标题", "商品标题", "宝贝标题", "商品名称", "term", "搜索词", "keyword", "关键词")
"""Headings of the column that holds titles, or words that can stand for them; the first that a table has is taken."""


def read_titles(path: Path) -> list[str]:
    """The titles of a file, in their order, without blank ones.

    A table (.csv, .tsv, or lines with tabs) gives its column of titles; without a known heading, its first column.
    Encodings are found out.

    Raises:
        ReportError: the file cannot be read as text.
    """
    if not path.is_file():
        raise ReportError(f"没有文件 {path}", "核对路径；要的是每行一个标题的文本，或有 title 列的 csv/tsv")
    try:
        names, _ = encodings(lambda: path.open("rb"))
        return [title for title in map(str.strip, _titles(path, names[0])) if title]
    except (OSError, ReportError, csv.Error) as error:
        raise ReportError(f"{path} 读不了: {error}", "每行一个标题的文本，或有 title 列的 csv/tsv") from error


def _titles(path: Path, encoding: str) -> Iterator[str]:
    text = path.read_text(encoding=encoding)
    if path.suffix.lower() == ".csv":
        return _column(csv.reader(io.StringIO(text, newline="")))
    if "\t" in text.partition("\n")[0]:
        return _column(line.split("\t") for line in text.split("\n"))
    return iter(text.split("\n"))


def _column(table: Iterator[list[str]]) -> Iterator[str]:
    rows = (row for row in table if row)
    first = next(rows, [])
    headings = [cell.strip().lower() for cell in first]
    place = next((headings.index(heading) for heading in TITLE_HEADINGS if heading in headings), None)
    if place is None:
        place = 0
        yield first[0] if first else ""
    for row in rows:
        yield row[place] if place < len(row) else ""
