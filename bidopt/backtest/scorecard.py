"""Scores runs: totals, differences and curves with 95 % intervals from the draws that all runs share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bidopt.backtest.policy_run import PolicyRun
from bidopt.domain.metrics import Array, ratio
from bidopt.domain.scorecard import HIGH, LOW, UNKNOWN, Curve, Estimate, PolicyScore, Support, Totals, Words


def scored(runs: Sequence[PolicyRun]) -> tuple[PolicyScore, ...]:
    """Score runs over the same days.

    Args:
        runs: with the same draws, so that what is luck for one is luck for all.
    """
    return tuple(
        PolicyScore(
            policy=run.policy,
            totals=_totals(run, None),
            against={other.policy: _totals(run, other) for other in runs if other is not run},
            budget_use=float(ratio(run.cost.sum(), run.budget.sum())),
            clairvoyant=_share_of_best(run),
            regret=_regret(run),
            words=_words(run),
            support=Support(run.inside, run.inside_money, float(ratio(run.by_model, run.revenue.sum()))),
            curve=_curve(run),
        )
        for run in runs
    )


@dataclass(frozen=True)
class _Sums:
    """A run's figures over all days, each a value with its draws, shape (1 + draws,)."""

    revenue: Array
    cost: Array
    profit: Array
    roas: Array

    @classmethod
    def of(cls, run: PolicyRun) -> _Sums:
        def over_days(values: Array, draws: Array) -> Array:
            return np.append(values.sum(), draws.sum(axis=1))

        revenue = np.maximum(over_days(run.revenue, run.revenue_draws), 0.0)  # luck drawn anew may undershoot
        cost = np.maximum(over_days(run.cost, run.cost_draws), 0.0)
        return cls(revenue, cost, over_days(run.earned, run.earned_draws) - cost, ratio(revenue, cost))


def _totals(run: PolicyRun, other: PolicyRun | None) -> Totals:
    """Totals of a run, or their difference to another's."""
    mine, theirs = _Sums.of(run), None if other is None else _Sums.of(other)

    def compared(name: str) -> Estimate:
        values = getattr(mine, name) if theirs is None else getattr(mine, name) - getattr(theirs, name)
        return _estimate(values[0], values[1:])

    return Totals(compared("revenue"), compared("cost"), compared("profit"), compared("roas"))


def _estimate(value: float, draws: Array) -> Estimate:
    known = draws[np.isfinite(draws)]
    if not len(known) or not np.isfinite(value):
        return UNKNOWN
    low, high = np.quantile(known, [LOW, HIGH])
    return Estimate(float(value), float(low), float(high))


def _share_of_best(run: PolicyRun) -> Estimate:
    if not len(run.best_revenue):
        return UNKNOWN
    best = run.best_revenue.sum()
    return _estimate(float(ratio(run.revenue.sum(), best)), ratio(run.revenue_draws.sum(axis=1), best))


def _regret(run: PolicyRun) -> Estimate:
    if not len(run.best_revenue):
        return UNKNOWN
    best = run.best_revenue.sum()
    return _estimate(float(best - run.revenue.sum()), best - run.revenue_draws.sum(axis=1))


def _words(run: PolicyRun) -> Words:
    return Words(
        changed=float(ratio(run.bids_set, run.keyword_days)),
        change=float(ratio(run.change, run.bids_set)),
        budgets_set=run.budgets_set,
        dropped=run.dropped,
        resumed=run.resumed,
        gone=run.gone,
        later_cost=run.later_cost,
        later_revenue=run.later_revenue,
    )


def _curve(run: PolicyRun) -> Curve:
    def so_far(values: Array, draws: Array) -> tuple[Estimate, ...]:
        return tuple(
            _estimate(value, drawn)
            for value, drawn in zip(values.cumsum(), draws.cumsum(axis=1).T, strict=True)
        )

    return Curve(
        cost=tuple(run.cost.tolist()),
        revenue=tuple(run.revenue.tolist()),
        revenue_so_far=so_far(run.revenue, run.revenue_draws),
        profit_so_far=so_far(run.earned - run.cost, run.earned_draws - run.cost_draws),
    )
