"""Ranks policies by what a randomised log says of them, beside the truth: Kendall's tau and coverage, shop by shop.

Usage: python experiments/009_off_policy/run.py [--seeds 20] [--first-seed 501] [--days 56] [--out FILE.jsonl]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from estimates import estimates
from scipy.stats import kendalltau
from shops import RANKED, logged_shop


def main() -> int:
    asked = _arguments()
    begin, rows = time.process_time(), []
    for seed in range(asked.first_seed, asked.first_seed + asked.seeds):
        rows += list(_figures(seed, asked.days))
        print(f"\rseed {seed}", end="", file=sys.stderr)
    print(file=sys.stderr)
    found = pd.DataFrame(rows)
    if asked.out:
        asked.out.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    policies = found["policy"].nunique()
    print(
        f"{asked.seeds} shops, {asked.days} days, {policies} policies; {time.process_time() - begin:.0f} CPU-s\n"
    )
    print(_ranking(found))
    print(_coverage(found))
    return 0


def _figures(seed: int, days: int) -> Iterator[dict[str, Any]]:
    """A row per estimator, policy and outcome of a shop; figures are NaN where the log was refused."""
    shop = logged_shop(seed, days)
    for estimator, policies in estimates(shop).items():
        for policy, truth in shop.truth.items():
            for outcome in RANKED:
                told = policies[policy][outcome] if policy in policies else None
                yield {
                    "seed": seed,
                    "estimator": estimator,
                    "policy": policy,
                    "outcome": outcome,
                    "truth": truth[outcome],
                    "value": told.value if told else np.nan,
                    "low": told.low if told else np.nan,
                    "high": told.high if told else np.nan,
                }


def _ranking(found: pd.DataFrame) -> str:
    """Mean Kendall's tau over shops with its 95 % interval, and how often the estimate's best policy is the true best."""
    lines = [
        "| estimator | " + " | ".join(f"tau, {outcome}" for outcome in RANKED) + " |",
        "|---|" + "---|" * len(RANKED),
    ]
    for estimator, mine in found.groupby("estimator", sort=False):
        cells = []
        for outcome in RANKED:
            shops = mine[mine["outcome"] == outcome].dropna().groupby("seed")
            taus = np.array([kendalltau(shop["truth"], shop["value"]).statistic for _, shop in shops])
            half = 1.96 * taus.std(ddof=1) / np.sqrt(len(taus)) if len(taus) > 1 else np.nan
            cells.append(f"{taus.mean():.2f} ± {half:.2f}")
        lines.append(f"| {estimator} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _coverage(found: pd.DataFrame) -> str:
    """Share of 95 % intervals that hold the truth, their half width, the mean error, and what was refused."""
    lines = [
        "| estimator | outcome | covered | half width | mean error | refused |",
        "|---|---|---|---|---|---|",
    ]
    for (estimator, outcome), mine in found.groupby(["estimator", "outcome"], sort=False):
        known = mine.dropna()
        inside = known["truth"].between(known["low"], known["high"])
        shops = inside.groupby(known["seed"]).mean()
        half = 1.96 * shops.std(ddof=1) / np.sqrt(len(shops)) if len(shops) > 1 else np.nan
        scale = known.groupby("seed")["truth"].transform(lambda truth: truth.abs().mean())
        width = ((known["high"] - known["low"]) / 2 / scale).mean()
        error = ((known["value"] - known["truth"]) / scale).mean()
        lines.append(
            f"| {estimator} | {outcome} | {inside.mean():.1%} ± {half:.1%} | {width:.1%} | {error:+.1%} "
            f"| {len(mine) - len(known)} of {len(mine)} |"
        )
    return "\n".join(lines) + "\n"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=501)
    parser.add_argument("--days", type=int, default=56)
    parser.add_argument("--out", type=Path, default=None)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
