"""The operator's rule by hand."""

from __future__ import annotations

import numpy as np
import pytest

from bidopt.backtest.baselines.hand_rule import HandRule
from tests.backtest.baselines.mornings import bids_of, morning, reasons_of, week
from tests.conftest import FactsOf


def test_each_word_moves_by_its_own_figures(facts_of: FactsOf) -> None:
    facts = facts_of(
        [
            *week("good", roas=6.0),
            *week("bad", roas=1.5),
            *week("dead", roas=0.0),
            *week("rare", roas=0.0, clicks=1.0, cost=1.0),
        ]
    )
    decided = HandRule().decide(morning(facts))
    wanted = {"good": 1.5 * 1.1, "bad": 1.5 * 0.9, "dead": 1.5 * 0.7, "rare": 1.5}
    assert bids_of(decided).to_dict() == pytest.approx(wanted)
    assert reasons_of(decided) == {
        "good": "above_target",
        "bad": "below_target",
        "dead": "no_orders",
        "rare": "no_opinion",
    }


def test_the_newest_days_are_passed_over_because_their_orders_still_come(facts_of: FactsOf) -> None:
    rows = [
        {**row, "revenue": np.where(row["age"] <= 2, 0.0, row["revenue"]).item()}
        for row in week("good", roas=6.0)
    ]
    assert bids_of(HandRule().decide(morning(facts_of(rows))))["good"] == pytest.approx(1.65)
