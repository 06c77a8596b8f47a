"""The shop's store of facts: immutable Parquet files, one manifest that names them, read by DuckDB in memory."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from bidopt.domain.table_schema import TableSchema
from bidopt.facts.batch import Batch
from bidopt.facts.batch_files import write_table
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.known_facts import days_known, known_facts, windows_in_sight
from bidopt.facts.manifest import (
    MANIFEST,
    BatchInfo,
    BatchRecord,
    FactFile,
    Manifest,
    batch_info,
    read_manifest,
    write_manifest,
)
from bidopt.facts.parquet_reader import ParquetReader
from bidopt.facts.report_days import with_report_days
from bidopt.facts.schemas import (
    CAMPAIGNS,
    DATED,
    KEYWORD_DAYS,
    KEYWORD_STATES,
    PRODUCTS,
    STORED,
)
from bidopt.facts.versions import count_reported_after, newest, restatements, snapshots

_SCHEMAS = {schema.name: schema for schema in STORED}
_BATCH_ID_LENGTH = 16
_TELLING_DAYS = {schema.name for schema in DATED} - {KEYWORD_STATES.name}


@dataclass(frozen=True)
class CommitResult:
    """What a commit did.

    Args:
        already: the same file was committed before; nothing was done.
    """

    already: bool


class Warehouse:
    """Facts of one shop. One writer at a time (the shop's lock sees to it); readers at any time.

    Args:
        folder: the shop's facts folder; made by the first commit.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._manifest_path = folder / MANIFEST
        self._reader = ParquetReader(folder)

    def commit(self, batch: Batch, reported_on: date) -> CommitResult:
        """Store a batch, whole or not at all.

        Days that are told again in the same bytes are the same export dropped again, unless it is now said to be
        older than it was taken for. A list or a snapshot with
        the bytes of an earlier one says that things are on its own report day as they were then.

        Args:
            batch: facts of one export.
            reported_on: report day of rows that state none.

        Raises:
            ReportError: a row states a report day before its day ended, or a dated row has no day.
            StoppedError: the manifest cannot be read.
            OSError: the disk is full; nothing is committed.
        """
        manifest = self._manifest()
        tables = {
            name: with_report_days(_SCHEMAS[name], table, reported_on, batch.source)
            for name, table in batch.tables.items()
            if len(table)
        }
        newest_report = max(
            (table["reported_on"].max().date() for table in tables.values()), default=reported_on
        )
        same = [record for record in manifest.batches if record.sha256 == batch.sha256]
        told = {record.newest_report for record in same}
        if same and (newest_report in told or (_tells_days(tables) and newest_report > min(told))):
            return CommitResult(already=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        name_on_disk = f"{batch.sha256[:_BATCH_ID_LENGTH]}-{newest_report:%Y%m%d}"
        files = tuple(
            file
            for name, table in sorted(tables.items())
            for file in write_table(self.folder, _SCHEMAS[name], table, name_on_disk)
        )
        record = _record(batch, reported_on, files)
        write_manifest(self._manifest_path, Manifest(batches=(*manifest.batches, record)))
        return CommitResult(already=False)

    def known_on(self, day: date, window_days: int = 120) -> FactTables:
        """What was known on the morning of `day`; product ids, match types, bids and budgets worked out.

        Args:
            day: decision day; rows of days before it count, keyword lists of the day itself too.
            window_days: days of history.

        Returns:
            Facts of which per key the newest report up to `day` counts, whatever the order of arrival; only
            of two reports of one day the later commit counts. Tables are sorted by key.

        Raises:
            StoppedError: the manifest or a file it names is missing, damaged or too new.
        """
        manifest = self._manifest()
        tables = {
            schema.name: newest(
                self._reader,
                schema,
                _files(manifest, schema.name, day),
                *days_known(schema, day, window_days),
                day,
            )
            for schema in STORED
        }
        keyword_files = _files(manifest, KEYWORD_DAYS.name, day)
        days = days_known(KEYWORD_DAYS, day, window_days)
        return known_facts(
            day,
            tables,
            restatements=restatements(self._reader, keyword_files, *days, day),
            campaign_lists=self._snapshots(manifest, CAMPAIGNS, day),
            product_lists=self._snapshots(manifest, PRODUCTS, day),
            attribution_windows=windows_in_sight(manifest.batches, day, window_days),
        )

    def _snapshots(self, manifest: Manifest, schema: TableSchema, day: date) -> pd.DataFrame:
        return snapshots(self._reader, schema, _files(manifest, schema.name, day), day)

    def newest_day(self) -> date | None:
        """Newest business day of any batch, keyword lists left aside; None where there are none."""
        days = [
            f.last_day
            for record in self._manifest().batches
            for f in record.files
            if f.table in _TELLING_DAYS and f.last_day
        ]
        return max(days, default=None)

    def days_of(self, schema: TableSchema) -> tuple[date, date] | None:
        """Oldest and newest business day that any batch told of a table; None where none did."""
        files = [f for record in self._manifest().batches for f in record.files if f.table == schema.name]
        told = [(f.first_day, f.last_day) for f in files if f.first_day and f.last_day]
        return (min(first for first, _ in told), max(last for _, last in told)) if told else None

    def newest_report(self) -> date | None:
        """Newest report day of any batch; None where there are none."""
        return max((record.newest_report for record in self._manifest().batches), default=None)

    def batches(self) -> tuple[BatchInfo, ...]:
        """All committed batches in the order of their commit."""
        return tuple(batch_info(seq, record) for seq, record in enumerate(self._manifest().batches))

    def reported_later(self, day: date) -> int:
        """Rows that `known_on(day)` does not see because their report was made after `day`."""
        files = [file for record in self._manifest().batches for file in record.files]
        return count_reported_after(self._reader, files, day)

    def attribution_windows(self, day: date, window_days: int = 120) -> dict[str, tuple[int, ...]]:
        """Platform -> the attribution windows, in days, of the batches that `known_on(day)` draws on."""
        return windows_in_sight(self._manifest().batches, day, window_days)

    def fingerprint(self, day: date) -> str:
        """Digest of what `known_on(day)` draws on; the order of commits changes it only where it matters.

        Order matters between two reports of the same rows made on the same day.
        """
        records = [r for r in self._manifest().batches if any(f.first_reported <= day for f in r.files)]
        seen = sorted(
            [r.sha256, *(_seen_as(f, day) for f in r.files if f.first_reported <= day)] for r in records
        )
        ties = sorted([_version(records[a]), _version(records[b])] for a, b in _ties(records))
        return hashlib.sha256(json.dumps([seen, ties]).encode()).hexdigest()

    def _manifest(self) -> Manifest:
        return read_manifest(self._manifest_path)


def _tells_days(tables: Mapping[str, pd.DataFrame]) -> bool:
    """Whether some table tells what happened on days, not how things stand."""
    return bool(tables.keys() & _TELLING_DAYS)


def _record(batch: Batch, reported_on: date, files: tuple[FactFile, ...]) -> BatchRecord:
    return BatchRecord(
        source=batch.source,
        sha256=batch.sha256,
        platform=batch.platform,
        report=batch.report,
        report_chinese=batch.report_chinese,
        reported_on=reported_on,
        attribution_window=batch.attribution_window,
        rows=batch.rows,
        duplicates=batch.duplicates,
        unknown_columns=batch.unknown_columns,
        totals=dict(batch.totals),
        currency=batch.currency,
        files=files,
    )


def _files(manifest: Manifest, table: str, day: date) -> list[FactFile]:
    """Files of a table with rows reported by `day`, in the order of their commit."""
    return [
        f for record in manifest.batches for f in record.files if f.table == table and f.first_reported <= day
    ]


def _seen_as(file: FactFile, day: date) -> str:
    return f"{file.path} {file.first_reported} {min(file.last_reported, day)}"


def _ties(records: list[BatchRecord]) -> set[tuple[int, int]]:
    """Pairs of batches, earlier first, that may state the same row on the same report day.

    One sweep per table over the days of its files meets only files that overlap.
    """
    by_table: dict[str, list[tuple[date, date, int, FactFile]]] = {}
    for seq, record in enumerate(records):
        for file in record.files:
            first, last = file.first_day or file.first_reported, file.last_day or file.last_reported
            by_table.setdefault(file.table, []).append((first, last, seq, file))
    pairs: set[tuple[int, int]] = set()
    for files in by_table.values():
        open_files: list[tuple[date, date, int, FactFile]] = []
        for found in sorted(files, key=lambda f: f[:3]):
            open_files = [other for other in open_files if other[1] >= found[0]]
            pairs |= {
                (min(found[2], other[2]), max(found[2], other[2]))
                for other in open_files
                if other[2] != found[2] and _same_report_day(found[3], other[3])
            }
            open_files.append(found)
    return pairs


def _same_report_day(one: FactFile, other: FactFile) -> bool:
    return one.first_reported <= other.last_reported and other.first_reported <= one.last_reported


def _version(record: BatchRecord) -> str:
    """What tells a batch from the others: the same list may be committed on several days."""
    return f"{record.sha256} {record.newest_report}"
