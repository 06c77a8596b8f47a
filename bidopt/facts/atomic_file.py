"""Files that are old or new but never half: written aside, flushed to disk, then renamed into place."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TEMPORARY_PREFIX = ".tmp-"
"""Names of files being written; a killed writer may leave one behind and nobody reads it."""


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` so that a reader, a kill or a full disk sees the old or the new file.

    Args:
        path: file to write; its folder exists.
        content: all of its bytes.

    Raises:
        OSError: the disk is full or the file is held open elsewhere; `path` is as before.
    """
    with written_aside(path) as temporary:
        temporary.write_bytes(content)


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` for a writer; renamed over `path` when the block ends well.

    The name depends on the process only, so a retry reuses what a kill left behind.
    """
    temporary = path.with_name(f"{TEMPORARY_PREFIX}{os.getpid()}-{path.name[-80:]}")
    try:
        yield temporary
        replace_atomically(temporary, path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def replace_atomically(temporary: Path, path: Path) -> None:
    """Flush `temporary` to disk and let it take the place of `path` in the same folder.

    Raises:
        OSError: as for `write_atomically`.
    """
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` survive a power cut, where the system can (Windows cannot)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network drives refuse to sync a folder
            os.fsync(handle)
    finally:
        os.close(handle)
