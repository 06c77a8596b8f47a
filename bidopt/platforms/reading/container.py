"""What a file really is, by its bytes and not its name: workbook, zip of one, web page or delimited text."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from bidopt.domain.errors import ReportError
from bidopt.platforms.reading.delimited import AGAIN, Opener, Score, encodings, text_sheet
from bidopt.platforms.reading.html_table import html_sheets
from bidopt.platforms.reading.sheet import Sheet
from bidopt.platforms.reading.spreadsheet import workbook_sheets

MEGABYTE = 1 << 20
MOST_ENTRIES = 100
MOST_WORKBOOK = 50 * MEGABYTE
MOST_UNPACKED = 300 * MEGABYTE
MOST_PAGE = 100 * MEGABYTE
MOST_TEXT = 2 << 30
MOST_RATIO = 100

_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_BIFF = b"\xd0\xcf\x11\xe0"
_WORKBOOK_PARTS = {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}
_READABLE = {".csv", ".txt", ".tsv", ".xlsx", ".xls", ".xlsm", ".xlsb"}
_SPLIT = "请拆成几个较短日期范围的文件"


@contextmanager
def open_report(path: Path, known: Score) -> Iterator[list[Sheet]]:
    """The sheets of an exported file, readable while the context lasts.

    Args:
        path: the file.
        known: number of known headings in a row.

    Raises:
        ReportError: the file is empty, damaged, too large, or nothing that holds a table.
    """
    with ExitStack() as stack:
        yield _sheets(lambda: path.open("rb"), path.stat().st_size, known, stack, may_unpack=True)


def _sheets(opened: Opener, size: int, known: Score, stack: ExitStack, *, may_unpack: bool) -> list[Sheet]:
    with opened() as file:
        start = file.read(4)
    if not start:
        raise ReportError("文件是空的", AGAIN)
    if start == _EMPTY_ZIP:
        raise ReportError("压缩包是空的", AGAIN)
    if start == _ZIP:
        return _unzipped(opened, size, known, stack, may_unpack=may_unpack)
    if start == _BIFF:
        return workbook_sheets(_whole(opened, size), stack)
    if size > MOST_TEXT:
        raise ReportError(f"文件有 {size >> 20} MB，超过上限 {MOST_TEXT >> 20} MB", _SPLIT)
    if _is_page(opened):
        if size > MOST_PAGE:
            raise ReportError(f"网页表格有 {size >> 20} MB，超过上限 {MOST_PAGE >> 20} MB", _SPLIT)
        with opened() as file:
            names, ended = encodings(opened, end="> \t\r\n")
            if not ended:
                raise ReportError("网页表格不完整，可能没有下载完", AGAIN)
            return html_sheets(file.read().decode(names[0]))
    return [text_sheet(opened, known)]


def _is_page(opened: Opener) -> bool:
    """Whether the text starts as markup; a keyword may hold a tag, but no heading row starts with one."""
    with opened() as file:
        return file.read(4096).replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


def _whole(opened: Opener, size: int) -> bytes:
    if size > MOST_WORKBOOK:
        raise ReportError(
            f"工作簿有 {size >> 20} MB，超过上限 {MOST_WORKBOOK >> 20} MB", f"{_SPLIT}，或导出 CSV"
        )
    with opened() as file:
        return file.read()


def _unzipped(opened: Opener, size: int, known: Score, stack: ExitStack, *, may_unpack: bool) -> list[Sheet]:
    try:
        archive = stack.enter_context(zipfile.ZipFile(stack.enter_context(opened())))
        entries = [e for e in archive.infolist() if not e.is_dir()]
        if _WORKBOOK_PARTS & {e.filename for e in entries}:
            _check_directory(entries, MOST_UNPACKED)
            if broken := archive.testzip():
                raise ReportError(f"工作簿已损坏（{broken} 校验不符）", AGAIN)
            return workbook_sheets(_whole(opened, size), stack)
        if not may_unpack:
            raise ReportError("压缩包里还是压缩包", "请解压后把报表本身放进来")
        entry = _only_report(entries)
        _check_directory(entries, MOST_TEXT)
        return _sheets(
            lambda: cast("BinaryIO", archive.open(entry)), entry.file_size, known, stack, may_unpack=False
        )
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise ReportError(f"压缩包或工作簿已损坏：{error}", AGAIN) from error


def _only_report(entries: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    reports = [
        e
        for e in entries
        if PurePosixPath(e.filename).suffix.lower() in _READABLE and not e.filename.startswith("__MACOSX/")
    ]
    if len(reports) != 1:
        raise ReportError(
            f"压缩包里应当正好有一个 CSV 或 XLSX，实际有 {len(reports)} 个", "请解压后把文件逐个放进来"
        )
    return reports[0]


def _check_directory(entries: list[zipfile.ZipInfo], most: int) -> None:
    """Refuse what would fill memory or disk, by the directory alone; zipfile never reads beyond it."""
    unpacked, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
    if any(e.flag_bits & 1 for e in entries):
        raise ReportError("文件有密码", "请去掉密码（或解压）后把报表本身放进来")
    if len(entries) > MOST_ENTRIES:
        raise ReportError(f"压缩包里有 {len(entries)} 个文件，超过上限 {MOST_ENTRIES}", AGAIN)
    if unpacked > most:
        raise ReportError(f"解压后有 {unpacked >> 20} MB，超过上限 {most >> 20} MB", _SPLIT)
    if unpacked > MEGABYTE and unpacked > MOST_RATIO * max(packed, 1):
        raise ReportError(
            f"压缩比 {unpacked // max(packed, 1)} 倍，超过上限 {MOST_RATIO} 倍，不像报表", AGAIN
        )
