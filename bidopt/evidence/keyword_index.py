"""Numbers the keywords in play, so that everything after works on integer arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.domain.changes import KEYWORD_KEY
from bidopt.domain.metrics import Array

Ints = npt.NDArray[np.int64]

_NUMBERS = ["date", "reported_on", "impressions", "clicks", "cost", "conversions", "revenue", "bid"]


@dataclass(frozen=True)
class KeywordDays:
    """Keyword-days as arrays, each of shape (rows,).

    Args:
        keyword: row number in the keyword table.
        age: days from the fact's day to the decision morning; yesterday is 1.
        reported_age: days from the fact's day to the export that told it; at least 1.
        impressions, clicks, cost: as reported; unknown counts as nothing.
        conversions, revenue: as reported so far; 0 where `sales_known` is False.
        sales_known: whether the report told both; a row without them says nothing about value.
        bid: in force that day, as reported; NaN where the report does not say.
    """

    keyword: Ints
    age: Ints
    reported_age: Ints
    impressions: Array
    clicks: Array
    cost: Array
    conversions: Array
    revenue: Array
    sales_known: npt.NDArray[np.bool_]
    bid: Array

    def total(self, values: Array, keywords: int, rows: npt.NDArray[np.bool_] | None = None) -> Array:
        """Sum of `values` per keyword, over `rows` only where given; shape (keywords,)."""
        if rows is not None:
            return sums(self.keyword[rows], values[rows], keywords)
        return sums(self.keyword, values, keywords)


def sums(rows: Ints, values: Array, length: int) -> Array:
    """Sum of `values` by row number; shape (length,)."""
    return np.bincount(rows, values, minlength=length).astype(np.float64)


def group_numbers(table: pd.DataFrame, columns: list[str]) -> Ints:
    """Number the distinct combinations of text columns in order of appearance; shape (rows,)."""
    numbers = np.zeros(len(table), dtype=np.int64)
    for column in columns:
        codes, words = pd.factorize(table[column])
        numbers, _ = pd.factorize(numbers * max(len(words), 1) + codes)
    return numbers


def rows_of(
    table: pd.DataFrame, named: pd.DataFrame, key: tuple[str, ...]
) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Where each row of `table` stands in `named`.

    Args:
        table: rows to look up, with the key columns.
        named: one row per key.
        key: text columns that name a row.

    Returns:
        Row numbers in `named` of those rows of `table` that are found, and the mask of the found ones.
    """
    columns = list(key)
    numbers = group_numbers(pd.concat([named[columns], table[columns]], ignore_index=True), columns)
    row_of = np.full(numbers.max(initial=-1) + 1, -1, dtype=np.int64)
    row_of[numbers[: len(named)]] = np.arange(len(named))
    rows = row_of[numbers[len(named) :]]
    return rows[rows >= 0], rows >= 0


def index_days(keyword_days: pd.DataFrame, keywords: pd.DataFrame, as_of: pd.Timestamp) -> KeywordDays:
    """Keyword-days against the rows of the keyword table.

    Args:
        keyword_days: schema KEYWORD_DAYS.
        keywords: table with the KEYWORD_KEY columns, one row per keyword; days of other keywords are left out.
        as_of: decision morning.
    """
    keyword, known = rows_of(keyword_days, keywords, KEYWORD_KEY)
    days = keyword_days[_NUMBERS]
    if not known.all():
        days = days[known]
    sales_known = (days["conversions"].notna() & days["revenue"].notna()).to_numpy()
    all_known = bool(sales_known.all())

    def counts(name: str) -> Array:
        values: Array = days[name].to_numpy(dtype=np.float64)
        return np.nan_to_num(values) if np.isnan(values).any() else values  # no copy of millions without need

    return KeywordDays(
        keyword=keyword,
        age=(as_of - days["date"]).dt.days.to_numpy(dtype=np.int64),
        reported_age=np.maximum((days["reported_on"] - days["date"]).dt.days.to_numpy(dtype=np.int64), 1),
        impressions=counts("impressions"),
        clicks=counts("clicks"),
        cost=counts("cost"),
        conversions=counts("conversions") if all_known else counts("conversions") * sales_known,
        revenue=counts("revenue") if all_known else counts("revenue") * sales_known,
        sales_known=sales_known,
        bid=days["bid"].to_numpy(dtype=np.float64),
    )
