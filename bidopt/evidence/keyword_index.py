"""Numbers the keywords in play, so that everything after works on integer arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.domain.changes import KEYWORD_KEY
from bidopt.domain.key_numbers import first_rows, key_numbers, key_numbers_by_day
from bidopt.domain.metrics import Array

Ints = npt.NDArray[np.int64]

_NUMBERS = [
    "date",
    "reported_on",
    "impressions",
    "clicks",
    "cost",
    "conversions",
    "revenue",
    "bid",
    "quality_score",
    "average_rank",
]


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
        quality: quality score that day over today's; 1 where either is unknown.
        rank: average position shown; NaN where unknown.
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
    quality: Array
    rank: Array

    def total(self, values: Array, keywords: int, rows: npt.NDArray[np.bool_] | None = None) -> Array:
        """Sum of `values` per keyword, over `rows` only where given; shape (keywords,)."""
        if rows is not None:
            return sums(self.keyword[rows], values[rows], keywords)
        return sums(self.keyword, values, keywords)


def sums(rows: Ints, values: Array, length: int) -> Array:
    """Sum of `values` by row number; shape (length,)."""
    return np.bincount(rows, values, minlength=length).astype(np.float64)


def days_between(earlier: pd.Series[Any], later: pd.Series[Any] | pd.Timestamp) -> Ints:
    """Days from the one dates to the other, shape (rows,)."""
    passed = np.asarray(later, dtype="datetime64[D]") - np.asarray(earlier, dtype="datetime64[D]")
    days: Ints = passed.view(np.int64)
    return days


def sorted_by(table: pd.DataFrame, key: tuple[str, ...]) -> pd.DataFrame:
    """The table in the order of its text columns `key`, rows numbered anew."""
    return table.take(key_order(table, key)).reset_index(drop=True)


def key_order(table: pd.DataFrame, key: tuple[str, ...]) -> Ints:
    """Rows of a table in the order of its text columns `key`, shape (rows,)."""
    columns = [pd.factorize(table[column], sort=True)[0] for column in reversed(key)]
    order: Ints = np.lexsort(columns)
    return order


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
    if table.empty:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.bool_)
    numbers = key_numbers(pd.concat([named[column], table[column]], ignore_index=True) for column in key)
    row_of = np.full(numbers.max(initial=-1) + 1, -1, dtype=np.int64)
    row_of[numbers[: len(named)]] = np.arange(len(named))
    rows = row_of[numbers[len(named) :]]
    return rows[rows >= 0], rows >= 0


def index_days(keyword_days: pd.DataFrame, keywords: pd.DataFrame, as_of: pd.Timestamp) -> KeywordDays:
    """Keyword-days against the rows of the keyword table.

    Args:
        keyword_days: schema KEYWORD_DAYS.
        keywords: schema CURRENT_BIDS, one row per keyword; days of other keywords are left out.
        as_of: decision morning.
    """
    numbers = key_numbers_by_day(keyword_days, KEYWORD_KEY)
    distinct = keyword_days[list(KEYWORD_KEY)].take(first_rows(numbers))
    rows, found = rows_of(distinct, keywords, KEYWORD_KEY)
    row_of = np.full(len(distinct), -1, dtype=np.int64)
    row_of[found] = rows
    keyword = row_of[numbers]
    known = keyword >= 0
    keyword = keyword if known.all() else keyword[known]
    days = keyword_days if known.all() else keyword_days.loc[known, _NUMBERS]
    date = days["date"]
    sales_known = ~(np.isnan(days["conversions"].to_numpy()) | np.isnan(days["revenue"].to_numpy()))
    all_known = bool(sales_known.all())

    def counts(name: str) -> Array:
        values: Array = days[name].to_numpy()
        return np.nan_to_num(values) if np.isnan(values).any() else values  # no copy of millions without need

    return KeywordDays(
        keyword=keyword,
        age=days_between(date, as_of),
        reported_age=np.maximum(days_between(date, days["reported_on"]), 1),
        impressions=counts("impressions"),
        clicks=counts("clicks"),
        cost=counts("cost"),
        conversions=counts("conversions") if all_known else counts("conversions") * sales_known,
        revenue=counts("revenue") if all_known else counts("revenue") * sales_known,
        sales_known=sales_known,
        bid=days["bid"].to_numpy(),
        quality=_quality(days["quality_score"].to_numpy(), keywords["quality_score"].to_numpy(), keyword),
        rank=_rank(days["average_rank"].to_numpy()),
    )


def days_since(keyword_days: pd.DataFrame, first: pd.Timestamp) -> pd.DataFrame:
    """The rows from `first` on; of rows in the order of their days a view, for a copy costs most of the memory."""
    date_ = keyword_days["date"]
    if date_.is_monotonic_increasing:
        return keyword_days.iloc[date_.searchsorted(first) :]
    return keyword_days[date_ >= first]


def reported_ages(keyword_days: pd.DataFrame, morning: pd.Timestamp) -> dict[str, tuple[int, ...]]:
    """The ages, newest first, of the days on which each platform reported anything."""
    number, platforms = pd.factorize(keyword_days["platform"], sort=True)
    age = days_between(keyword_days["date"], morning)
    return {
        str(platform): tuple(np.flatnonzero(np.bincount(age[number == row])).tolist())
        for row, platform in enumerate(platforms)
    }


def _rank(told: Array) -> Array:
    return np.broadcast_to(np.nan, len(told)) if np.isnan(told).all() else told  # in one place of memory


def _quality(that_day: Array, today: Array, keyword: Ints) -> Array:
    change = that_day / today[keyword]
    known = (change > 0) & np.isfinite(change)
    if not np.any(known & (change != 1)):
        return np.broadcast_to(1.0, len(keyword))  # in one place of memory
    return np.where(known, change, 1.0)
