"""Measures a long backtest of a large shop: facts walked forward in memory, beside reading them anew every morning.

Usage: OMP_NUM_THREADS=1 python experiments/010_backtest_speed/run.py [--keywords 20000] [--mornings 90] [--naive 3]
           [--folder FOLDER]

Each way is a process of its own, of which the operating system's account is read (`wait4`). Lines come as mornings pass.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).parent))
from large_log import LargeLog

from bidopt.backtest.baselines.keep_bids import KeepBids
from bidopt.facts.fact_history import FactHistory
from bidopt.facts.warehouse import Warehouse
from bidopt.recommender import Recommendation, Recommender
from bidopt.settings.shop_settings import load_settings

FIRST = date(2026, 1, 1)
WARM_UP, EXPORT_DAYS = 90, 15
SHOP = Path(__file__).parents[2] / "configs" / "shop.example.yaml"


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--keywords", type=int, default=20_000)
    arguments.add_argument("--mornings", type=int, default=90)
    arguments.add_argument("--naive", type=int, default=3, help="mornings that are also computed anew")
    arguments.add_argument("--folder", type=Path, help="keeps the facts here, and uses those that are here")
    arguments.add_argument("--way", choices=["write", "forward", "anew"], help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.way:
        work(asked.way, asked.folder, asked.keywords, asked.mornings, asked.naive)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.folder or Path(temporary)
        if not (folder / "manifest.json").exists():
            measure("write", folder, asked)
        forward, anew = measure("forward", folder, asked), measure("anew", folder, asked)
    differing = [morning for morning in anew if anew[morning][0] != forward[morning][0]]
    print(f"{len(anew)} mornings computed both ways, {len(differing)} with other decisions {differing}")
    often = [sum(seconds[morning][1] for morning in anew) for seconds in (forward, anew)]
    print(
        f"CPU-s of these mornings: {often[0]:.1f} forward, {often[1]:.1f} anew; {often[1] / often[0]:.1f} x"
    )


def measure(way: str, folder: Path, asked: argparse.Namespace) -> dict[str, tuple[str, float]]:
    """Run one way; prints its cost and gives the digest of the decisions and the CPU-seconds of each morning."""
    sizes = [f"--{name}={getattr(asked, name)}" for name in ("keywords", "mornings", "naive")]
    command = [sys.executable, __file__, f"--way={way}", f"--folder={folder}", *sizes]
    begin, found = time.perf_counter(), {}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            if line.startswith("20"):
                morning, digest, seconds = line.split()[:3]
                found[morning] = digest, float(seconds)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
    if status:
        raise SystemExit(f"{way} failed")
    cpu, wall = usage.ru_utime + usage.ru_stime, time.perf_counter() - begin
    print(f"{way:8} {cpu:8.1f} CPU-s {wall:8.1f} s wall {usage.ru_maxrss / 1024:8.0f} MB peak", flush=True)
    return found


def work(way: str, folder: Path, keywords: int, mornings: int, naive: int) -> None:
    """What a child process does."""
    if way == "write":
        rows = LargeLog(keywords, EXPORT_DAYS).write(Warehouse(folder), FIRST, WARM_UP + mornings)
        print(f"{rows:,} rows told in {WARM_UP + mornings} exports")
        return
    days = [FIRST + timedelta(days=WARM_UP + i) for i in range(mornings)]
    for day, digest, seconds in decisions(way, folder, days if way == "forward" else spread(days, naive)):
        print(f"{day} {digest} {seconds:.2f}", flush=True)


def spread(days: list[date], count: int) -> list[date]:
    """`count` of the days, first and last among them."""
    return [days[round(i * (len(days) - 1) / max(count - 1, 1))] for i in range(count)]


def decisions(way: str, folder: Path, days: list[date]) -> Iterator[tuple[date, str, float]]:
    """Morning, digest of what both recommenders decide, and CPU-seconds spent on it."""
    default = load_settings(SHOP).recommender
    keep = Recommender(default.goals, default.evidence, (KeepBids(),), ())
    history = FactHistory(folder)
    for day in days:
        begin = time.process_time()
        source = history if way == "forward" else Warehouse(folder)
        facts = source.known_on(day, default.evidence.window_days + 1)
        found = [recommender.recommend(facts, day) for recommender in (keep, default)]
        yield day, digest_of(found), time.process_time() - begin


def digest_of(found: list[Recommendation]) -> str:
    """Of every table of changes, to the last bit."""
    digest = hashlib.sha256()
    for recommendation in found:
        for table in vars(recommendation.changes).values():
            digest.update(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes())
        digest.update("\n".join(recommendation.notes).encode())
    return digest.hexdigest()[:12]


if __name__ == "__main__":
    main()
