"""A day's folder changes as a whole: a reader sees the old one or the new one, never a part of either."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date
from itertools import chain, count
from pathlib import Path

from bidopt.domain.errors import BidoptError
from bidopt.facts.atomic_file import sync_folder, write_atomically
from bidopt.publishing.ready import READY, Ready, verify

_STAGING = ".staging-"
_DISCARDED = ".discarded-"


def put_in_place(plans: Path, as_of: date, revision: int, content: Mapping[str, bytes]) -> Path:
    """Make `plans/<as_of>` hold exactly these files and READY; if it does already, nothing is touched.

    Another revision that holds the day's name steps aside to `<as_of>.r<its revision>` and stays readable; one of
    this revision that somebody changed, in Excel say, to `<as_of>.edited`: nothing a person wrote is lost. After a
    kill at any point, the same call gives what an undisturbed one gives.

    Args:
        plans: folder of the days; made when absent. The caller holds the shop's lock.
        as_of: the day.
        revision: revision of the content.
        content: name with "/" -> bytes.

    Returns:
        `plans/<as_of>`.

    Raises:
        BidoptError: the disk is full, or a file is held open.
    """
    ready = Ready.of(as_of, revision, content)
    target = plans / as_of.isoformat()
    try:
        plans.mkdir(parents=True, exist_ok=True)
        _clear_leftovers(plans)
        if not _holds(target, ready):
            staging = plans / f"{_STAGING}{target.name}-r{revision}"
            _write(staging, content, ready)
            _step_aside(target, revision)
            staging.rename(target)
            sync_folder(plans)
        _discard(_archive(target, revision))  # a copy from when another revision held the name
    except OSError as error:
        raise BidoptError(
            f"无法写入计划文件夹 {target}：{error}",
            "请检查磁盘空间和写入权限，关闭正在打开其中文件的程序（例如 Excel），然后重新运行",
        ) from error
    return target


def _write(staging: Path, content: Mapping[str, bytes], ready: Ready) -> None:
    staging.mkdir()
    for name, data in content.items():
        path = staging / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, data)
    write_atomically(staging / READY, ready.to_bytes())


def _holds(target: Path, ready: Ready) -> bool:
    """Whether the folder is this very plan, complete and unaltered."""
    try:
        verify(target)
    except BidoptError:
        return False
    return (target / READY).read_bytes() == ready.to_bytes()


def _step_aside(target: Path, revision: int) -> None:
    """Free the day's name: whatever holds it is kept beside it, under its revision or as edited."""
    if not target.exists():
        return
    try:
        old = Ready.read(target).revision
    except BidoptError:
        old = revision
    if old == revision:
        target.rename(_edited(target))
    else:
        _discard(_archive(target, old))
        target.rename(_archive(target, old))


def _edited(target: Path) -> Path:
    """A free name for a folder that somebody changed."""
    names = chain(["edited"], (f"edited{n}" for n in count(2)))
    return next(path for name in names if not (path := target.with_name(f"{target.name}.{name}")).exists())


def _archive(target: Path, revision: int) -> Path:
    return target.with_name(f"{target.name}.r{revision}")


def _discard(folder: Path) -> None:
    """Remove a folder; its name is gone at once, so that nobody reads a part of it."""
    if folder.exists():
        gone = folder.rename(folder.with_name(f"{_DISCARDED}{folder.name}"))
        shutil.rmtree(gone)


def _clear_leftovers(plans: Path) -> None:
    for pattern in (_STAGING, _DISCARDED):
        for folder in plans.glob(f"{pattern}*"):
            shutil.rmtree(folder)
