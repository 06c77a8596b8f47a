"""Drops words by test_and_prune, by the literal three-day rule and by an ideal test, in markets with known truth.

Usage: python experiments/003_prune/run.py [--seeds 4] [--first-seed 301] [--markets busy,steady] [--days 30]
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from alike import false_alarms
from arms import LITERAL, WITH_BIDS, Life, contestants, play, worth_keeping

from bidopt.backtest.auction_market import AuctionMarket
from bidopt.backtest.scenarios import SCENARIOS
from bidopt.decisions.draft import Mask

LEAST_SHARE = 0.1
"""A word is worth keeping if it meets the target at a bid that still buys this share of its clicks."""

MARKETS = {
    "busy": replace(SCENARIOS["steady"], orders=600.0),
    "busy stock_outs": replace(SCENARIOS["stock_outs"], orders=600.0),
    "steady": SCENARIOS["steady"],
}
"""`busy`: ten times the orders of `steady`, 2.5 a word and day; in `steady` no test can tell in 30 days."""


@dataclass(frozen=True)
class Found:
    """One contestant in one shop.

    Args:
        wrong, kept: words worth keeping that were dropped, and all such words.
        saved, spent: money not spent on junk, and what junk costs if nothing is done.
        lost: share of the cost of the words worth keeping, as set by hand, that was dropped with them.
        day, clicks: at the verdict, over the junk dropped, weighed by its cost.
        roas: of the whole account over the target.
        revenue: of the whole account.
        codes: reason and whether the word was worth keeping -> words.
    """

    wrong: int
    kept: int
    saved: float
    spent: float
    lost: float
    day: float
    clicks: float
    roas: float
    revenue: float
    codes: Counter[tuple[str, bool]]


def main() -> int:
    asked = _arguments()
    print(
        "| market | who | worth keeping, but dropped | their part of the cost | saved of junk's cost | against the literal "
        "rule | day of verdict | clicks at verdict | ROAS / target | revenue |\n" + "| --- " * 10 + "|"
    )
    for name in asked.markets:
        found: dict[str, list[Found]] = {}
        for seed in range(asked.first_seed, asked.first_seed + asked.seeds):
            for who in contestants(MARKETS[name].market(seed)):
                market = MARKETS[name].market(seed)
                worth = worth_keeping(market, LEAST_SHARE)
                life = play(market, contestants(market)[who], asked.days)
                found.setdefault(who, []).append(_found(life, market, worth))
        _print(name, found)
    print("\n| rule alone | dropped of words that all just pay | its setting |\n| --- | --- | --- |")
    for rule, dropped, words, setting in false_alarms(asked.first_seed, asked.days):
        print(f"| {rule} | {dropped} of {words} ({dropped / words:.1%}) | {setting:g} |")
    return 0


def _found(life: Life, market: AuctionMarket, worth: Mask) -> Found:
    junk, dropped = market.world.junk, ~np.isnan(life.dropped_on)
    told = junk & dropped
    weight = life.by_hand.sum(axis=0)
    off = life.by_hand * (np.arange(len(life.by_hand))[:, None] >= np.nan_to_num(life.dropped_on, nan=np.inf))
    return Found(
        wrong=int(dropped[worth].sum()),
        kept=int(worth.sum()),
        saved=float((life.by_hand - life.cost)[:, junk].sum()),
        spent=float(weight[junk].sum()),
        lost=float(off[:, worth].sum() / weight[worth].sum()),
        day=float(np.average(life.dropped_on[told], weights=weight[told])) if told.any() else np.nan,
        clicks=float(np.average(life.clicks[told], weights=weight[told])) if told.any() else np.nan,
        roas=float(life.revenue.sum() / max(life.cost.sum(), 1e-9) / market.goals.target_roas),
        revenue=float(life.revenue.sum()),
        codes=Counter(zip(life.code[dropped].tolist(), worth[dropped].tolist(), strict=True)),
    )


def _print(name: str, found: dict[str, list[Found]]) -> None:
    for who, shops in found.items():
        reference = found[WITH_BIDS[LITERAL] if who in WITH_BIDS.values() else LITERAL]
        literal = sum(shop.saved for shop in reference)
        kept, wrong = sum(shop.kept for shop in shops), sum(shop.wrong for shop in shops)
        saved, spent = sum(shop.saved for shop in shops), sum(shop.spent for shop in shops)
        day, clicks = _mean([shop.day for shop in shops]), _mean([shop.clicks for shop in shops])
        print(
            f"| {name} | {who} | {wrong} of {kept} ({wrong / kept:.1%}) | {_mean([s.lost for s in shops]):.1%} | "
            f"{saved / spent:.0%} | {saved / literal:.0%} | {day:.1f} | {clicks:.0f} | "
            f"{_mean([s.roas for s in shops]):.2f} | {sum(s.revenue for s in shops):,.0f} |",
            flush=True,
        )
        codes = sum((shop.codes for shop in shops), Counter())
        told = [
            f"{code}{' (worth keeping)' if worth else ''} {k}" for (code, worth), k in sorted(codes.items())
        ]
        print(f"{name}, {who}: {', '.join(told)}", file=sys.stderr, flush=True)


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else np.nan


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--first-seed", type=int, default=301)
    parser.add_argument("--markets", type=_names, default=list(MARKETS))
    parser.add_argument("--days", type=int, default=30)
    return parser.parse_args()


def _names(text: str) -> Sequence[str]:
    names = text.split(",")
    unknown = [name for name in names if name not in MARKETS]
    if unknown:
        raise argparse.ArgumentTypeError(f"no market {unknown[0]!r}, there are {', '.join(MARKETS)}")
    return names


if __name__ == "__main__":
    sys.exit(main())
