"""Drops words by test_and_prune, by the literal three-day rule and by an ideal test, in markets with known truth.

Usage: python experiments/003_prune/run.py [--seeds 4] [--first-seed 301] [--scenarios steady,small_shop] [--days 30]
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from alike import false_alarms
from arms import IDEAL, LITERAL, OURS, Life, judges, play, worth_keeping

from bidopt.backtest.scenarios import SCENARIOS, scenario

LEAST_SHARE = 0.1
"""A word is worth keeping if it meets the target at a bid that still buys this share of its clicks."""


@dataclass(frozen=True)
class Found:
    """One judge in one shop.

    Args:
        wrong: share of the words worth keeping that were dropped; `kept` such words.
        saved: money saved on junk; `spent` what junk would have spent.
        lost_share: share of the spend of words worth keeping that was dropped with them.
        days, clicks: at the verdict, means over the junk dropped, by money.
        codes: reason -> junk and other words dropped.
    """

    wrong: float
    kept: int
    saved: float
    spent: float
    lost_share: float
    days: float
    clicks: float
    codes: Counter[tuple[str, bool]]


def main() -> int:
    asked = _arguments()
    print(
        "| scenario | judge | words worth keeping that are dropped | their share of spend | junk money saved | against literal | day of verdict | clicks at verdict |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name in asked.scenarios:
        found: dict[str, list[Found]] = {who: [] for who in (OURS, LITERAL, IDEAL)}
        for seed in range(asked.first_seed, asked.first_seed + asked.seeds):
            for who, shops in found.items():
                market = scenario(name, seed)
                worth = worth_keeping(market, LEAST_SHARE)
                life = play(market, judges(market)[who], asked.days)
                shops.append(_found(life, market.world.junk, worth))
        _print(name, found)
    print(
        "\n| rule | words dropped of those that just pay, all alike | words | its setting |\n| --- | --- | --- | --- |"
    )
    for rule, dropped, words, setting in false_alarms(asked.first_seed, asked.days):
        print(f"| {rule} | {dropped} ({dropped / words:.1%}) | {words} | {setting:g} |")
    return 0


def _found(life: Life, junk: np.ndarray, worth: np.ndarray) -> Found:
    dropped = ~np.isnan(life.dropped_on)
    saved, spend = life.saved(), life.daily_cost.sum(axis=0)
    told = junk & dropped
    weight = life.daily_cost.mean(axis=0)[told]
    return Found(
        wrong=float(dropped[worth].mean()),
        kept=int(worth.sum()),
        saved=float(saved[junk].sum()),
        spent=float(spend[junk].sum()),
        lost_share=float(saved[worth].sum() / spend[worth].sum()),
        days=float(np.average(life.dropped_on[told], weights=weight)) if told.any() else np.nan,
        clicks=float(np.average(life.clicks[told], weights=weight)) if told.any() else np.nan,
        codes=Counter(zip(life.code[dropped].tolist(), worth[dropped].tolist(), strict=True)),
    )


def _print(name: str, found: dict[str, list[Found]]) -> None:
    literal = sum(shop.saved for shop in found[LITERAL])
    for who, shops in found.items():
        kept = sum(shop.kept for shop in shops)
        wrong = sum(shop.wrong * shop.kept for shop in shops)
        saved, spent = sum(shop.saved for shop in shops), sum(shop.spent for shop in shops)
        lost = np.mean([shop.lost_share for shop in shops])
        days, clicks = np.nanmean([s.days for s in shops]), np.nanmean([s.clicks for s in shops])
        print(
            f"| {name} | {who} | {wrong:.0f} of {kept} ({wrong / kept:.1%}) | {lost:.1%} | {saved / spent:.0%} | "
            f"{saved / literal:.0%} | {days:.1f} | {clicks:.0f} |"
        )
        codes = sum((shop.codes for shop in shops), Counter())
        told = ", ".join(
            f"{code} {'worth keeping' if worth else 'not worth'} {k}"
            for (code, worth), k in sorted(codes.items())
        )
        print(f"  {who}: {told}", file=sys.stderr)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--first-seed", type=int, default=301)
    parser.add_argument("--scenarios", type=_names, default=["steady", "small_shop", "stock_outs"])
    parser.add_argument("--days", type=int, default=30)
    return parser.parse_args()


def _names(text: str) -> Sequence[str]:
    names = text.split(",")
    unknown = [name for name in names if name not in SCENARIOS]
    if unknown:
        raise argparse.ArgumentTypeError(f"no scenario {unknown[0]!r}")
    return names


if __name__ == "__main__":
    sys.exit(main())
