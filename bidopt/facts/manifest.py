"""The list of committed batches: a batch exists if, and only if, the manifest names it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bidopt.domain.errors import StoppedError
from bidopt.facts.atomic_file import write_atomically

MANIFEST = "manifest.json"
"""Name of the file in the facts folder."""

VERSION = 1
"""Format this bidopt reads and writes; a higher number was written by a newer bidopt."""

_STRICT = ConfigDict(frozen=True, extra="forbid")


class FactFile(BaseModel):
    """One Parquet file of a batch.

    Days are None where the table has no days (or its rows carry none).
    """

    model_config = _STRICT

    table: str
    path: str = Field(description="below the facts folder, with forward slashes")
    rows: int = Field(ge=0)
    size: int = Field(ge=0, description="bytes; tells a truncated copy from a whole one")
    first_day: date | None
    last_day: date | None
    first_reported: date
    last_reported: date

    def covers(self, day: date) -> bool:
        """Whether rows of `day` may stand in this file."""
        return (
            self.first_day is not None
            and self.last_day is not None
            and self.first_day <= day <= self.last_day
        )

    @property
    def rows_per_day(self) -> float:
        """Rows of an average day in the file; all of them where it has no days."""
        if self.first_day is None or self.last_day is None:
            return float(self.rows)
        return self.rows / ((self.last_day - self.first_day).days + 1)


class BatchRecord(BaseModel):
    """A committed batch as the manifest keeps it; fields as in `Batch`."""

    model_config = _STRICT

    source: str
    sha256: str
    platform: str
    report: str
    report_chinese: str
    reported_on: date
    attribution_window: int | None
    rows: int
    duplicates: int
    unknown_columns: tuple[str, ...]
    totals: dict[str, float]
    currency: str = ""
    files: tuple[FactFile, ...]

    @property
    def newest_report(self) -> date:
        """Newest report day of its rows."""
        return max((file.last_reported for file in self.files), default=self.reported_on)


class Manifest(BaseModel):
    """All committed batches, in the order of their commit."""

    model_config = _STRICT

    version: int = VERSION
    batches: tuple[BatchRecord, ...] = ()


@dataclass(frozen=True)
class BatchInfo:
    """What is known of a committed batch.

    Args:
        seq: position in the order of commits, from 0.
        source: file name.
        sha256: digest of the file's bytes.
        platform: platform that recognised it.
        report: code name of the report, `report_chinese` its Chinese name.
        reported_on: report day given at commit; rows that state their own keep theirs.
        rows: data rows read from the file.
        duplicates: exact repetitions dropped.
        tables: table -> rows stored.
        first_day: oldest business day; None where nothing is dated.
        last_day: newest business day.
        attribution_window: days within which an order counts for a click; None where not stated.
        unknown_columns: headings nobody asked for.
        totals: the file's own totals row.
        currency: ISO code of its money; "" where not stated.
    """

    seq: int
    source: str
    sha256: str
    platform: str
    report: str
    report_chinese: str
    reported_on: date
    rows: int
    duplicates: int
    tables: Mapping[str, int]
    first_day: date | None
    last_day: date | None
    attribution_window: int | None
    unknown_columns: tuple[str, ...] = ()
    totals: Mapping[str, float] = field(default_factory=dict)
    currency: str = ""


def batch_info(seq: int, record: BatchRecord) -> BatchInfo:
    """The record of batch `seq` for readers."""
    tables: dict[str, int] = {}
    for file in record.files:
        tables[file.table] = tables.get(file.table, 0) + file.rows
    same = record.model_dump(exclude={"files"})
    return BatchInfo(
        seq=seq,
        tables=tables,
        first_day=min((f.first_day for f in record.files if f.first_day), default=None),
        last_day=max((f.last_day for f in record.files if f.last_day), default=None),
        **same,
    )


def read_manifest(path: Path) -> Manifest:
    """The manifest at `path`; an empty one where the file does not exist yet.

    Raises:
        StoppedError: the file is damaged, or a newer bidopt wrote it.
    """
    if not path.exists():
        return Manifest()
    try:
        content: Any = json.loads(path.read_bytes())
        version = int(content["version"])
    except (ValueError, TypeError, KeyError) as error:
        raise _damaged(path, error) from error
    if version > VERSION:
        raise StoppedError(
            f"{path} 的格式版本是 {version}，本程序只认识到 {VERSION}：数据由更新版本的 bidopt 写入。",
            "请先升级 bidopt 再运行；不要手工修改这个文件。",
        )
    try:
        return Manifest.model_validate(content)
    except ValidationError as error:
        raise _damaged(path, error) from error


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Replace the manifest at `path`, whole or not at all."""
    text = json.dumps(manifest.model_dump(mode="json"), ensure_ascii=False, indent=1, sort_keys=True)
    write_atomically(path, (text + "\n").encode())


def _damaged(path: Path, error: Exception) -> StoppedError:
    first_line = str(error).splitlines()[0]
    return StoppedError(
        f"数据清单 {path} 已损坏，读不出来：{first_line}",
        "请从备份恢复 facts 文件夹；没有备份时，把整个 facts 文件夹改名，再用 archive 里的原始报表重新导入。",
    )
