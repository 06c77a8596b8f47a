"""Numbers the rows of a table by their key: one integer is compared far faster than several texts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

_LARGEST = 1 << 62


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
