"""Plays every policy in every market beside the clairvoyant, cell by cell in worker processes, and reports.

Usage: python experiments/001_allocation/run.py [--seeds 20] [--first-seed 101] [--processes 2] [--scenarios steady,drift]
       [--policies learning_bidder,paced_value] [--fair] [--days 30] [--out FILE.jsonl] [--report]

A run that was stopped goes on where it stopped: cells that are in the results file are not played again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from cells import Cell, Setup, play, policies, setups
from report import report
from shops import by_setup, read_results

from bidopt.backtest.scenarios import SCENARIOS
from bidopt.domain.errors import did_you_mean

HERE = Path(__file__).resolve().parent


def main() -> int:
    asked = _arguments()
    if not asked.report:
        wanted = [
            Cell(setup, seed, asked.days)
            for seed in range(asked.first_seed, asked.first_seed + asked.seeds)
            for setup in setups()
            if setup.scenario in asked.scenarios
            and setup.policy in asked.policies
            and (setup.fair or not asked.fair)
        ]
        known = read_results(asked.out)
        failed = _play_all([cell for cell in wanted if cell not in known], asked.out, asked.processes)
    played = read_results(asked.out)
    versions = {line["code"] for line in played.values()}
    print(report(by_setup(played, asked.days), asked.days, len(versions)))
    return 0 if asked.report or not failed else 1


def _play_all(cells: Sequence[Cell], out: Path, processes: int) -> int:
    """Play the cells, append each result as it comes; how many failed (they are tried again by the next run)."""
    code, begin, failed = _code(), time.monotonic(), 0
    os.environ["OMP_NUM_THREADS"] = "1"  # a worker starts anew and reads it before numpy does
    spawn = multiprocessing.get_context("spawn")
    with out.open("a+", encoding="utf-8") as results, ProcessPoolExecutor(processes, spawn) as workers:
        results.write("" if _ends_a_line(out) else "\n")
        running: dict[Future[dict[str, Any]], Cell] = {workers.submit(play, cell): cell for cell in cells}
        try:
            for done, future in enumerate(as_completed(running), start=1):
                cell = running[future]
                if (error := future.exception()) is not None:
                    failed += 1
                    print(f"\n{cell} failed: {error!r}", file=sys.stderr)
                else:
                    results.write(json.dumps(future.result() | {"code": code}, ensure_ascii=False) + "\n")
                    results.flush()
                _progress(done, len(cells), time.monotonic() - begin, cell.setup, cell.seed)
        except BaseException:
            workers.shutdown(wait=False, cancel_futures=True)
            raise
    return failed


def _progress(done: int, cells: int, elapsed: float, last: Setup, seed: int) -> None:
    left = elapsed / done * (cells - done) / 60
    line = f"{done}/{cells} cells, {left:.0f} min left; seed {seed} {last.scenario} {last.policy}"
    live = sys.stderr.isatty()
    print(f"\r\033[K{line}" if live else line, end="" if live and done < cells else "\n", file=sys.stderr)


def _ends_a_line(file: Path) -> bool:
    """Whether the next line may be appended as it is; a run that was killed may have left half a line."""
    content = file.read_bytes()
    return not content or content.endswith(b"\n")


def _code() -> str:
    """Fingerprint of the package and of what is played, so that the report can tell mixed results."""
    sources = [*(HERE.parents[1] / "bidopt").rglob("*.py"), HERE / "cells.py", HERE / "truths.py"]
    together = hashlib.sha256()
    for file in sorted(sources):
        together.update(file.read_bytes())
    return together.hexdigest()[:12]


def _arguments() -> argparse.Namespace:
    cores = os.cpu_count() or 1
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20, help="shops per setup")
    parser.add_argument("--first-seed", type=int, default=101)
    parser.add_argument("--processes", type=int, default=min(2, cores))
    parser.add_argument("--scenarios", type=_names(list(SCENARIOS)), default=list(SCENARIOS))
    parser.add_argument("--policies", type=_names(list(policies())), default=list(policies()))
    parser.add_argument("--fair", action="store_true", help="default guardrails and nothing known only")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--out", type=Path, default=HERE / "results.jsonl")
    parser.add_argument("--report", action="store_true", help="play nothing, report what was played")
    return parser.parse_args()


def _names(known: Sequence[str]) -> Any:  # noqa: ANN401  what argparse calls a type
    def chosen(text: str) -> list[str]:
        names = text.split(",")
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"no {name!r}; {did_you_mean(name, known)}")
        return names

    return chosen


if __name__ == "__main__":
    sys.exit(main())
