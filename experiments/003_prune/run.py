"""Drops words by test_and_prune, by the literal three-day rule and by an ideal test, in markets with known truth.

Usage: python experiments/003_prune/run.py [--seeds 4] [--first-seed 301] [--markets busy,steady] [--days 30]
                                           [--who "test_and_prune + bids,three_day_rule + bids"] [--kept FILE]

With --kept every shop's outcome is written to FILE as it is played, and what stands there is not played again.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from arms import IDEAL, LITERAL, OURS, WITH_BIDS, Life, contestants, play, worth_keeping

from bidopt.backtest.auction_market import AuctionMarket
from bidopt.backtest.scenarios import SCENARIOS
from bidopt.decisions.draft import Mask
from bidopt.domain.metrics import Array

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
        codes: reason, and whether the word was worth keeping -> words.
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
    codes: dict[str, int]


def main() -> int:
    asked = _arguments()
    print(
        "| market | who | worth keeping, but dropped | their part of the cost | saved of junk's cost | against the literal "
        "rule | day of verdict | clicks at verdict | ROAS / target | revenue |\n" + "| --- " * 10 + "|"
    )
    kept = _kept(asked.kept)
    for name in asked.markets:
        found: dict[str, list[Found]] = {}
        for seed in range(asked.first_seed, asked.first_seed + asked.seeds):
            for who in asked.who:
                shop = kept.get((name, seed, who)) or _played(name, seed, who, asked.days)
                found.setdefault(who, []).append(shop)
                if asked.kept and (name, seed, who) not in kept:
                    line = json.dumps([name, seed, who, asdict(shop)])
                    with asked.kept.open("a", encoding="utf-8") as file:
                        file.write(f"{line}\n")
        _print(name, found)
    return 0


def _kept(path: Path | None) -> dict[tuple[str, int, str], Found]:
    """Outcomes of an earlier run by market, seed and contestant."""
    if path is None or not path.exists():
        return {}
    lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {(name, seed, who): Found(**shop) for name, seed, who, shop in lines}


def _played(name: str, seed: int, who: str, days: int) -> Found:
    market = MARKETS[name].market(seed)
    worth = worth_keeping(market)
    return _found(play(market, contestants(market)[who], days), market, worth)


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
        codes=dict(
            Counter(
                f"{code}{' (worth keeping)' if good else ''}"
                for code, good in zip(life.code[dropped].tolist(), worth[dropped].tolist(), strict=True)
            )
        ),
    )


def _print(name: str, found: dict[str, list[Found]]) -> None:
    for who, shops in found.items():
        reference = found.get(WITH_BIDS[LITERAL] if who in WITH_BIDS.values() else LITERAL)
        kept, wrong = sum(shop.kept for shop in shops), sum(shop.wrong for shop in shops)
        saved, spent = sum(shop.saved for shop in shops), sum(shop.spent for shop in shops)
        day, clicks = _mean([shop.day for shop in shops]), _mean([shop.clicks for shop in shops])
        against = (
            _with_interval([s.saved for s in shops], [s.saved for s in reference], 0) if reference else ""
        )
        print(
            f"| {name} | {who} | {wrong} of {kept}: {_with_interval([s.wrong for s in shops], [s.kept for s in shops], 1)} | "
            f"{_mean([s.lost for s in shops]):.1%} | {saved / spent:.0%} | {against} | {day:.1f} | {clicks:.0f} | "
            f"{_mean([s.roas for s in shops]):.2f} | {sum(s.revenue for s in shops):,.0f} |",
            flush=True,
        )
        codes: Counter[str] = sum((Counter(shop.codes) for shop in shops), Counter())
        told = [f"{code} {count}" for code, count in sorted(codes.items())]
        print(f"{name}, {who}: {', '.join(told)}", file=sys.stderr, flush=True)


def _with_interval(parts: Sequence[float], wholes: Sequence[float], digits: int) -> str:
    """Sum over sum as a percentage, with the 90 % interval that drawing the shops anew gives."""
    part, whole = np.asarray(parts, dtype=np.float64), np.asarray(wholes, dtype=np.float64)
    drawn = np.random.default_rng(0).integers(0, len(part), (4000, len(part)))
    rates: Array = part[drawn].sum(axis=1) / whole[drawn].sum(axis=1)
    low, high = np.quantile(rates, [0.05, 0.95])
    return f"{part.sum() / whole.sum():.{digits}%} ({low:.{digits}%} to {high:.{digits}%})"


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else np.nan


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--first-seed", type=int, default=301)
    parser.add_argument("--markets", type=_names, default=list(MARKETS))
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--who", type=_contestants, default=[OURS, LITERAL, IDEAL, *WITH_BIDS.values()])
    parser.add_argument("--kept", type=Path, default=None)
    return parser.parse_args()


def _contestants(text: str) -> Sequence[str]:
    names, known = text.split(","), [OURS, LITERAL, IDEAL, *WITH_BIDS.values()]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise argparse.ArgumentTypeError(f"no contestant {unknown[0]!r}, there are {', '.join(known)}")
    return names


def _names(text: str) -> Sequence[str]:
    names = text.split(",")
    unknown = [name for name in names if name not in MARKETS]
    if unknown:
        raise argparse.ArgumentTypeError(f"no market {unknown[0]!r}, there are {', '.join(MARKETS)}")
    return names


if __name__ == "__main__":
    sys.exit(main())
