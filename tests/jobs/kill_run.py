"""Runs a shop's day again and again, each time killed before one file operation later; test_killed_run runs it.

Usage: python kill_run.py SHOP WORK STEP. The shop's inbox is full and nothing has run yet. Prints the number of kills.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from datetime import date
from pathlib import Path

from bidopt.jobs.run_day import run_day
from bidopt.jobs.shop import open_shop

KILLED = 9
AS_OF = date(2026, 11, 21)
EVENTS = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "sqlite3.connect"}


def result(shop: Path) -> dict[str, str]:
    """What a reader sees: plans, archive, quarantine and inbox, with the hash of every file."""
    return {
        str(p.relative_to(shop)): hashlib.sha256(p.read_bytes()).hexdigest()
        for folder in ("plans", "archive", "quarantine", "inbox")
        for p in sorted((shop / folder).rglob("*"))
        if p.is_file()
    }


def run(shop: Path) -> None:
    """The day's run, silent."""
    run_day(open_shop(shop), AS_OF, lambda _: None)


def die_at(n: int, shop: Path) -> None:
    """Let this process die, as by kill -9, before its n-th operation on a file of the shop."""
    seen = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        if event in EVENTS and arguments and str(arguments[0]).startswith(str(shop)):
            seen += 1
            if seen == n:
                os._exit(KILLED)

    sys.addaudithook(hook)


def main() -> None:
    """Sweep over the operations, `step` at a time; the last line is the number of kills."""
    prepared, work, step = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    undisturbed, shop = work / "undisturbed", work / "shop"
    shutil.copytree(prepared, undisturbed)
    run(undisturbed)
    expected = result(undisturbed)
    kills = 0
    for n in range(1, 2000, step):
        shutil.copytree(prepared, shop)
        child = os.fork()
        if child == 0:
            die_at(n, shop)
            run(shop)
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code not in {0, KILLED}:
            raise SystemExit(f"run failed with {code} at operation {n}")
        if code == KILLED:
            kills += 1
            run(shop)
        if result(shop) != expected:
            raise SystemExit(
                f"wrong after a kill at operation {n}: {set(result(shop).items()) ^ set(expected.items())}"
            )
        shutil.rmtree(shop)
        if code == 0:
            print(kills)  # noqa: T201
            return
    raise SystemExit("never ran through")


if __name__ == "__main__":
    main()
