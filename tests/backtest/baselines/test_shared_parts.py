"""What baselines share: value, budget shares, levels and processes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bidopt.backtest.baselines.bid_levels import STEP, played_levels
from bidopt.backtest.baselines.hand_rule import HandRule
from bidopt.backtest.baselines.keyword_processes import keyword_processes
from bidopt.backtest.baselines.recent_days import cut_runs
from bidopt.backtest.baselines.shrunk_value import shrunk_value
from bidopt.decisions.allocation.funding import share_out
from bidopt.domain.goals import Goals
from tests.backtest.baselines.mornings import budgets_of, morning, reasons_of, week
from tests.conftest import FactsOf


def test_much_data_speak_for_themselves_and_little_data_follow_the_product(facts_of: FactsOf) -> None:
    rows = [
        *week("much", roas=6.0, clicks=500.0, cost=500.0),
        *week("little", roas=60.0, clicks=0.2, cost=0.2),
        *week("other", roas=1.5, clicks=500.0, cost=500.0, product_id="p2"),
    ]
    situation = morning(facts_of(rows))
    value = dict(
        zip(situation.evidence.keywords["keyword"], shrunk_value(situation.evidence).mean, strict=True)
    )
    assert value["much"] == pytest.approx(6.0, rel=0.03)
    assert value["other"] == pytest.approx(1.5, rel=0.05)
    assert value["little"] < 15  # its own figure is 60


def test_late_orders_are_expected(facts_of: FactsOf) -> None:
    """Three days old orders are 80 % of what they become: the value is not lower for that."""
    rows = week("a", roas=6.0, days=3, clicks=5000.0, cost=5000.0)
    assert shrunk_value(morning(facts_of(rows)).evidence).mean[0] == pytest.approx(6.0, rel=1e-6)


def test_money_is_shared_in_proportion_within_each_ones_limits() -> None:
    weight, least = np.array([1.0, 2.0, 7.0]), np.array([1.0, 1.0, 1.0])
    assert share_out(100.0, weight, least, np.full(3, np.inf)) == pytest.approx([10.0, 20.0, 70.0])
    assert share_out(100.0, weight, least, np.array([99.0, 99.0, 40.0])) == pytest.approx([20.0, 40.0, 40.0])
    assert share_out(100.0, weight, np.array([25.0, 1.0, 1.0]), np.full(3, np.inf))[0] == pytest.approx(25.0)
    assert share_out(2.0, weight, least, np.full(3, np.inf)).sum() == pytest.approx(2.0)


def test_campaigns_share_the_account_budget_by_cost_and_unknown_ones_wait(facts_of: FactsOf) -> None:
    rows = [*week("a"), *week("b", campaign_id="c2", clicks=60.0, cost=60.0)]
    listed = [{"daily_budget": 50.0}, {"campaign_id": "c2", "daily_budget": 50.0}]
    decided = HandRule().decide(morning(facts_of(rows, campaigns=listed), Goals(daily_budget=120.0)))
    assert budgets_of(decided).to_dict() == pytest.approx({"c1": 30.0, "c2": 90.0})
    unlisted = HandRule().decide(morning(facts_of(rows), Goals()))
    assert unlisted.budgets["reason"].tolist() == ["budget_unknown", "budget_unknown"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"status": "paused"}, "not_running"),
        ({"match_type": "package"}, "no_keyword_bid"),
        ({"bid": np.nan, "clicks": 0.0, "cost": 0.0}, "bid_unknown"),
    ],
)
def test_words_that_cannot_be_bid_on_are_kept(facts_of: FactsOf, row: dict[str, Any], reason: str) -> None:
    decided = HandRule().decide(morning(facts_of([*week("a"), *week("odd", roas=9.0, **row)])))
    assert reasons_of(decided)["odd"] == reason
    assert decided.bids["action"].to_numpy()[decided.bids["keyword"] == "odd"] == ["keep"]


def test_days_on_which_the_budget_ran_out_are_counted_in_a_row(facts_of: FactsOf) -> None:
    rows = [{**row, "cost": 20.0 if row["age"] in (1, 3, 4) else 5.0} for row in week("a", days=5)]
    situation = morning(facts_of(rows, campaigns=[{"daily_budget": 20.0}]))
    runs = dict(zip(situation.evidence.days.age.tolist(), cut_runs(situation).tolist(), strict=True))
    assert runs == {5: 0, 4: 1, 3: 2, 2: 0, 1: 1}


def test_days_are_sorted_into_levels_around_the_bid_in_force(facts_of: FactsOf) -> None:
    rows = [
        {**row, "bid": 1.5 * (np.exp(-2 * STEP) if row["age"] > 4 else 1.0)} for row in week("a", days=10)
    ]
    levels = played_levels(morning(facts_of(rows)), 3, 3, 0.7)
    assert np.flatnonzero(levels.clicks[0]).tolist() == [1, 3]
    np.testing.assert_allclose(levels.clicks[0, [1, 3]] / levels.days[0, [1, 3]], 20.0)
    assert levels.bid[0, 3] == pytest.approx(1.5)


def test_processes_follow_what_was_played_and_doubt_what_was_not(facts_of: FactsOf) -> None:
    rows = [
        {
            **row,
            "bid": 1.5 * np.exp(STEP * (row["age"] % 3 - 1)),
            "clicks": 400.0 * (1 + 0.2 * (row["age"] % 3 - 1)),
        }
        for row in week("a", days=30)
    ]
    levels = played_levels(morning(facts_of(rows)), 6, 6, 0.7)
    clicks, _ = keyword_processes(levels)
    place = np.flatnonzero(levels.days[0])
    seen = levels.clicks[0, place] / levels.days[0, place]
    np.testing.assert_allclose(clicks.mean[0, place], seen, rtol=0.08)
    relative = clicks.deviation[0] / levels.assumed_clicks[0]
    assert relative[[0, -1]].min() > 2 * relative[place].max()
