"""Commits a batch again and again in forked children, the Nth dying at its Nth open, mkdir or rename.

Run by test_killed_commit.py as `python kill_commit.py FOLDER`; prints how many children died.
"""

from __future__ import annotations

import os
import shutil
import sys
from datetime import timedelta
from pathlib import Path

import pandas as pd

from bidopt.facts.batch import Batch
from bidopt.facts.schemas import CAMPAIGNS
from bidopt.facts.warehouse import Warehouse
from tests.facts.fact_rows import DAY, batch, shop_days, table

_EVENTS = ("open", "os.mkdir", "os.rename")
_KILLED = 9


def old_batch() -> Batch:
    """What the warehouse holds before."""
    return batch("old", keyword_days=shop_days(days=40, keywords=3))


def new_batch() -> Batch:
    """What the killed commit adds: two months of one table and a second table."""
    days = shop_days(days=40, keywords=3, seed=1)
    morning = pd.Timestamp(DAY + timedelta(days=1)).as_unit("s")
    return batch(
        "new",
        keyword_days=days.assign(reported_on=morning),
        campaigns=table(CAMPAIGNS, {"daily_budget": 9.0}),
    )


def _die_at(point: int) -> None:
    seen = 0

    def count(event: str, _arguments: object) -> None:
        nonlocal seen
        if event in _EVENTS:
            seen += 1
            if seen == point:
                os._exit(_KILLED)

    sys.addaudithook(count)


def _child(folder: Path, point: int) -> None:
    _die_at(point)
    Warehouse(folder).commit(new_batch(), DAY + timedelta(days=1))
    os._exit(0)


def main(folder: Path) -> int:
    """Number of children that died before one came through."""
    new_batch()
    for point in range(1, 1000):
        trial = folder / f"{point:03}"
        shutil.copytree(folder / "old", trial)
        child = os.fork()
        if child == 0:
            _child(trial, point)
        _, status = os.waitpid(child, 0)
        if os.waitstatus_to_exitcode(status) == 0:
            return point - 1
    raise AssertionError("the commit never came through")


if __name__ == "__main__":
    sys.stdout.write(str(main(Path(sys.argv[1]))))
