"""The target-ROAS formula, raw and shrunk."""

from __future__ import annotations

import pytest

from bidopt.backtest.baselines.target_roas_raw import TargetRoasRaw
from bidopt.backtest.baselines.target_roas_shrunk import TargetRoasShrunk
from bidopt.domain.goals import Goals
from tests.backtest.baselines.mornings import bids_of, morning, reasons_of, week
from tests.conftest import FactsOf


def test_raw_bids_own_mature_revenue_per_click_over_target_and_keeps_what_has_not_sold(
    facts_of: FactsOf,
) -> None:
    facts = facts_of([*week("a", roas=6.0), *week("b", roas=1.5), *week("none", roas=0.0)])
    decided = TargetRoasRaw().decide(morning(facts))
    assert bids_of(decided).to_dict() == pytest.approx({"a": 2.0, "b": 0.5, "none": 1.5})
    assert reasons_of(decided)["none"] == "no_opinion"


def test_shrunk_bids_a_word_that_has_not_sold_below_its_product_and_above_nothing(facts_of: FactsOf) -> None:
    facts = facts_of([*week("a"), *week("few", roas=0.0, clicks=2.0), *week("many", roas=0.0, clicks=60.0)])
    bids = bids_of(TargetRoasShrunk().decide(morning(facts)))
    assert 0.05 < bids["many"] < bids["few"] < bids["a"]


def test_profit_never_bids_more_than_a_click_earns(facts_of: FactsOf) -> None:
    goals = Goals(objective="profit", target_roas=1.0, gross_margin=0.4)
    decided = TargetRoasRaw().decide(morning(facts_of(week("a", roas=6.0)), goals))
    assert bids_of(decided)["a"] == pytest.approx(6.0 * 0.4)
