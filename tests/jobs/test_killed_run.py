"""Killed at any moment and run again, the batch gives the plan that an undisturbed run gives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bidopt.jobs.shop import Shop

SWEEP = Path(__file__).with_name("kill_run.py")


@pytest.mark.parametrize("step", [11, pytest.param(1, marks=pytest.mark.slow)])
def test_a_killed_run_leaves_no_trace(shop: Shop, tmp_path: Path, step: int) -> None:
    (shop.inbox / "broken.csv").write_text("date,keyword\n2026-11-20,词\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(SWEEP), str(shop.folder), str(tmp_path / "work"), str(step)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) > 60 / step
