"""Delimited text in whatever encoding it came: decoded strictly, read in a stream, refused when cut off."""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from bidopt.domain.errors import ReportError
from bidopt.platforms.reading.plain_lines import stretches
from bidopt.platforms.reading.sheet import Progress, Sheet, Stretch, silent

HEADER_ROWS = 20
"""Rows among which the headings are looked for."""

AGAIN = "请重新下载或重新导出后再放进来"

Opener = Callable[[], BinaryIO]
Score = Callable[[Sequence[str]], int]

_BLOCK = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DELIMITERS = (",", "\t", ";")
_NO_SHEET = Sheet("", lambda _: iter(()))


def text_sheet(opened: Opener, known: Score) -> Sheet:
    """The sheet of a delimited text.

    Args:
        opened: starts reading the bytes anew.
        known: number of known headings in a row; decides between encodings and delimiters.

    Raises:
        ReportError: the bytes are damaged, or the text breaks off.
    """
    best, best_score = _NO_SHEET, -1
    names, ended = encodings(opened)
    for encoding in names:
        for delimiter in _DELIMITERS:
            text = _Text(opened, encoding, delimiter)
            sheet = Sheet("", text.rows, open_end=not ended, split=text.split)
            score = _score(sheet, known)
            if score > best_score:
                best, best_score = sheet, score
        if best_score > 0:
            break
    return best


def _score(sheet: Sheet, known: Score) -> int:
    """Most known headings in one of the first rows; a text that cannot be split this way scores none."""
    try:
        return max((known(row) for row in islice(sheet.rows(silent), HEADER_ROWS)), default=0)
    except ReportError:
        return 0


def encodings(opened: Opener, *, end: str = "\r\n") -> tuple[tuple[str, ...], bool]:
    """Encodings in which the whole text is valid, the likelier first, and whether it ends as a whole one does.

    The GBK bytes of some words are valid UTF-8, so UTF-8 is not yet certain when it fits: the headings decide.

    Args:
        opened: starts reading the bytes anew.
        end: characters one of which ends a whole text.

    Raises:
        ReportError: there is none, or the text holds NUL.
    """
    with opened() as file:
        start = file.read(4)
    for bom, encoding in _BOMS:
        if start.startswith(bom):
            return (encoding,), _survey(opened, encoding) in end
    try:
        return ("utf-8", "gb18030"), _survey(opened, "utf-8") in end
    except UnicodeDecodeError as error:
        if _mostly_utf8(error.object):
            raise ReportError(f"文件里有损坏的字符：{error.reason}", AGAIN) from error
        return ("gb18030",), _survey(opened, "gb18030") in end


def _mostly_utf8(block: bytes) -> bool:
    """Whether invalid UTF-8 is damaged UTF-8 rather than another encoding."""
    text = block.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    return sum(char > "\x7f" for char in text) - bad > bad


def _survey(opened: Opener, encoding: str) -> str:
    """Read the text once, so that nothing of a damaged one is ever used; its last character, "" where it is empty."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    last = ""
    with opened() as file:
        try:
            while True:
                block = file.read(_BLOCK)
                text = decoder.decode(block, final=not block)
                if "\0" in text:
                    raise ReportError("文件里有空字节 (NUL)，已经损坏或不是文本", AGAIN)
                last = text[-1:] or last
                if not block:
                    break
        except UnicodeDecodeError as error:
            if encoding == "utf-8":
                raise
            raise ReportError(
                f"文件编码无法识别（按 {encoding} 解码失败）", "请另存为 UTF-8 编码的 CSV"
            ) from error
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise ReportError(f"压缩包已损坏：{error}", AGAIN) from error
    return last


@dataclass(frozen=True)
class _Text:
    """A delimited text, read from the start as often as asked."""

    opened: Opener
    encoding: str
    delimiter: str

    def rows(self, progress: Progress) -> Iterator[list[str]]:
        """As `Sheet.rows`."""
        with (
            self._bytes(progress) as file,
            io.TextIOWrapper(file, self.encoding, newline="") as text,
        ):
            reader = csv.reader(text, delimiter=self.delimiter, strict=True)
            try:
                yield from reader
            except csv.Error as error:
                raise ReportError(f"第 {reader.line_num} 行的引号或分隔符不完整：{error}", AGAIN) from error
            except UnicodeDecodeError as error:
                raise ReportError(f"第 {reader.line_num} 行之后不是 {self.encoding} 编码", AGAIN) from error

    def split(
        self, progress: Progress, *, after: int, width: int, needed: Sequence[int]
    ) -> Iterator[Stretch]:
        """As `Sheet.split`."""
        with self._bytes(progress) as file:
            yield from stretches(file, self.encoding, self.delimiter, after=after, width=width, needed=needed)

    @contextmanager
    def _bytes(self, progress: Progress) -> Iterator[BinaryIO]:
        with self.opened() as file, io.BufferedReader(_Counted(file, progress), _BLOCK) as counted:
            yield counted


class _Counted(io.RawIOBase):
    """Bytes that report how far they were read."""

    def __init__(self, file: BinaryIO, progress: Progress) -> None:
        self._file = file
        self._progress = progress

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed: any buffer
        block = self._file.read(len(buffer))
        buffer[: len(block)] = block
        self._progress(len(block))
        return len(block)
