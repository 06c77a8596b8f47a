"""Workbooks (xlsx, xlsb, ods, BIFF xls), parsed in a child process that can do no harm."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bidopt.domain.errors import ReportError
from bidopt.platforms.reading import spreadsheet_child
from bidopt.platforms.reading.sheet import Progress, Sheet

_TIMEOUT_SECONDS = 180
_HINT = "请用 Excel 或 WPS 打开，另存为 xlsx 或 CSV 后再放进来"


def workbook_sheets(content: bytes, stack: ExitStack) -> list[Sheet]:
    """The sheets of a workbook; their rows live in a temporary file until `stack` closes.

    Raises:
        ReportError: the workbook is damaged, protected by a password, or too large to read safely.
    """
    rows = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  the stack closes it
    command = [sys.executable, "-P", str(Path(spreadsheet_child.__file__))]
    try:
        child = subprocess.run(  # noqa: S603  our own file under our own interpreter
            command, input=content, stdout=rows, stderr=subprocess.PIPE, timeout=_TIMEOUT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ReportError(f"工作簿在 {_TIMEOUT_SECONDS} 秒内读不完", _HINT) from error
    if child.returncode < 0:  # ended by the system, mostly for want of memory
        raise ReportError("工作簿里的表格太大或已损坏，读不下", _HINT)
    if child.returncode > 0:
        last = child.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise ReportError(f"工作簿打不开，可能已损坏或有密码：{last[:200]}", _HINT)
    return _sheets(rows)


def _sheets(rows: IO[bytes]) -> list[Sheet]:
    """Find where each sheet starts; the child's closing line says that none is missing."""
    rows.seek(0)
    found: list[Sheet] = []
    complete = False
    while line := rows.readline():
        if line.startswith(b"{"):
            mark = json.loads(line)
            complete = "end" in mark
            if not complete:
                found.append(Sheet(mark["sheet"], _Rows(rows, rows.tell())))
    if not complete:
        raise ReportError("工作簿没有读完", _HINT)
    return found


@dataclass(frozen=True)
class _Rows:
    """Reads the rows of one sheet from its place in the temporary file."""

    file: IO[bytes]
    start: int

    def __call__(self, _: Progress) -> Iterator[list[str]]:
        at = self.start
        while True:
            self.file.seek(at)
            line = self.file.readline()
            at = self.file.tell()
            if not line.startswith(b"["):
                return
            yield json.loads(line)
