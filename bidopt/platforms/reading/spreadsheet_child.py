"""Turns a workbook on stdin into JSON lines on stdout, in a process of its own with little memory.

Run as a file, without bidopt: a hostile workbook can at worst end this process. Lines: {"sheet": name} opens a
sheet, a list is a row of texts, {"end": true} says that nothing is missing.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import sys

MEMORY = 2 << 30
MOST_CELLS = 20_000_000
MOST_COLUMNS = 2_000
EXACT = 1e15
"""Integers from here on have lost digits as floating point."""


def cell_text(value: object) -> str:
    """The text of a cell: plain digits, ISO dates, numbers of lost digits in scientific notation."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return number_text(float(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def number_text(value: float) -> str:
    """A number as text that reads back as the same number."""
    if not value.is_integer():
        return repr(value)
    return f"{value:.0f}" if abs(value) < EXACT else f"{value:.16e}"


def limit_memory() -> None:
    """Cap this process's memory where the system can."""
    try:
        import resource  # noqa: PLC0415  absent on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def convert(content: bytes, out: io.TextIOBase) -> None:
    """Write the sheets of a workbook as JSON lines."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum  # noqa: PLC0415  within the memory limit

    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for metadata in workbook.sheets_metadata:
        if metadata.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_name(metadata.name)
        if sheet.total_width > MOST_COLUMNS or sheet.total_height * sheet.total_width > MOST_CELLS:
            raise ValueError(f"sheet of {sheet.total_height} x {sheet.total_width} cells is too large")
        out.write(json.dumps({"sheet": metadata.name}) + "\n")
        out.writelines(json.dumps([cell_text(value) for value in row]) + "\n" for row in sheet.iter_rows())
    out.write(json.dumps({"end": True}) + "\n")


def main() -> None:
    """Read stdin, write stdout; one line on stderr says what is wrong."""
    limit_memory()
    try:
        with io.TextIOWrapper(sys.stdout.buffer, "utf-8", newline="\n") as out:
            convert(sys.stdin.buffer.read(), out)
    except Exception as error:  # noqa: BLE001  whatever a hostile file brings up
        sys.exit(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
