"""The warehouse walked forward morning by morning: each file is read once, however many mornings ask."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from pathlib import Path

import pandas as pd

from bidopt.facts.fact_tables import FactTables
from bidopt.facts.growth_history import GrowthHistory
from bidopt.facts.known_facts import days_known, known_facts, windows_in_sight
from bidopt.facts.manifest import MANIFEST, FactFile, read_manifest
from bidopt.facts.parquet_reader import ParquetReader, select_list, to_frame
from bidopt.facts.schemas import CAMPAIGNS, DATED, KEYWORD_DAYS, PRODUCTS, STORED
from bidopt.facts.table_history import TableHistory, by_report, joined
from bidopt.facts.versions import lists

_SCHEMAS = {schema.name: schema for schema in STORED}


class FactHistory:
    """The facts of one shop, as they stood when this was made, for decisions on one morning after the other.

    `known_on` gives what `Warehouse.known_on` gives. It remembers what the last morning knew and adds the reports
    made since: memory for the days of one window, no matter how often exports told each day again. An earlier
    morning or a longer window than the last one asked for starts over from the files.

    Args:
        folder: the shop's facts folder.

    Raises:
        StoppedError: the manifest is damaged or too new.
    """

    def __init__(self, folder: Path) -> None:
        self._reader = ParquetReader(folder)
        self._records = read_manifest(folder / MANIFEST).batches
        self._files = list(enumerate(file for record in self._records for file in record.files))
        self._start_over()

    def known_on(self, day: date, window_days: int = 120) -> FactTables:
        """What was known on the morning of `day`; see `Warehouse.known_on`.

        Raises:
            StoppedError: a file that the manifest names is missing or damaged.
        """
        first, _ = days_known(KEYWORD_DAYS, day, window_days)
        if day < self._day or first < self._first:
            self._start_over()
        self._walk_to(day, first)
        return known_facts(
            day,
            {
                schema.name: self._tables[schema.name].known(*days_known(schema, day, window_days))
                for schema in STORED
            },
            restatements=self._growth.known(*days_known(KEYWORD_DAYS, day, window_days)),
            campaign_lists=joined(CAMPAIGNS, self._lists[CAMPAIGNS.name]),
            product_lists=joined(PRODUCTS, self._lists[PRODUCTS.name]),
            attribution_windows=windows_in_sight(self._records, day, window_days),
        )

    def told_late(self, first: date, morning: date) -> frozenset[str]:
        """Names of the dated tables in which some platform's day was first told after the morning that follows it.

        Args:
            first: oldest day asked about.
            morning: days before it may have been told as late as on it.
        """
        late = set()
        for schema in DATED:
            files = [f for _, f in self._files if f.table == schema.name and (f.last_day or morning) >= first]
            if not files:
                continue
            sql = """
                SELECT 1 FROM read_parquet($paths) WHERE date >= $first GROUP BY platform, date
                HAVING min(reported_on) > greatest(date + 1, $morning) LIMIT 1
            """
            values = {"paths": self._reader.paths(files), "first": first, "morning": morning}
            if self._reader.tables([(sql, values)])[0].num_rows:
                late.add(schema.name)
        return frozenset(late)

    def _start_over(self) -> None:
        self._day = self._first = date.min
        self._unread = self._files
        self._tables = {schema.name: TableHistory(schema) for schema in STORED}
        self._growth = GrowthHistory()
        self._lists: dict[str, list[pd.DataFrame]] = {CAMPAIGNS.name: [], PRODUCTS.name: []}

    def _walk_to(self, day: date, first: date) -> None:
        """Let go of the days before `first`, and learn what reports told up to `day`, one report day at a time."""
        self._day, self._first = day, first
        self._growth.forget(first)
        for table in self._tables.values():
            table.forget(first)
        visible = [(number, file) for number, file in self._unread if file.first_reported <= day]
        self._unread = [(number, file) for number, file in self._unread if file.first_reported > day]
        wanted = [(number, file) for number, file in visible if (file.last_day or day) >= first]
        wanted.sort(key=lambda numbered: numbered[1].first_reported)
        for morning, files in groupby(wanted, key=lambda numbered: numbered[1].first_reported):
            self._take_in(list(files))
            self._learn(morning)
        self._learn(day)

    def _take_in(self, files: list[tuple[int, FactFile]]) -> None:
        parts = self._reader.tables([_query(self._reader, file, self._first) for _, file in files])
        parts.reverse()
        for number, file in files:
            schema = _SCHEMAS[file.table]
            self._tables[schema.name].take_in(number, to_frame(schema, [parts.pop()]))

    def _learn(self, morning: date) -> None:
        for schema in STORED:
            told = self._tables[schema.name].learn(morning)
            if schema is KEYWORD_DAYS:
                self._growth.learn(told)
            elif schema in (CAMPAIGNS, PRODUCTS):
                self._lists[schema.name] += [rows for _, rows in by_report(told, schema.key)]


def _query(reader: ParquetReader, file: FactFile, first: date) -> tuple[str, dict[str, object]]:
    """The rows of a file from `first` on, in its order: sorted by key."""
    schema = _SCHEMAS[file.table]
    if schema in DATED:
        source = "read_parquet($paths) WHERE date >= $first"
        values: dict[str, object] = {"paths": reader.paths([file]), "first": first}
    else:
        source, values = lists(reader, schema, [file], file.last_reported)
    return f"SELECT {select_list(schema)} FROM {source}", values  # noqa: S608  only names of our own schemas
