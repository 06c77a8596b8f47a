"""Bids in proportion to ROI."""

from __future__ import annotations

import pytest

from bidopt.backtest.baselines.proportional_roi import ProportionalRoi
from tests.backtest.baselines.mornings import bids_of, morning, reasons_of, week
from tests.conftest import FactsOf


def test_a_bid_moves_in_proportion_to_its_own_roi_within_bounds(facts_of: FactsOf) -> None:
    facts = facts_of(
        [*week("a", roas=3.6), *week("b", roas=2.4), *week("c", roas=30.0), *week("d", roas=0.0)]
    )
    bids = bids_of(ProportionalRoi().decide(morning(facts)))
    assert bids.to_dict() == pytest.approx({"a": 1.8, "b": 1.2, "c": 2.25, "d": 0.75}, rel=1e-6)


def test_yesterdays_step_is_not_taken_again_for_the_same_roi(facts_of: FactsOf) -> None:
    """The ROI of two weeks was made at 1.5; that the bid is 1.8 since yesterday does not change what it asks for."""
    rows = [{**row, "bid": 1.8 if row["age"] == 1 else 1.5} for row in week("a", roas=3.6, days=14)]
    decided = ProportionalRoi().decide(morning(facts_of(rows)))
    assert reasons_of(decided)["a"] == "bid_is_right"
    assert bids_of(decided)["a"] == pytest.approx(1.8)
