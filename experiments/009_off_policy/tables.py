"""What the experiment prints: Kendall's tau of rankings, and how often intervals hold the truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from estimates import Estimates
from scipy.stats import kendalltau
from shops import RANKED, TOLD, LoggedShop


def rows_of_shop(seed: int, shop: LoggedShop, told: Estimates) -> Iterator[Mapping[str, Any]]:
    """A row per estimator, policy and outcome; figures are NaN where the log was refused."""
    for estimator, policies in told.items():
        for policy, brought in shop.truth.items():
            gain = brought["revenue"] - shop.truth["keep_bids"]["revenue"]
            truth = {**brought, "roas": brought["revenue"] / brought["cost"], "gain": gain}
            for outcome in TOLD[:-1] if policy == "keep_bids" else TOLD:
                figure = policies[policy].get(outcome) if policy in policies else None
                yield {
                    "seed": seed,
                    "estimator": estimator,
                    "policy": policy,
                    "outcome": outcome,
                    "truth": truth[outcome],
                    "value": figure.value if figure else np.nan,
                    "low": figure.low if figure else np.nan,
                    "high": figure.high if figure else np.nan,
                }


def ranking(found: pd.DataFrame) -> str:
    """Kendall's tau between estimates and truth over the policies of a shop: mean over shops with its 95 % interval.

    A policy that was refused is left out of its shop's ranking; the table of coverage counts them.
    """
    heading = " | ".join(f"tau, {outcome}" for outcome in RANKED)
    lines = [f"| estimator | {heading} |", "|---|" + "---|" * len(RANKED)]
    for estimator, mine in found.groupby("estimator", sort=False):
        cells = []
        for outcome in RANKED:
            shops = mine[mine["outcome"] == outcome].dropna().groupby("seed")
            taus = np.array([kendalltau(shop["truth"], shop["value"]).statistic for _, shop in shops])
            cells.append(f"{taus.mean():.2f} ± {half_width(taus):.2f}")
        lines.append(f"| {estimator} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def coverage(found: pd.DataFrame) -> str:
    """Share of 95 % intervals that hold the truth, with its own interval over shops, and what was refused.

    Half widths and errors are shares of the mean true figure of the shop's policies, by absolute amount.
    """
    lines = [
        "| estimator | outcome | covered | half width | mean error | refused |",
        "|---|---|---|---|---|---|",
    ]
    for (estimator, outcome), mine in found.groupby(["estimator", "outcome"], sort=False):
        known = mine.dropna()
        inside = known["truth"].between(known["low"], known["high"])
        scale = known["truth"].abs().groupby(known["seed"]).transform("mean")
        reach = ((known["high"] - known["low"]) / 2 / scale).median()
        error = ((known["value"] - known["truth"]) / scale).groupby(known["seed"]).mean().to_numpy()
        lines.append(
            f"| {estimator} | {outcome} | {inside.mean():.1%} ± {half_width(inside.astype(float).groupby(known['seed']).mean()):.1%} "
            f"| {reach:.1%} | {error.mean():+.1%} ± {half_width(error):.1%} | {len(mine) - len(known)} of {len(mine)} |"
        )
    return "\n".join(lines) + "\n"


def half_width(figures: pd.Series[float] | np.ndarray[Any, Any]) -> float:
    """Half of the 95 % interval of a mean over shops, which are independent; NaN for one shop."""
    values = np.asarray(figures, dtype=np.float64)
    return float(1.96 * values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan")
