"""Numbers the rows of a table by their key: one integer is compared far faster than several texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

_LARGEST = 1 << 62

_MOST_STRETCHES_PER_DAY = 10
"""A day may be told by several files, one after the other; a table sorted otherwise has a stretch for nearly each row."""


def key_codes(columns: Iterable[pd.Series[Any]]) -> npt.NDArray[np.int64]:
    """An integer per row, equal where the keys are equal; shape (rows,).

    Args:
        columns: those that name a row together, at least one, each of shape (rows,); taken one after the other, since
            each may be large. A missing value is a value like others.
    """
    codes, size = np.empty(0, dtype=np.int64), 1
    for number, values in enumerate(columns):
        column, distinct = values.factorize(use_na_sentinel=False)
        if number == 0:
            codes, size = column.astype(np.int64, copy=False), max(len(distinct), 1)
            continue
        if len(distinct) <= 1:  # one word for all rows tells none apart
            continue
        if size * len(distinct) > _LARGEST:
            codes, found = pd.factorize(codes)
            size = len(found)
        codes = codes * len(distinct) + column
        size *= len(distinct)
    return codes


def key_numbers(columns: Iterable[pd.Series[Any]]) -> npt.NDArray[np.int64]:
    """`key_codes` counted in order of appearance: 0, 1, 2 ...; shape (rows,)."""
    return pd.factorize(key_codes(columns))[0].astype(np.int64, copy=False)


def key_numbers_by_day(table: pd.DataFrame, key: Sequence[str]) -> npt.NDArray[np.int64]:
    """`key_numbers` of a table with a column "date", far faster where days tell of the same keys in the same order.

    A shop's report names the same keywords day after day. Whether two days do is a comparison of texts side by side; to
    number them anew takes many times as long.

    Args:
        table: in the order of its days; another order is numbered the plain way.
        key: columns that name a row beside its day.
    """
    if table.empty:
        return np.empty(0, dtype=np.int64)
    days = day_stretches(table["date"])
    columns = [table[name].array for name in key]
    parts, new = [], []  # of each day, which of the new days it is
    for place, (start, stop) in enumerate(days):
        if not (place and _same(columns, days[place - 1], (start, stop))):
            new.append(np.arange(start, stop))
        parts.append(len(new) - 1)
    if not days or 2 * len(new) > len(days):
        return key_numbers(table[name] for name in key)
    rows = np.concatenate(new)
    numbers = key_numbers(pd.Series(column.take(rows)) for column in columns)
    of_new = np.split(numbers, np.cumsum([len(of) for of in new])[:-1])
    return np.concatenate([of_new[part] for part in parts])


def day_stretches(date: pd.Series[Any]) -> list[tuple[int, int]]:
    """First row of each stretch of one day, and the row after its last.

    Returns:
        Nothing where days are so scattered that comparing stretches would take longer than numbering all rows.
    """
    values = date.to_numpy()
    starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]])
    if len(starts) > _MOST_STRETCHES_PER_DAY * date.nunique(dropna=False):
        return []
    return list(pairwise([*starts.tolist(), len(values)]))


def _same(columns: Iterable[Any], one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two stretches of rows have the same key, row by row."""
    if one[1] - one[0] != other[1] - other[0]:
        return False
    return all(column[slice(*one)].equals(column[slice(*other)]) for column in columns)


def first_rows(numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The first row of each number that `key_numbers` gave, in their order; shape (distinct numbers,)."""
    so_far = np.maximum.accumulate(numbers)
    rows: npt.NDArray[np.int64] = np.flatnonzero(np.diff(so_far, prepend=-1))
    return rows
