"""Whether the replay estimate is right where the truth is known, and what a backtest costs.

Usage: python experiments/008_backtest/run.py truth [--first-seed 0] [--seeds 10] [--every 1] [--log hand|noise] | scores [--seed 0] [--days 14] | cost SHOP...
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).parent))
from played import scores
from truth import LOGS, compared, log_of, market_of, own_bids, rank_agreement, summary


def truth(first: int, seeds: int, every: int, kind: str, kept: Path | None) -> None:
    parts = []
    for seed in range(first, first + seeds):
        market = market_of(seed, kind)
        log = log_of(market)
        parts.append(compared(seed, market, log, own_bids(market, log, every)))
        if kept is not None:
            pd.concat(parts, ignore_index=True).to_csv(kept, index=False)
        print(f"seed {seed} played", file=sys.stderr)
    tell(pd.concat(parts, ignore_index=True))


def tell(rows: pd.DataFrame) -> None:
    """Print the tables of the README."""
    print(summary(rows).round(3).to_string())
    agreement = rank_agreement(rows)
    print(f"Kendall's tau: mean {agreement.mean():.2f}, least {agreement.min():.2f}")
    moved = rows[rows["policy"] != "keep_bids"]
    held = rows[["revenue_held", "cost_held", "roas_held"]].mean()
    held = pd.concat([held, moved[["cost_gain_held", "gain_held", "roas_gain_held"]].mean()])
    print(f"intervals that hold the truth: {held.round(3).to_dict()}")


def cost(shops: list[Path]) -> None:
    for shop in shops:
        for what in ("new", "resumed"):
            if what == "new":
                shutil.rmtree(shop / "backtests", ignore_errors=True)
            process = subprocess.Popen(
                [sys.executable, "-m", "bidopt", "backtest", str(shop)], stdout=subprocess.DEVNULL
            )
            _, status, usage = os.wait4(process.pid, 0)
            if status:
                raise SystemExit(f"{shop} failed")
            print(
                f"{shop.name} ({what}): {usage.ru_utime + usage.ru_stime:.1f} CPU-s, "
                f"{usage.ru_maxrss / 1024:.0f} MB in the largest process"
            )


def main() -> None:
    arguments = argparse.ArgumentParser()
    commands = arguments.add_subparsers(dest="command", required=True)
    asked_of_truth = commands.add_parser("truth")
    for name, usual in (("--first-seed", 0), ("--seeds", 10), ("--every", 1)):
        asked_of_truth.add_argument(name, type=int, default=usual)
    asked_of_truth.add_argument("--log", choices=LOGS, default="hand")
    asked_of_truth.add_argument("--kept", type=Path, help="file that takes each seed's rows")
    asked_of_scores = commands.add_parser("scores")
    asked_of_scores.add_argument("--seed", type=int, default=0)
    asked_of_scores.add_argument("--days", type=int, default=14)
    commands.add_parser("cost").add_argument("shops", nargs="+", type=Path)
    asked = arguments.parse_args()
    if asked.command == "truth":
        truth(asked.first_seed, asked.seeds, asked.every, asked.log, asked.kept)
    elif asked.command == "scores":
        print(scores(asked.seed, asked.days).to_string(index=False))
    else:
        cost(asked.shops)


if __name__ == "__main__":
    main()
