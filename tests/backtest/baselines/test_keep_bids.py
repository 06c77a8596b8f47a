"""Doing nothing, within the account budget."""

from __future__ import annotations

import pytest

from bidopt.backtest.baselines.keep_bids import KeepBids
from bidopt.domain.goals import Goals
from tests.backtest.baselines.mornings import budgets_of, morning, week
from tests.conftest import FactsOf


def test_nothing_changes(facts_of: FactsOf) -> None:
    facts = facts_of([*week("a"), *week("b", roas=0.5)], campaigns=[{"daily_budget": 80.0}])
    decided = KeepBids().decide(morning(facts))
    assert decided.bids["action"].tolist() == ["keep", "keep"]
    assert budgets_of(decided).to_dict() == {"c1": 80.0}


def test_budgets_beyond_the_accounts_shrink_in_proportion(facts_of: FactsOf) -> None:
    facts = facts_of(
        [*week("a"), *week("b", campaign_id="c2")],
        campaigns=[{"daily_budget": 60.0}, {"campaign_id": "c2", "daily_budget": 30.0}],
    )
    decided = KeepBids().decide(morning(facts, Goals(daily_budget=45.0)))
    assert budgets_of(decided).to_dict() == pytest.approx({"c1": 30.0, "c2": 15.0})
