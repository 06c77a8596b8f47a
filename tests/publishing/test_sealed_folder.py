"""A folder that changes as a whole does so under kill -9, too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import bidopt


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_kill_between_any_two_file_operations_leaves_no_trace_after_publishing_again(
    tmp_path: Path,
) -> None:
    script = Path(__file__).with_name("kill_sweep.py")
    environment = {**os.environ, "PYTHONPATH": str(Path(bidopt.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    kills = dict(line.split() for line in done.stdout.splitlines())
    assert set(kills) == {"nothing", "older_revision", "damaged", "settings_put_back"}
    assert min(map(int, kills.values())) > 20
