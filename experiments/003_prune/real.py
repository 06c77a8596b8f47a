"""A real account: the first days decide which words to drop, the days after judge whether that was right.

Usage: python experiments/003_prune/real.py FOLDER [--platform amazon_sponsored] [--target 3] [--days 3]

FOLDER holds keyword reports of one platform. Nothing was dropped in truth, so the later days show what the dropped words
would have brought. Reports made long after the days hold all orders; no verdict here had to wait for late ones.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd

import bidopt.platforms
from bidopt.decisions.draft import keep_everything
from bidopt.decisions.policy import Policy, Situation
from bidopt.decisions.pruning.test_and_prune import TestAndPrune
from bidopt.decisions.pruning.three_day_rule import ThreeDayRule
from bidopt.domain.changes import KEYWORD_KEY
from bidopt.domain.goals import Goals
from bidopt.evidence.evidence import EvidenceSettings, gather
from bidopt.facts.current_bids import current_bids
from bidopt.facts.current_budgets import current_budgets
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.schemas import CAMPAIGN_DAYS, CAMPAIGNS, KEYWORD_DAYS, KEYWORD_STATES
from bidopt.platforms.platform import Platform
from bidopt.platforms.reading.report import read_report
from bidopt.registry import plugins

KEY = list(KEYWORD_KEY)
_RESAMPLES, _SEED = 2_000, 1


@dataclass(frozen=True)
class Later:
    """What words brought after the decision: their number, cost, and ROAS with its 90 % interval over words."""

    words: int
    cost: float
    roas: float
    low: float
    high: float


def main() -> int:
    asked = _arguments()
    reported = _keyword_days(asked.folder, asked.platform)
    print(
        "| decided | rule | dropped | cost after | ROAS after (90 %) | kept | cost | ROAS (90 %) |\n"
        + "| --- " * 8
        + "|"
    )
    last = int((reported["date"].max() - reported["date"].min()) / timedelta(days=1))
    for told, mornings in (
        (f"once, after {asked.days} days", 1),
        (f"every morning from day {asked.days} on", last),
    ):
        for policy in (TestAndPrune(), ThreeDayRule()):
            until = min(asked.days + mornings, last + 1)
            parts = judged_later(reported, policy, range(asked.days, until), asked.target)
            cells = [
                f"{part.words} | {part.cost:.0f} | {part.roas:.2f} ({part.low:.2f} to {part.high:.2f})"
                for part in parts
            ]
            print(f"| {told} | {type(policy).__name__} | {' | '.join(cells)} |")
    return 0


def judged_later(
    reported: pd.DataFrame, policy: Policy, mornings: range, target: float
) -> tuple[Later, Later]:
    """What words brought after they were dropped, and what the others brought from the first morning on."""
    begin = reported["date"].min()
    dropped_on = pd.Series(dtype="float64")
    for morning in mornings:
        condemned = _condemned(reported, policy, begin + pd.Timedelta(days=morning), target)
        new = condemned[~condemned.isin(dropped_on.index)]
        dropped_on = pd.concat([dropped_on, pd.Series(float(morning), index=new)])
    age = (reported["date"] - begin) // pd.Timedelta(days=1)
    since = pd.MultiIndex.from_frame(reported[KEY]).map(dropped_on.to_dict()).to_numpy(dtype=np.float64)
    dropped = ~np.isnan(since)
    after = reported[dropped & (age >= since)]
    others = reported[~dropped & (age >= mornings[0])]
    return _later(after, len(dropped_on)), _later(others, len(others[KEY].drop_duplicates()))


def _condemned(reported: pd.DataFrame, policy: Policy, morning: pd.Timestamp, target: float) -> pd.MultiIndex:
    """Keys of the words that the policy drops on a morning, none of which was dropped before."""
    seen = KEYWORD_DAYS.conform(reported[reported["date"] < morning].assign(reported_on=morning))
    as_of = morning.date()
    facts = FactTables.of(
        keyword_days=seen,
        current_bids=current_bids(seen, KEYWORD_STATES.empty(), as_of),
        current_budgets=current_budgets(CAMPAIGN_DAYS.empty(), CAMPAIGNS.empty(), seen, as_of),
    )
    evidence = gather(facts, as_of, EvidenceSettings())
    situation = Situation(as_of, Goals(target_roas=target), evidence, keep_everything(evidence))
    return pd.MultiIndex.from_frame(evidence.keywords.loc[policy.decide(situation).dropped, KEY])


def _later(rows: pd.DataFrame, words: int) -> Later:
    sums = rows.groupby(KEY)[["cost", "revenue"]].sum()
    cost, revenue = sums["cost"].to_numpy(), sums["revenue"].to_numpy()
    if cost.sum() == 0:
        return Later(words, 0.0, np.nan, np.nan, np.nan)
    drawn = np.random.default_rng(_SEED).integers(len(cost), size=(_RESAMPLES, len(cost)))
    roas = revenue[drawn].sum(axis=1) / np.maximum(cost[drawn].sum(axis=1), 1e-9)
    low, high = np.quantile(roas, [0.05, 0.95])
    return Later(words, float(cost.sum()), float(revenue.sum() / cost.sum()), float(low), float(high))


def _keyword_days(folder: Path, platform: str) -> pd.DataFrame:
    made = plugins(bidopt.platforms, Platform)[platform]()
    tables = []
    for path in sorted(folder.iterdir()):
        batch = read_report(path, [made] if isinstance(made, Platform) else [])
        if "keyword_days" in batch.tables:
            tables.append(batch.tables["keyword_days"])
    if not tables:
        raise SystemExit(f"no keyword report in {folder}")
    return pd.concat(tables, ignore_index=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--platform", default="amazon_sponsored")
    parser.add_argument("--target", type=float, default=3.0)
    parser.add_argument("--days", type=int, default=3, help="days seen before the first decision")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
