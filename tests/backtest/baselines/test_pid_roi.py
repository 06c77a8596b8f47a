"""The PID controller on the account's ROI."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bidopt.backtest.baselines.pid_roi import PidRoi
from bidopt.domain.goals import Goals
from tests.backtest.baselines.mornings import Loop, bids_of, morning, week
from tests.conftest import FactsOf


def test_all_bids_move_together_towards_the_target_and_never_up_without_money(facts_of: FactsOf) -> None:
    situation = morning(facts_of([*week("a", roas=3.0), *week("b", roas=3.0, bid=0.5)]))

    def moved(target: float, budget: float = 1000.0) -> list[float]:
        goals = Goals(target_roas=target, daily_budget=budget)
        return (bids_of(PidRoi().decide(replace(situation, goals=goals))) / [1.5, 0.5]).tolist()

    above, below = moved(2.0), moved(4.5)
    assert above[0] == pytest.approx(above[1])
    assert above[0] > 1.03
    assert below[0] < 0.97
    assert moved(3.0) == [1.0, 1.0]
    assert moved(2.0, budget=40.0) == [1.0, 1.0]


def test_it_reaches_the_target_and_stays(facts_of: FactsOf) -> None:
    loop = Loop(facts_of, Goals(daily_budget=1e5), np.full(5, 30.0), np.full(5, 3.0), np.full(5, 2.0))
    loop.run(PidRoi(), history=14, days=24)
    assert loop.roas[13] == pytest.approx(1.875)
    assert np.allclose(loop.roas[-5:], 3.0, rtol=0.08)
    assert max(loop.roas) < 3.0 * 1.15
