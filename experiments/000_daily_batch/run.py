"""Measures the daily batch from outside, as an operator's machine runs it: whole processes, CPU-seconds and memory.

Usage: python experiments/000_daily_batch/run.py [--keywords 100000] [--days 30]
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from market import write_exports

AS_OF = date(2026, 11, 21)
BIDOPT = (sys.executable, "-m", "bidopt")


def measure(*command: str) -> tuple[float, float, float]:
    """CPU-seconds, wall seconds and peak memory in MB of one process with its children."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - begin, usage.ru_maxrss / 1024


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--keywords", type=int, default=100_000)
    arguments.add_argument("--days", type=int, default=30)
    asked = arguments.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    python = min(measure(sys.executable, "-c", "pass") for _ in range(5))
    start = min(measure(*BIDOPT, "--help") for _ in range(5))
    print(
        f"bidopt --help        {start[0]:6.2f} CPU-s  {start[1]:6.2f} s wall  {start[2]:6.0f} MB   {start[0] / python[0]:.0f} x an empty Python"
    )
    with tempfile.TemporaryDirectory() as folder:
        demo = measure(*BIDOPT, "demo", f"{folder}/demo")
        print(f"bidopt demo          {demo[0]:6.2f} CPU-s  {demo[1]:6.2f} s wall  {demo[2]:6.0f} MB")
        shop = Path(folder) / "large"
        measure(*BIDOPT, "init", str(shop))
        rows = write_exports(shop / "inbox", AS_OF, asked.keywords, asked.days)
        name = f"run, {rows:,} keyword-days"
        for what in ("first", "again"):
            cpu, wall, memory = measure(*BIDOPT, "run", str(shop), "--as-of", AS_OF.isoformat())
            print(f"{name} ({what})  {cpu:6.2f} CPU-s  {wall:6.2f} s wall  {memory:6.0f} MB")


if __name__ == "__main__":
    main()
