"""A commit killed at any step leaves the old or the new state, and a second try gives the new one."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from bidopt.facts.warehouse import Warehouse
from tests.facts.fact_rows import DAY
from tests.facts.kill_commit import new_batch, old_batch

MORNING = DAY + timedelta(days=1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_commit_killed_at_any_step_is_whole_or_absent(tmp_path: Path) -> None:
    old = Warehouse(tmp_path / "old")
    old.commit(old_batch(), DAY)
    before = old.known_on(MORNING).keyword_days
    here = Path(__file__)
    run = subprocess.run(
        [sys.executable, here.with_name("kill_commit.py"), tmp_path],
        env={**os.environ, "PYTHONPATH": str(here.parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    killed = int(run.stdout)
    assert killed > 10
    undisturbed = Warehouse(tmp_path / f"{killed + 1:03}")
    after = undisturbed.known_on(MORNING)
    seen_old = 0
    for point in range(1, killed + 1):
        warehouse = Warehouse(tmp_path / f"{point:03}")
        state = warehouse.known_on(MORNING)
        is_old = state.keyword_days.equals(before) and state.campaigns.empty
        seen_old += is_old
        assert is_old or state.keyword_days.equals(after.keyword_days), f"half a commit after kill {point}"
        assert warehouse.commit(new_batch(), MORNING).already is not is_old
        again = warehouse.known_on(MORNING)
        pd.testing.assert_frame_equal(again.keyword_days, after.keyword_days)
        pd.testing.assert_frame_equal(again.campaigns, after.campaigns)
        assert warehouse.fingerprint(MORNING) == undisturbed.fingerprint(MORNING)
    assert seen_old > killed // 2
