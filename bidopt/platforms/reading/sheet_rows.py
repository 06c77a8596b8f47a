"""The rows of one sheet in one format -> typed columns, with totals, blank lines and damage told apart."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from bidopt.domain.errors import ReportError
from bidopt.platforms.reading import cells
from bidopt.platforms.reading.columns import CellError, Converter, Values, joined
from bidopt.platforms.reading.delimited import AGAIN
from bidopt.platforms.reading.headings import Located, Recognised
from bidopt.platforms.reading.sheet import Progress, Sheet, Stretch, silent
from bidopt.platforms.reading.totals import is_mark

_CELLS_AT_ONCE = 1_200_000
_ROWS_AT_ONCE = 500
"""Few enough that the garbage collector never sees many rows alive: twice as fast as large batches."""

_HINT = "请改正这一格，或重新导出原始报表；不要用表格软件打开再保存"


@dataclass(frozen=True)
class SheetRows:
    """What the rows of a sheet say.

    Args:
        frame: typed columns by field name; the index is the row number in the file.
        totals: row number and cells by column name of each totals row.
    """

    frame: pd.DataFrame
    totals: tuple[tuple[int, Mapping[str, str]], ...]


@dataclass(frozen=True)
class _Block:
    """Some rows, column by column.

    Args:
        numbers: row numbers in the file, shape (rows,).
        texts: index of a column -> StringArray of its cells.
    """

    numbers: npt.NDArray[np.int64]
    texts: Mapping[int, Any]

    def without(self, rows: Collection[int]) -> _Block:
        """The other rows than those at the given places."""
        kept = np.delete(np.arange(len(self.numbers)), list(rows))
        return _Block(
            self.numbers[kept], {at: texts.take(pa.array(kept)) for at, texts in self.texts.items()}
        )


def read_rows(sheet: Sheet, recognised: Recognised, progress: Progress) -> SheetRows:
    """Read a sheet as the report it was recognised as.

    Raises:
        ReportError: a cell is not what its column holds (row, heading and value are named), or a row is damaged.
    """
    needed = sorted({c.index for c in (*recognised.columns, *(last for _, last in recognised.periods))})
    first = recognised.header_row
    if sheet.split is not None:
        try:
            found = sheet.split(progress, after=first, width=recognised.width, needed=needed)
            return _typed(_blocks(found, recognised, needed), recognised)
        except (ReportError, csv.Error, UnicodeDecodeError):
            progress = silent  # the slower reader goes over it again, and says what is wrong and where
    rows = islice(sheet.rows(progress), first, None)
    return _typed(_blocks(iter([rows]), recognised, needed), recognised)


def _typed(blocks: Iterator[_Block], recognised: Recognised) -> SheetRows:
    converters = [Converter(c, recognised.report.described(_filled(c))) for c in recognised.columns]
    chunks: dict[str, list[Values]] = defaultdict(list)
    numbers: list[npt.NDArray[np.int64]] = []
    totals: list[tuple[int, Mapping[str, str]]] = []
    for raw in blocks:
        block = _data(raw, recognised, totals)
        _check_periods(block, recognised)
        for converter in converters:
            for name, values in _convert(converter, block, recognised).items():
                chunks[name].append(values)
        numbers.append(block.numbers)
    if not sum(map(len, numbers)):
        raise ReportError("报表里没有数据行", "请确认所选日期内有数据，再重新导出")
    frame = pd.DataFrame({name: joined(chunks.pop(name)) for name in list(chunks)}, copy=False)
    return SheetRows(frame.set_axis(pd.Index(np.concatenate(numbers))), tuple(totals))


def _filled(column: Located) -> str:
    return f"{column.field.column}_low" if column.field.kind == "range" else column.field.column


def _blocks(stretches: Iterator[Stretch], recognised: Recognised, needed: Sequence[int]) -> Iterator[_Block]:
    """The rows below the headings, column by column; only the columns that are asked for."""
    number = recognised.header_row
    for stretch in stretches:
        if isinstance(stretch, Mapping):
            rows = len(stretch[needed[0]])
            yield _Block(np.arange(number + 1, number + 1 + rows), stretch)
            number += rows
        else:
            number = yield from _transposed(stretch, number, recognised.width, needed)


def _transposed(
    rows: Iterator[list[str]], number: int, width: int, needed: Sequence[int]
) -> Generator[_Block, None, int]:
    """The rows after row `number`, column by column; returns the number of the last row."""
    most = max(_CELLS_AT_ONCE // width, _ROWS_AT_ONCE)
    while True:
        texts: dict[int, list[str]] = {at: [] for at in needed}
        numbers: list[int] = []
        while len(numbers) < most and (batch := list(islice(rows, _ROWS_AT_ONCE))):
            numbered: Sequence[int] = range(number + 1, number + 1 + len(batch))
            number += len(batch)
            if set(map(len, batch)) != {width}:
                numbered, batch = _regular(numbered, batch, width)
            numbers.extend(numbered)
            columns = list(zip(*batch, strict=True)) or [()] * width
            for at, column in texts.items():
                column.extend(columns[at])
        if not numbers:
            return number
        yield _Block(
            np.array(numbers, dtype=np.int64),
            {at: pa.array(column, pa.string()) for at, column in texts.items()},
        )


def _regular(numbers: Sequence[int], rows: list[list[str]], width: int) -> tuple[list[int], list[list[str]]]:
    """The rows without blank lines.

    Raises:
        ReportError: a row has more or fewer cells than there are headings.
    """
    kept = [
        (number, row) for number, row in zip(numbers, rows, strict=True) if any(cell.strip() for cell in row)
    ]
    for number, row in kept:
        if len(row) != width:
            raise ReportError(f"第 {number} 行有 {len(row)} 格，表头有 {width} 格，文件不完整或被改坏", AGAIN)
    return [number for number, _ in kept], [row for _, row in kept]


def _data(block: _Block, recognised: Recognised, totals: list[tuple[int, Mapping[str, str]]]) -> _Block:
    """The block without blank lines and totals rows; the latter are added to `totals`."""
    dated = next((c for c in recognised.columns if c.field.kind == "date" and c.field.required), None)
    anchor = dated or next(c for c in recognised.columns if c.field.required)
    suspicious: Callable[[str], bool] = (
        _no_day if dated else lambda text: cells.is_null(text) or is_mark(text)
    )
    anchors = block.texts[anchor.index]
    odd = [text for text in pc.unique(anchors).to_pylist() if suspicious(text)]
    if not odd:
        return block
    names = [c for c in recognised.columns if c.field.kind in {"text", "id", "word", "date"}]
    dropped = []
    for i in np.flatnonzero(pc.is_in(anchors, value_set=pa.array(odd, pa.string()))).tolist():
        row = {at: texts[i].as_py() for at, texts in block.texts.items()}
        said = [row[c.index] for c in names if not cells.is_null(row[c.index])]
        # A keyword may be the word 合计: only a row that says nothing else is a total.
        if any(map(is_mark, said)) and (dated or len(said) == 1):
            figures = {c.field.column: row[c.index] for c in recognised.columns}
            totals.append((int(block.numbers[i]), figures))
            dropped.append(i)
        elif not any(text.strip() for text in row.values()):
            dropped.append(i)
    return block.without(dropped)


def _no_day(text: str) -> bool:
    try:
        return cells.parse_date(text) is None
    except ValueError:
        return True


def _check_periods(block: _Block, recognised: Recognised) -> None:
    """Refuse rows that start on one day and end on another."""
    for first, last in recognised.periods:
        starts, ends = block.texts[first.index].to_pylist(), block.texts[last.index].to_pylist()
        longer = {pair for pair in set(zip(starts, ends, strict=True)) if _is_period(*pair)}
        if longer:
            at = next(i for i, pair in enumerate(zip(starts, ends, strict=True)) if pair in longer)
            raise ReportError(
                f"第 {block.numbers[at]} 行从 {starts[at]} 到 {ends[at]}，是多天合计，不是一天",
                recognised.report.daily,
            )


def _is_period(first: str, last: str) -> bool:
    """Whether two cells name two days; what is no day is refused with its column later."""
    try:
        end = cells.parse_date(last)
        return end is not None and end != cells.parse_date(first)
    except ValueError:
        return False


def _convert(converter: Converter, block: _Block, recognised: Recognised) -> dict[str, Values]:
    column = converter.located
    texts = block.texts[column.index]
    try:
        return converter(texts)
    except CellError as error:
        hint = recognised.report.daily if error.period else _HINT
        raise ReportError(
            f"第 {block.numbers[error.index]} 行「{column.heading}」的值 {texts[error.index].as_py()!r} {error.reason}",
            hint,
        ) from error
