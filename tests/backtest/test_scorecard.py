"""Scores: totals with intervals, differences in which common luck cancels, and what is unknown stays unknown."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from bidopt.backtest.policy_run import PolicyRun, joined
from bidopt.backtest.scorecard import scored


def run(policy: str, factor: float = 1.0, noise: float = 0.2, days: int = 10) -> PolicyRun:
    """100 spent and 300 earned a day, times `factor`; all runs have the same luck."""
    luck = 1 + noise * np.random.default_rng(5).normal(size=(400, days))
    ones = np.ones(days)
    return PolicyRun(
        policy=policy,
        dates=tuple(f"2026-11-{day + 1:02d}" for day in range(days)),
        budget=200 * ones,
        cost=100 * factor * ones,
        revenue=300 * factor * ones,
        earned=ones * math.nan,
        cost_draws=100 * factor * luck,
        revenue_draws=300 * factor * luck,
        earned_draws=luck * math.nan,
        keyword_days=100,
        inside=1.0,
        inside_money=0.5,
        by_model=30.0,
    )


def test_differences_are_paired() -> None:
    """A policy that is 10 % better on every day is better for sure, though each interval holds the other's value."""
    one, other = scored([run("one"), run("other", 1.1)])
    assert one.totals.revenue.high > other.totals.revenue.value
    gain = other.against["one"].revenue
    assert gain.value == pytest.approx(300)
    assert 0 < gain.low < gain.value < gain.high
    assert other.against["one"].roas.value == pytest.approx(0)
    assert "one" not in one.against


def test_what_is_unknown_is_not_zero() -> None:
    (score,) = scored([run("one")])
    for estimate in (score.totals.profit, score.clairvoyant, score.regret):
        assert math.isnan(estimate.value)
    assert score.budget_use == pytest.approx(0.5)
    assert score.support.by_model == pytest.approx(0.01)


def test_the_clairvoyants_share_and_regret_are_told_where_known() -> None:
    known = replace(run("one"), best_cost=np.full(10, 100.0), best_revenue=np.full(10, 400.0))
    (score,) = scored([known])
    assert score.clairvoyant.value == pytest.approx(0.75)
    assert score.regret.value == pytest.approx(1000)


def test_curves_end_at_the_totals() -> None:
    (score,) = scored([run("one")])
    assert score.curve.revenue_so_far[-1].high == pytest.approx(score.totals.revenue.high)
    assert len(score.curve.cost) == 10


def test_runs_are_kept_as_text_and_folds_join() -> None:
    whole = run("one")
    again = PolicyRun.from_json(whole.to_json())
    assert again.to_json() == whole.to_json()
    assert again.dates == whole.dates
    both = joined([whole, replace(whole, keyword_days=300, inside=0.0)])
    assert len(both.dates) == 20
    assert both.revenue_draws.shape == (400, 20)
    assert both.inside == pytest.approx(0.25)
    with pytest.raises(ValueError, match="policy run"):
        PolicyRun.from_json(b"{}")
