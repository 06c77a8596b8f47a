"""Publishes again and again, killed before one file operation later each time; test_sealed_folder runs it.

A forked child dies at its n-th file operation, then the plan is published undisturbed, and the folder must be
what it is without the kill. Prints a line per scenario: name and number of kills.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from bidopt.publishing.sealed_folder import put_in_place

KILLED = 9
DAY = date(2026, 11, 21)


def publish(plans: Path, revision: int) -> None:
    """A folder of three files whose bytes depend on the revision."""
    names = ("bids.csv", "plan.json", "upload/native.csv")
    put_in_place(plans, DAY, revision, {name: f"{name} {revision}".encode() for name in names})


def snapshot(folder: Path) -> dict[str, bytes | None]:
    """Every path below the folder with its bytes; None for a folder."""
    return {
        str(p.relative_to(folder)): p.read_bytes() if p.is_file() else None for p in sorted(folder.rglob("*"))
    }


def die_at(n: int) -> None:
    """Let this process die, as by kill -9, before its n-th file operation."""
    seen = 0

    def hook(event: str, _arguments: object) -> None:
        nonlocal seen
        if event == "open" or event in {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.scandir"}:
            seen += 1
            if seen == n:
                os._exit(KILLED)

    sys.addaudithook(hook)


def sweep(work: Path, prepare: Callable[[Path], None], revision: int) -> int:
    """Number of kills until publishing runs through; fails on the first wrong result."""
    prepared, plans, expected = work / "prepared", work / "plans", work / "expected"
    prepare(prepared)
    shutil.copytree(prepared, expected)
    publish(expected, revision)
    for n in range(1, 1000):
        shutil.copytree(prepared, plans)
        child = os.fork()
        if child == 0:
            die_at(n)
            publish(plans, revision)
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code == KILLED:
            publish(plans, revision)
        if snapshot(plans) != snapshot(expected):
            raise SystemExit(f"wrong after a kill at operation {n}: {sorted(snapshot(plans))}")
        shutil.rmtree(plans)
        if code == 0:
            return n - 1
    raise SystemExit("never ran through")


def nothing(plans: Path) -> None:
    """A shop's first plan."""
    plans.mkdir(parents=True)


def older_revision(plans: Path) -> None:
    """Revision 1 holds the day's name."""
    publish(plans, 1)


def damaged(plans: Path) -> None:
    """Revision 1 holds the day's name, and a file of it is lost."""
    publish(plans, 1)
    (plans / DAY.isoformat() / "bids.csv").unlink()


def settings_put_back(plans: Path) -> None:
    """Revision 2 followed revision 1, which is wanted again."""
    publish(plans, 1)
    publish(plans, 2)


if __name__ == "__main__":
    for scenario, wanted in ((nothing, 1), (older_revision, 2), (damaged, 1), (settings_put_back, 1)):
        kills = sweep(Path(sys.argv[1]) / scenario.__name__, scenario, wanted)
        print(scenario.__name__, kills)  # noqa: T201
