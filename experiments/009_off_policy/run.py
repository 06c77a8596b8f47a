"""Ranks policies by what a randomised log says of them, beside the truth: Kendall's tau and coverage over shops.

Usage: python experiments/009_off_policy/run.py [--seeds 20] [--first-seed 501] [--days 70]
"""

from __future__ import annotations

import argparse
import sys
import time

import pandas as pd
from estimates import estimates
from shops import POLICIES, logged_shop
from tables import coverage, ranking, rows_of_shop


def main() -> int:
    asked = _arguments()
    begin, rows = time.process_time(), []
    for seed in range(asked.first_seed, asked.first_seed + asked.seeds):
        shop = logged_shop(seed, asked.days, POLICIES)
        rows += list(rows_of_shop(seed, shop, estimates(shop)))
        print(f"seed {seed}", file=sys.stderr)
    found = pd.DataFrame(rows)
    print(f"{asked.seeds} shops, {asked.days} days, {found['policy'].nunique()} policies; ", end="")
    print(f"{time.process_time() - begin:.0f} CPU-s\n\n{ranking(found)}\n{coverage(found)}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=501)
    parser.add_argument("--days", type=int, default=70)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
