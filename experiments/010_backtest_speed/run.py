"""Measures a long backtest of a large shop: the command, and mornings walked forward beside mornings computed anew.

Usage: OMP_NUM_THREADS=1 python experiments/010_backtest_speed/run.py [--keywords 20000] [--mornings 90] [--warm-up 90]
           [--export-days 15] [--fold-days 45] [--naive 3] [--shop FOLDER] [--only command|decisions]

Each way is a process of its own, of which the operating system's account is read. Lines come as mornings pass.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
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
from process_tree import cost_of

from bidopt.backtest.baselines.keep_bids import KeepBids
from bidopt.evidence.evidence import believe
from bidopt.facts.fact_history import FactHistory
from bidopt.facts.warehouse import Warehouse
from bidopt.recommender import Recommendation, Recommender
from bidopt.settings.shop_settings import load_settings

FIRST = date(2026, 1, 1)
BIDOPT = (sys.executable, "-m", "bidopt")
SHOP = Path(__file__).parents[2] / "configs" / "shop.example.yaml"


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--keywords", type=int, default=20_000)
    arguments.add_argument("--mornings", type=int, default=90)
    arguments.add_argument("--warm-up", type=int, default=90, help="days of history before the first morning")
    arguments.add_argument("--export-days", type=int, default=15, help="days that each export tells")
    arguments.add_argument(
        "--fold-days", type=int, default=45, help="days of a fold: what processes share out"
    )
    arguments.add_argument("--naive", type=int, default=3, help="mornings that are also computed anew")
    arguments.add_argument("--shop", type=Path, help="keeps the shop here, and uses the one that is here")
    arguments.add_argument("--only", choices=["command", "decisions"])
    arguments.add_argument("--way", choices=["write", "forward", "anew"], help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.way:
        work(asked)
        return
    with tempfile.TemporaryDirectory() as temporary:
        shop = asked.shop or Path(temporary) / "shop"
        if not (shop / "facts" / "manifest.json").exists():
            subprocess.run([*BIDOPT, "init", str(shop)], check=True, stdout=subprocess.DEVNULL)
            measure("write", shop, asked)
        if asked.only != "decisions":
            command(shop, asked)
        if asked.only != "command":
            compare(measure("forward", shop, asked), measure("anew", shop, asked))


def command(shop: Path, asked: argparse.Namespace) -> None:
    """Run `bidopt backtest` with two processes and print what it took; runs kept from before are not used."""
    shutil.rmtree(shop / "backtests", ignore_errors=True)
    first, last = (FIRST + timedelta(days=asked.warm_up + more) for more in (0, asked.mornings - 1))
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as plan:
        plan.write(f"shops: [{shop.resolve()}]\nfrom: {first}\nto: {last}\nfold_days: {asked.fold_days}\n")
        plan.write("policies: [shop, keep_bids]\n")
        plan.flush()
        cost = cost_of([*BIDOPT, "backtest", plan.name, "--workers", "2"])
    each = ", ".join(f"{seconds:.0f}" for seconds in cost.each if seconds > 1)
    load = os.getloadavg()[2]
    print(
        f"command  {cost.cpu:8.1f} CPU-s {cost.wall:8.1f} s wall {cost.peak_mb:8.0f} MB peak of all processes"
    )
    print(f"         CPU-s by process: {each}; load of the last 15 minutes {load:.1f}", flush=True)


def compare(forward: dict[str, tuple[str, float]], anew: dict[str, tuple[str, float]]) -> None:
    """Print whether mornings were decided alike, and what they cost either way."""
    differing = [morning for morning in anew if anew[morning][0] != forward[morning][0]]
    print(f"{len(anew)} mornings computed both ways, {len(differing)} with other decisions {differing}")
    often = [sum(seconds[morning][1] for morning in anew) for seconds in (forward, anew)]
    print(
        f"CPU-s of these mornings: {often[0]:.1f} forward, {often[1]:.1f} anew; {often[1] / often[0]:.1f} x"
    )


def measure(way: str, shop: Path, asked: argparse.Namespace) -> dict[str, tuple[str, float]]:
    """Run one way; prints its cost and gives the digest of the decisions and the CPU-seconds of each morning."""
    names = ("keywords", "mornings", "warm_up", "export_days", "naive")
    sizes = [f"--{name.replace('_', '-')}={getattr(asked, name)}" for name in names]
    command = [sys.executable, __file__, f"--way={way}", f"--shop={shop}", *sizes]
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
    print(
        f"{way:8} {cpu:8.1f} CPU-s {wall:8.1f} s wall {usage.ru_maxrss * 1024 / 1e6:8.0f} MB peak", flush=True
    )
    return found


def work(asked: argparse.Namespace) -> None:
    """What a child process does."""
    facts = asked.shop / "facts"
    if asked.way == "write":
        count = asked.warm_up + asked.mornings
        rows = LargeLog(asked.keywords, asked.export_days).write(Warehouse(facts), FIRST, count)
        print(f"{rows:,} rows told in {count} exports")
        return
    days = [FIRST + timedelta(days=asked.warm_up + i) for i in range(asked.mornings)]
    days = days if asked.way == "forward" else spread(days, asked.naive)
    for day, digest, seconds in decisions(asked.way, facts, days):
        print(f"{day} {digest} {seconds:.2f}", flush=True)


def spread(days: list[date], count: int) -> list[date]:
    """`count` of the days, first and last among them."""
    return [days[round(i * (len(days) - 1) / max(count - 1, 1))] for i in range(count)]


def decisions(way: str, folder: Path, days: list[date]) -> Iterator[tuple[date, str, float]]:
    """Morning, digest of what both recommenders decide, and CPU-seconds spent on it.

    Forward shares what a replay shares: the history of facts and the look back of a morning.
    """
    default = load_settings(SHOP).recommender
    deciding = (Recommender(default.goals, default.evidence, (KeepBids(),), ()), default)
    history = FactHistory(folder)
    for day in days:
        begin = time.process_time()
        if way == "forward":
            facts = history.known_on(day, default.evidence.window_days + 1)
            back = default.look_back(facts, day)
            found = [recommender.decide(believe(back, facts)) for recommender in deciding]
        else:
            facts = Warehouse(folder).known_on(day, default.evidence.window_days + 1)
            found = [recommender.recommend(facts, day) for recommender in deciding]
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
