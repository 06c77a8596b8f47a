"""What a shop was played to: its figures from the results file, and intervals over shops."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from cells import Cell, Setup

from bidopt.domain.metrics import Array

WEEK = 7
_RESAMPLES, _BOOTSTRAP_SEED = 10_000, 1
_CENT = 0.01


@dataclass(frozen=True)
class Shop:
    """One shop as one setup played it.

    Args:
        share: expected revenue / the clairvoyant's, summed over the days.
        reached: realised ROAS / target, both expected (mature, before luck); 0 where nothing was spent.
        score: share x min(1, reached^2): a missed target buys revenue, and this takes it back.
        regret: 1 - share of each week; days left over belong to the last one.
        played: days; over: days on which the plan's budgets exceed the account's.
        seconds: CPU-seconds per morning.
    """

    share: float
    reached: float
    score: float
    regret: tuple[float, ...]
    played: int
    over: int
    seconds: float


Results = Mapping[Setup, Mapping[int, Shop]]
"""Setup -> seed -> shop."""


@dataclass(frozen=True)
class Interval:
    """Mean over shops with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


def week_starts(days: int) -> Sequence[int]:
    """First day of each week, counted from 0."""
    return range(0, max(days // WEEK, 1) * WEEK, WEEK)


def read_results(file: Path) -> dict[Cell, Mapping[str, Any]]:
    """The cells played so far; a line cut short when a run was stopped is passed over."""
    found: dict[Cell, Mapping[str, Any]] = {}
    for text in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        try:
            line = json.loads(text)
        except json.JSONDecodeError:
            continue
        setup = Setup(**{field.name: line[field.name] for field in fields(Setup)})
        found[Cell(setup, line["seed"], line["days"])] = line
    return found


def by_setup(played: Mapping[Cell, Mapping[str, Any]], days: int) -> Results:
    """The shops that were played for `days` days."""
    found: dict[Setup, dict[int, Shop]] = {}
    for cell, line in played.items():
        if cell.days == days:
            found.setdefault(cell.setup, {})[cell.seed] = _shop(line)
    return found


def _shop(line: Mapping[str, Any]) -> Shop:
    revenue, best = np.array(line["expected_revenue"]), np.array(line["best_revenue"])
    cost, starts = sum(line["expected_cost"]), list(week_starts(line["days"]))
    share = float(revenue.sum() / best.sum())
    reached = float(revenue.sum() / cost / line["target_roas"]) if cost > 0 else 0.0
    regret = 1 - np.add.reduceat(revenue, starts) / np.add.reduceat(best, starts)
    return Shop(
        share=share,
        reached=reached,
        score=share * min(1.0, reached**2),
        regret=tuple(regret.tolist()),
        played=len(revenue),
        over=int((np.array(line["budget"]) > line["account_budget"] + _CENT / 2).sum()),
        seconds=line["seconds"] / len(revenue),
    )


def per_seed(groups: Sequence[Mapping[int, Shop]], figure: Callable[[Shop], float]) -> dict[int, float]:
    """A figure of each seed, averaged over markets; seeds that miss one of the markets are left out."""
    seeds = sorted(set.intersection(*(set(group) for group in groups))) if groups else []
    return {seed: float(np.mean([figure(group[seed]) for group in groups])) for seed in seeds}


def ahead(ours: Mapping[int, float], theirs: Mapping[int, float]) -> Array:
    """Differences of the seeds that both have played."""
    return np.array([ours[seed] - theirs[seed] for seed in ours if seed in theirs])


def interval(figures: Iterable[float]) -> Interval:
    """Mean and percentile bootstrap over shops; one shop has no interval (NaN)."""
    values = np.array(list(figures))
    if len(values) < 2:
        return Interval(float(values[0]) if len(values) else np.nan, np.nan, np.nan)
    rng = np.random.default_rng(_BOOTSTRAP_SEED)
    means = values[rng.integers(len(values), size=(_RESAMPLES, len(values)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Interval(float(values.mean()), float(low), float(high))
