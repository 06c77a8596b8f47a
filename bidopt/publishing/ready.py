"""READY: the last file of a plan folder, which says what the folder holds and that all of it is there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self

from bidopt.domain.errors import BidoptError

READY = "READY"


@dataclass(frozen=True)
class Ready:
    """The seal of a plan folder.

    Args:
        as_of: decision day of the plan.
        revision: its revision.
        sha256: file name inside the folder, with "/" -> hex digest, READY itself excepted.
    """

    as_of: date
    revision: int
    sha256: Mapping[str, str]

    @classmethod
    def of(cls, as_of: date, revision: int, files: Mapping[str, bytes]) -> Self:
        """The seal of these files."""
        return cls(as_of, revision, {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)})

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The seal of a plan folder.

        Raises:
            BidoptError: there is none, or it is damaged.
        """
        try:
            day, revision, *lines = (folder / READY).read_text(encoding="utf-8").splitlines()
            sha256 = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
            return cls(date.fromisoformat(day.removeprefix("# as_of ")), int(revision.split()[-1]), sha256)
        except (OSError, ValueError, IndexError) as error:
            raise _damaged(folder, READY) from error

    def to_bytes(self) -> bytes:
        """The file's text; `sha256sum -c READY` understands it."""
        head = [f"# as_of {self.as_of}", f"# revision {self.revision}"]
        return "\n".join([*head, *(f"{digest}  {name}" for name, digest in self.sha256.items()), ""]).encode()


def verify(folder: Path) -> None:
    """Check that a plan folder is complete and as it was published; further files in it do not matter.

    Raises:
        BidoptError: naming the first file that is absent or differs from READY.
    """
    for name, expected in Ready.read(folder).sha256.items():
        try:
            content = (folder / name).read_bytes()
        except OSError as error:
            raise _damaged(folder, name) from error
        if hashlib.sha256(content).hexdigest() != expected:
            raise _damaged(folder, name)


def plan_sha256(folder: Path) -> str:
    """Digest of a whole published plan: that of its READY, which holds those of all files."""
    return hashlib.sha256((folder / READY).read_bytes()).hexdigest()


def _damaged(folder: Path, name: str) -> BidoptError:
    return BidoptError(
        f"计划文件夹 {folder} 不完整或被改动过：{name} 与发布时不一致",
        "请重新运行 bidopt run 生成当天的计划；手工修改请另存到别的文件夹",
    )
