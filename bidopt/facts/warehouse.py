"""The shop's store of facts: immutable Parquet files, one manifest that names them, read by DuckDB in memory."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

from bidopt.facts.batch import Batch
from bidopt.facts.batch_files import write_table
from bidopt.facts.current_bids import current_bids
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.manifest import (
    BatchInfo,
    BatchRecord,
    FactFile,
    Manifest,
    batch_info,
    read_manifest,
    write_manifest,
)
from bidopt.facts.parquet_reader import ParquetReader
from bidopt.facts.products_of_ad_groups import with_products
from bidopt.facts.report_days import with_report_days
from bidopt.facts.schemas import CURRENT_BIDS, DATED, KEYWORD_DAYS, KEYWORD_STATES, STORED
from bidopt.facts.versions import count_known, count_reported_after, newest, restatements

_SCHEMAS = {schema.name: schema for schema in STORED}
_BATCH_ID_LENGTH = 16


@dataclass(frozen=True)
class CommitResult:
    """What a commit did.

    Args:
        already: the same file was committed before; nothing was done.
        tables: table -> rows stored.
        first_day: oldest business day in the batch; None where nothing is dated.
        last_day: newest business day.
        replaced: table -> rows whose key an earlier batch already held; the newer report of the two counts.
    """

    already: bool
    tables: Mapping[str, int] = field(default_factory=dict)
    first_day: date | None = None
    last_day: date | None = None
    replaced: Mapping[str, int] = field(default_factory=dict)


class Warehouse:
    """Facts of one shop. One writer at a time (the shop's lock sees to it); readers at any time.

    Args:
        folder: the shop's facts folder; made by the first commit.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._manifest_path = folder / "manifest.json"
        self._reader = ParquetReader(folder)

    def commit(self, batch: Batch, reported_on: date) -> CommitResult:
        """Store a batch, whole or not at all.

        Args:
            batch: facts of one export.
            reported_on: report day of rows that state none.

        Raises:
            ReportError: a row was reported before its day ended, or a dated row has no day.
            StoppedError: the manifest cannot be read.
            OSError: the disk is full; nothing is committed.
        """
        manifest = self._manifest()
        earlier = {record.sha256: seq for seq, record in enumerate(manifest.batches)}
        if batch.sha256 in earlier:
            info = batch_info(earlier[batch.sha256], manifest.batches[earlier[batch.sha256]])
            return CommitResult(
                already=True, tables=info.tables, first_day=info.first_day, last_day=info.last_day
            )
        tables = {
            name: with_report_days(_SCHEMAS[name], table, reported_on, batch.source)
            for name, table in batch.tables.items()
            if len(table)
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        files = tuple(
            file
            for name, table in sorted(tables.items())
            for file in write_table(self.folder, _SCHEMAS[name], table, batch.sha256[:_BATCH_ID_LENGTH])
        )
        replaced = self._replaced(manifest, files)
        record = _record(batch, reported_on, files)
        write_manifest(self._manifest_path, Manifest(batches=(*manifest.batches, record)))
        info = batch_info(len(manifest.batches), record)
        return CommitResult(
            already=False,
            tables=info.tables,
            first_day=info.first_day,
            last_day=info.last_day,
            replaced=replaced,
        )

    def known_on(self, day: date, window_days: int = 120) -> FactTables:
        """What was known on the morning of `day`, product ids and current bids worked out.

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
        first, yesterday = day - timedelta(days=window_days), day - timedelta(days=1)
        tables = {
            schema.name: newest(
                self._reader,
                schema,
                _files(manifest, schema.name, day),
                first,
                day if schema is KEYWORD_STATES else yesterday,
                day,
            )
            for schema in STORED
        }
        keyword_files = _files(manifest, KEYWORD_DAYS.name, day)
        grown = restatements(self._reader, keyword_files, first, yesterday, day)
        facts = with_products(FactTables(**tables, restatements=grown, current_bids=CURRENT_BIDS.empty()))
        bids = current_bids(facts.keyword_days, facts.keyword_states, day)
        return FactTables(**{**vars(facts), "current_bids": bids})

    def newest_day(self) -> date | None:
        """Newest business day of any batch, keyword lists left aside; None where there are none."""
        dated = {schema.name for schema in DATED} - {KEYWORD_STATES.name}
        days = [
            f.last_day
            for record in self._manifest().batches
            for f in record.files
            if f.table in dated and f.last_day
        ]
        return max(days, default=None)

    def batches(self) -> tuple[BatchInfo, ...]:
        """All committed batches in the order of their commit."""
        return tuple(batch_info(seq, record) for seq, record in enumerate(self._manifest().batches))

    def reported_later(self, day: date) -> int:
        """Rows that `known_on(day)` does not see because their report was made after `day`."""
        files = [file for record in self._manifest().batches for file in record.files]
        return count_reported_after(self._reader, files, day)

    def attribution_windows(self, day: date, window_days: int = 120) -> dict[str, tuple[int, ...]]:
        """Platform -> the attribution windows, in days, of the batches that `known_on(day)` draws on."""
        first = day - timedelta(days=window_days)
        found: dict[str, set[int]] = {}
        for record in self._manifest().batches:
            seen = any(
                f.first_reported <= day and f.last_day is not None and f.last_day >= first
                for f in record.files
            )
            if record.attribution_window is not None and seen:
                found.setdefault(record.platform, set()).add(record.attribution_window)
        return {platform: tuple(sorted(windows)) for platform, windows in sorted(found.items())}

    def fingerprint(self, day: date) -> str:
        """Digest of what `known_on(day)` draws on; the order of commits changes it only where it matters.

        Order matters between two reports of the same rows made on the same day.
        """
        records = [r for r in self._manifest().batches if any(f.first_reported <= day for f in r.files)]
        seen = sorted(
            [r.sha256, *(_seen_as(f, day) for f in r.files if f.first_reported <= day)] for r in records
        )
        ties = sorted([records[a].sha256, records[b].sha256] for a, b in _ties(records))
        return hashlib.sha256(json.dumps([seen, ties]).encode()).hexdigest()

    def _manifest(self) -> Manifest:
        return read_manifest(self._manifest_path)

    def _replaced(self, manifest: Manifest, files: tuple[FactFile, ...]) -> dict[str, int]:
        earlier = [file for record in manifest.batches for file in record.files]
        counts: dict[str, int] = {}
        for file in files:
            met = [other for other in earlier if other.meets(file)]
            known = count_known(self._reader, _SCHEMAS[file.table], file, met) if met else 0
            counts[file.table] = counts.get(file.table, 0) + known
        return counts


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
    """Pairs of batches, earlier first, that may state the same row on the same report day."""
    made_on: dict[date, list[int]] = {}
    for seq, record in enumerate(records):
        first, last = min(f.first_reported for f in record.files), max(f.last_reported for f in record.files)
        for offset in range((last - first).days + 1):
            made_on.setdefault(first + timedelta(days=offset), []).append(seq)
    pairs = {pair for batches in made_on.values() for pair in combinations(batches, 2)}
    return {(a, b) for a, b in pairs if _tie(records[a], records[b])}


def _tie(one: BatchRecord, other: BatchRecord) -> bool:
    """Whether both may state the same row on the same report day."""
    return any(
        a.meets(b) and a.first_reported <= b.last_reported and b.first_reported <= a.last_reported
        for a in one.files
        for b in other.files
    )
