"""Where finished runs of a backtest are kept: with the code and the facts that made them, and no longer than those."""

from __future__ import annotations

import hashlib
import shutil
from contextlib import suppress
from functools import cache
from pathlib import Path

import bidopt
from bidopt import __version__

_DIGITS = 16


@cache
def code_version() -> str:
    """The version with a digest of all that the package consists of: a mended rule is another rule."""
    root = Path(bidopt.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(p for p in root.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return f"{__version__}+{digest.hexdigest()[:_DIGITS]}"


def kept_folder(shop: Path, inputs: str) -> Path:
    """Folder of the runs that this code makes of a shop's facts; what is in it depends on nothing else of the two.

    Args:
        shop: the shop's folder.
        inputs: digest of the facts.
    """
    state = hashlib.sha256(f"{code_version()} {inputs}".encode()).hexdigest()
    return shop / "backtests" / ".kept" / state[:_DIGITS]


def drop_stale(kept: Path) -> None:
    """Remove the runs beside a folder of `kept_folder`: other code or other facts made them, nothing asks for them again.

    What cannot be removed stays until the next time.
    """
    for beside in kept.parent.iterdir() if kept.parent.is_dir() else ():
        if beside == kept:
            continue
        if beside.is_dir():
            shutil.rmtree(beside, ignore_errors=True)
        else:
            with suppress(OSError):
                beside.unlink()
