"""One stored table as it became known, morning after morning: each row is taken in once and kept as it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.domain.key_numbers import key_numbers
from bidopt.domain.table_schema import TableSchema
from bidopt.facts.schemas import DATED

_UNDATED = pd.Timestamp(0).as_unit("s")
"""Stands in for the day of tables that have none."""


@dataclass(frozen=True)
class Told:
    """What one file said about one day.

    Args:
        day: the day; of an undated table always the same.
        reported_on: report day of all rows.
        file: position of the file in the order of commits.
        rows: of the table's schema, sorted by key.
    """

    day: pd.Timestamp
    reported_on: pd.Timestamp
    file: int
    rows: pd.DataFrame


class TableHistory:
    """What is known of a table, by day, and what is told by reports yet to be made.

    Args:
        schema: of the table.
    """

    def __init__(self, schema: TableSchema) -> None:
        self._schema = schema
        self._known: dict[pd.Timestamp, pd.DataFrame] = {}
        self._waiting: list[Told] = []
        self._texts: dict[str, Any] = {}

    def take_in(self, file: int, rows: pd.DataFrame) -> None:
        """Take in a file's rows; they are known once `learn` reaches their report day.

        Args:
            file: position of the file in the order of commits.
            rows: of the table's schema, sorted by key; not kept.
        """
        days = rows["date"] if self._schema in DATED else pd.Series(_UNDATED, index=rows.index)
        parts: Any = rows.groupby([days, rows["reported_on"]], sort=False).indices
        for (day, reported_on), places in parts.items():
            self._waiting.append(Told(day, reported_on, file, self._own(rows, places)))

    def learn(self, morning: date) -> list[Told]:
        """Let the reports made up to `morning` be known.

        Returns:
            What became known: the earlier report first, of one report day the earlier commit.
        """
        limit = pd.Timestamp(morning)
        ready = [told for told in self._waiting if told.reported_on <= limit]
        self._waiting = [told for told in self._waiting if told.reported_on > limit]
        ready.sort(key=lambda told: (told.reported_on, told.day, told.file))
        for told in ready:
            self._known[told.day] = laid_over(self._known.get(told.day), told.rows, self._schema.key)
        return ready

    def forget(self, first: date) -> None:
        """Let go of the days before `first`."""
        if self._schema in DATED:
            limit = pd.Timestamp(first)
            self._known = {day: rows for day, rows in self._known.items() if day >= limit}
            self._waiting = [told for told in self._waiting if told.day >= limit]

    def known(self, first: date, last: date) -> pd.DataFrame:
        """The rows known of the days from `first` to `last`, both included, sorted by key; all of an undated table."""
        days = sorted(self._known)
        if self._schema in DATED:
            days = [day for day in days if pd.Timestamp(first) <= day <= pd.Timestamp(last)]
        return joined(self._schema, [self._known[day] for day in days])

    def _own(self, rows: pd.DataFrame, places: npt.NDArray[np.intp]) -> pd.DataFrame:
        """Copies of some rows, so that the file they came from can go; texts told the day before are kept once."""
        columns: dict[str, Any] = {}
        in_a_row = len(places) == places[-1] - places[0] + 1
        for column in self._schema.columns:
            told = rows[column.name].array
            if column.dtype == "text" and in_a_row:
                same = self._texts.get(column.name)
                if same is not None and same.equals(
                    told[places[0] : places[-1] + 1]
                ):  # a view: nothing is copied
                    columns[column.name] = same
                    continue
            columns[column.name] = values = told.take(places)
            if column.dtype == "text":
                self._texts[column.name] = values
        return pd.DataFrame(columns, copy=False)


def by_report(
    reports: Iterable[Told],
    key: Iterable[str],
    part: Callable[[pd.DataFrame], pd.DataFrame] = lambda rows: rows,
) -> Iterator[tuple[pd.Timestamp, pd.DataFrame]]:
    """What each report day told of each day; where several files of one report day tell a row, the later commit counts.

    Args:
        reports: in the order of `TableHistory.learn`.
        key: of their table.
        part: the rows of a file that take part.
    """
    for (_, day), files in groupby(reports, key=lambda told: (told.reported_on, told.day)):
        rows: pd.DataFrame | None = None
        for told in files:
            rows = laid_over(rows, part(told.rows), key)
        if rows is not None:
            yield day, rows


def joined(schema: TableSchema, parts: list[pd.DataFrame]) -> pd.DataFrame:
    """One table of all parts, in their order."""
    return pd.concat(parts, ignore_index=True) if parts else schema.empty()


def laid_over(older: pd.DataFrame | None, newer: pd.DataFrame, key: Iterable[str]) -> pd.DataFrame:
    """The rows of both, sorted by key; the newer where both have one."""
    if older is None:
        return newer
    names = list(key)
    left = np.ones(len(older), dtype=bool)
    place = places_in(older, newer, names)
    left[place[place >= 0]] = False
    if not left.any():
        return newer
    return pd.concat([older[left], newer]).sort_values(names, ignore_index=True)


def places_in(older: pd.DataFrame, newer: pd.DataFrame, key: list[str]) -> npt.NDArray[np.int64]:
    """Row of `older` that has the key of each row of `newer`, -1 where none has; shape (len(newer),)."""
    if len(older) == len(newer) and all(older[name].array.equals(newer[name].array) for name in key):
        return np.arange(len(newer))  # most exports tell the same keywords again
    numbers = key_numbers(pd.concat([older[name], newer[name]], ignore_index=True) for name in key)
    row_of = np.full(numbers.max(initial=-1) + 1, -1, dtype=np.int64)
    row_of[numbers[: len(older)]] = np.arange(len(older))
    return row_of[numbers[len(older) :]]
