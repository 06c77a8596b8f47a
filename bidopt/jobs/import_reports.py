"""Imports exports into a shop's facts: each file as a whole, or into quarantine with the reason."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from bidopt.domain.errors import ReportError
from bidopt.facts.atomic_file import TEMPORARY_PREFIX, write_atomically
from bidopt.facts.batch import Batch
from bidopt.facts.reconcile import RECONCILIATION, reconcile
from bidopt.facts.warehouse import Warehouse
from bidopt.jobs.shop import Shop
from bidopt.platforms.reading.report import read_report

_A_YEAR = 366
_BROWSER_COPY = re.compile(r"(?P<stem>.*\S)\s*[(（](?P<number>\d+)[)）]")
_NO_EXPORT = re.compile(
    r"\.|~\$|thumbs\.db$|desktop\.ini$|.*\.(crdownload|part|tmp|download)$", re.IGNORECASE
)
Progress = Callable[[str], None]


@dataclass(frozen=True)
class ImportedFile:
    """What became of one file.

    Args:
        source: file name.
        status: imported, already (same bytes were imported before) or refused.
        batch: what it said, its tables let go; None where refused.
        reported_on: day from which its facts count as known.
        why: message of a refusal, empty otherwise.
        hint: what to do about a refusal.
    """

    source: str
    status: str
    batch: Batch | None = None
    reported_on: date | None = None
    why: str = ""
    hint: str = ""


def import_inbox(shop: Shop, as_of: date, progress: Progress) -> list[ImportedFile]:
    """Import every file of the inbox in the order of `waiting`; its facts count as known on `as_of`.

    Read files move to archive/, refused ones to quarantine/ with a .why.txt.
    """
    _clear_leftovers(shop)
    out = []
    for path in map(_readable, waiting(shop)):
        progress(f"读取 {path.name}")
        result = _import_one(shop, path, lambda _: as_of)
        _file_away(shop, path, result, move=True)
        out.append(result)
    return out


def import_files(
    shop: Shop, files: Sequence[Path], as_of: date | None, today: date, progress: Progress
) -> list[ImportedFile]:
    """Import given files, which stay where they are; copies go to archive/ or quarantine/.

    Args:
        shop: the shop.
        files: exports; those of the shop's inbox are moved, not copied.
        as_of: morning on which the files were made; None takes the morning after the newest day the files tell
            of, the earliest on which they can have been made.
        today: used for files without any date when the shop has no dated facts either.
        progress: told what is being done.
    """
    undated: list[tuple[Path, Batch]] = []
    out = []

    def made_on(batch: Batch) -> date:
        if as_of is not None:
            return as_of
        newest = batch.newest_day or Warehouse(shop.facts).newest_day()
        return newest + timedelta(days=1) if newest else today

    def file_away(path: Path, result: ImportedFile) -> None:
        _file_away(shop, path, result, move=path.resolve().parent == shop.inbox.resolve())
        out.append(result)

    for given in files:
        path = _readable(given) if given.resolve().parent == shop.inbox.resolve() else given
        progress(f"读取 {path.name}")
        batch = _read(shop, path)
        if isinstance(batch, Batch) and as_of is None and batch.newest_day is None:
            undated.append((path, batch))
        else:
            file_away(path, _commit(shop, batch, made_on) if isinstance(batch, Batch) else batch)
    for path, batch in undated:
        file_away(path, _commit(shop, batch, made_on))
    return out


def waiting(shop: Shop) -> list[Path]:
    """Files in the inbox, by name, a browser's `list (1).csv` after its `list.csv`; the later of two counts.

    Hidden files, Excel's lock files, half downloads and what Windows leaves in folders are passed over.
    """
    if not shop.inbox.is_dir():
        return []
    found = (p for p in shop.inbox.iterdir() if p.is_file() and not _NO_EXPORT.match(p.name))
    return sorted(found, key=_download_order)


def _download_order(path: Path) -> tuple[str, str, int, str]:
    copy = _BROWSER_COPY.fullmatch(path.stem)
    if copy is None:
        return path.stem, path.suffix, 0, path.name
    return copy["stem"], path.suffix, int(copy["number"]), path.name


def _readable(path: Path) -> Path:
    """The file under a name that can be shown: names in GBK, as old zips leave them, are renamed in UTF-8."""
    raw = os.fsencode(path.name)
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        try:
            name = raw.decode("gb18030")
        except UnicodeDecodeError:
            name = raw.decode("utf-8", "backslashreplace")
        readable = path.with_name(name)
        while readable.exists():
            readable = readable.with_stem(f"{readable.stem}_")
        return path.rename(readable)
    return path


def _clear_leftovers(shop: Shop) -> None:
    """Remove what a killed run was writing; the caller holds the shop's lock."""
    for folder in (shop.archive, shop.quarantine):
        for path in folder.glob(f"{TEMPORARY_PREFIX}*"):
            path.unlink()


def _import_one(shop: Shop, path: Path, made_on: Callable[[Batch], date]) -> ImportedFile:
    batch = _read(shop, path)
    return _commit(shop, batch, made_on) if isinstance(batch, Batch) else batch


def _read(shop: Shop, path: Path) -> Batch | ImportedFile:
    try:
        return read_report(path, shop.settings.platforms)
    except ReportError as error:
        return ImportedFile(path.name, "refused", why=error.message, hint=error.hint)
    except FileNotFoundError:
        return ImportedFile(path.name, "refused", why=f"没有这个文件: {path}", hint="检查文件名和路径")
    except OSError as error:
        return ImportedFile(
            path.name, "refused", why=f"{path.name} 打不开: {error.strerror}", hint="关掉正在使用它的程序再试"
        )


def _commit(shop: Shop, batch: Batch, made_on: Callable[[Batch], date]) -> ImportedFile:
    reported_on = made_on(batch)
    warehouse = Warehouse(shop.facts)
    try:
        _refuse_foreign_money(batch, warehouse)
        result = warehouse.commit(batch, reported_on)
    except ReportError as error:
        return ImportedFile(batch.source, "refused", why=error.message, hint=error.hint)
    notes = (*batch.notes, *_currency_notes(batch.currency, shop.settings.currency))
    told = replace(batch, tables={}, notes=notes)  # a large shop's tables must not outlive their commit
    return ImportedFile(batch.source, "already" if result.already else "imported", told, reported_on)


def _refuse_foreign_money(batch: Batch, warehouse: Warehouse) -> None:
    """Sums over two currencies mean nothing.

    Raises:
        ReportError: the batch states another currency than the shop's other reports do.
    """
    others = sorted({known.currency for known in warehouse.batches()} - {"", batch.currency})
    if batch.currency and others:
        raise ReportError(
            f"{batch.source}：报表货币是 {batch.currency}，店铺已有 {'、'.join(others)} 的数据，两种货币不能相加",
            "每个店铺一种货币：把它放进另一个店铺文件夹；若放错的是先前的报表，把 facts 文件夹改名后重新导入 archive 里对的那些",
        )


def _currency_notes(stated: str, settings: str) -> tuple[str, ...]:
    """What to say of a file in another currency than the shop's."""
    if stated in {"", settings}:
        return ()
    return (f"报表货币是 {stated}，店铺设置是 {settings}：请把 shop.yaml 的 currency 改成 {stated}",)


def _file_away(shop: Shop, path: Path, result: ImportedFile, *, move: bool) -> None:
    """Move or copy a file to archive/ or quarantine/; the reason of a refusal is written first."""
    refused = result.status == "refused"
    target = _free_name(shop.quarantine if refused else shop.archive, path)
    if refused:
        why = f"文件: {path.name}\n为什么没有导入: {result.why}\n怎么办: {result.hint or '重新导出后再放进 inbox'}\n没有任何数据被改动。\n"
        write_atomically(target.with_name(target.name + ".why.txt"), why.encode("utf-8"))
    if not path.is_file():
        return
    if move:
        path.replace(target)
    elif not target.exists():
        shutil.copyfile(path, target)


def _free_name(folder: Path, path: Path) -> Path:
    """`path`'s name in `folder`; another file of that name there makes it carry a part of its hash."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / path.name
    if not target.exists() or not path.is_file():
        return target
    mine = _sha256(path)
    return target if _sha256(target) == mine else folder / f"{path.stem}.{mine[:8]}{path.suffix}"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def report_totals(shop: Shop) -> pd.DataFrame:
    """Totals of the shop's reports side by side, over everything imported so far; schema of `reconcile`."""
    warehouse = Warehouse(shop.facts)
    told = [batch.reported_on for batch in warehouse.batches()]
    if not told:
        return RECONCILIATION.empty()
    newest = max([*told, *filter(None, [warehouse.newest_day()])])
    facts = warehouse.known_on(newest + timedelta(days=1), window_days=_A_YEAR)
    return reconcile(facts)[0]


def refused(files: Sequence[ImportedFile]) -> list[ImportedFile]:
    """The files that went to quarantine."""
    return [f for f in files if f.status == "refused"]
