"""Checks the intervals of the off-policy estimators against the truth of many shops.

Usage: python experiments/009_off_policy/cover.py [--shops 400] [--first-seed 2001] [--days 42] [--levels]
"""

from __future__ import annotations

import argparse
import sys
import time

import pandas as pd
from estimates import RULES, off_policy
from shops import NOISE, logged_shop
from tables import coverage, rows_of_shop

from bidopt.backtest.bid_noise import LevelNoise
from bidopt.backtest.off_policy.weights import OverlapRules

LEVELS = LevelNoise((0.8, 0.9, 1.0, 1.1, 1.2), (0.2, 0.2, 0.2, 0.2, 0.2))


def main() -> int:
    asked = _arguments()
    noise, rules = (LEVELS, OverlapRules(width=0)) if asked.levels else (NOISE, RULES)
    begin, rows = time.process_time(), []
    for seed in range(asked.first_seed, asked.first_seed + asked.shops):
        shop = logged_shop(seed, asked.days, {}, noise)
        rows += list(rows_of_shop(seed, shop, off_policy(shop, rules)))
    found = pd.DataFrame(rows)
    if asked.levels:  # random_30 bids what was never tried, and is refused as it should be
        print(found[found["policy"] == "random_30"]["value"].isna().mean(), "of random_30 refused")
        found = found[found["policy"] != "random_30"]
    print(f"{asked.shops} shops, {asked.days} days; {time.process_time() - begin:.0f} CPU-s\n")
    print(coverage(found))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shops", type=int, default=400)
    parser.add_argument("--first-seed", type=int, default=2001)
    parser.add_argument("--days", type=int, default=42)
    parser.add_argument(
        "--levels", action="store_true", help="bids on five levels instead of log-normal noise"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
