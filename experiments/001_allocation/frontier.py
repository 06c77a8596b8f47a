"""How far beliefs alone carry on one morning: bids chosen by them without any limit but budget and target, scored by the truth.

Usage: python experiments/001_allocation/frontier.py [--scenarios steady,tight_target] [--history 14,35] [--shops 20] [--first-seed 301]

For each shop the hand bids go on for the days of history; then bids are chosen by what is believed of values, of curves, or
of both, at the multiplier that serves the truth best. What is lost to the clairvoyant is what was not known: no step,
no caution and no wrong level counts.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np
from cells import OURS, guardrails, policies
from known_prior import known_prior

from bidopt.backtest.clairvoyant import best_day
from bidopt.backtest.market import TrueDay
from bidopt.backtest.scenarios import SCENARIOS
from bidopt.domain.goals import Goals
from bidopt.domain.metrics import Array
from bidopt.evidence.evidence import EvidenceSettings
from bidopt.recommender import Recommender

MULTIPLIERS = np.geomspace(0.3, 30.0, 500)
"""Least revenue per cost of the last unit of money, tried one by one: realised totals do not follow it smoothly."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scenarios", default="steady,tight_target,long_tail")
    parser.add_argument("--history", default="14,35")
    parser.add_argument("--shops", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=301)
    asked = parser.parse_args()
    print(
        "| scenario | days of history | values learned | values by the exact prior | curves learned | both learned |"
    )
    print("|---|---|---|---|---|---|")
    for name in asked.scenarios.split(","):
        for days in map(int, asked.history.split(",")):
            seeds = range(asked.first_seed, asked.first_seed + asked.shops)
            shares = np.array([shop(name, seed, days) for seed in seeds]) * 100
            means, errors = shares.mean(axis=0), shares.std(axis=0) / np.sqrt(len(shares))
            cells = " | ".join(f"{m:.1f} ({e:.1f})" for m, e in zip(means, errors, strict=True))
            print(f"| {name} | {days} | {cells} |", flush=True)


def shop(name: str, seed: int, days: int) -> tuple[float, float, float, float]:
    """Shares of the clairvoyant's revenue: learned values, those of the exact prior, learned curves, both learned."""
    market = replace(SCENARIOS[name], history_days=days).market(seed)
    exact = known_prior(market)
    recommender = Recommender(market.goals, EvidenceSettings(), (policies()[OURS](),), guardrails("default"))
    evidence, truth = recommender.learn(market.facts(), market.morning), market.true_day()
    best = best_day(truth, market.goals).revenue
    value, response = evidence.value_per_click.mean, evidence.response
    curves = response.clicks_at(truth.bids), response.cost_at(truth.bids)
    known = truth.clicks, truth.cost
    ways = (
        (value, known),
        (exact(evidence, truth).value_per_click.mean, known),
        (truth.value_per_click, curves),
        (value, curves),
    )
    first, second, third, fourth = (
        chosen(truth, market.goals, value, *believed) / best for value, believed in ways
    )
    return first, second, third, fourth


def chosen(truth: TrueDay, goals: Goals, value: Array, clicks: Array, cost: Array) -> float:
    """True revenue of the bids that beliefs choose, at the best of the multipliers that keep budget and target in truth."""
    nothing = ((0, 0), (1, 0))
    believed, believed_cost = np.pad(clicks * value[:, None], nothing), np.pad(cost, nothing)
    earned, spent = (
        np.pad(truth.clicks * truth.value_per_click[:, None], nothing),
        np.pad(truth.cost, nothing),
    )
    budget, rows, most = goals.daily_budget or np.inf, np.arange(len(earned)), 0.0
    for least in MULTIPLIERS:
        level = np.argmax(believed - least * believed_cost, axis=1)
        revenue, paid = float(earned[rows, level].sum()), float(spent[rows, level].sum())
        if paid <= budget and revenue >= goals.target_roas * paid:
            most = max(most, revenue)
    return most


if __name__ == "__main__":
    main()
