"""How many clicks a verdict needs, against the exact answer where there is one."""

from __future__ import annotations

import numpy as np
import pytest

from bidopt.decisions.pruning.test_plan import TestPlan, clicks_to_verdict
from bidopt.evidence.belief import Belief


def needed(mean: float, shape: float, nil: float, least: float, drop_below: float = 0.05) -> float:
    belief = Belief(np.array([mean]), np.array([shape]), np.array([nil]))
    return float(clicks_to_verdict(belief, np.array([least]), drop_below)[0])


def test_a_word_that_converts_at_five_percent_or_not_at_all_needs_the_textbook_clicks() -> None:
    """Even odds, rates known: 0.95^n / (1 + 0.95^n) < 0.05 from n = 58; the grid is some 17 % apart."""
    assert 58 <= needed(0.025, 1e5, 0.5, 0.04) <= 70


def test_what_is_settled_needs_the_least() -> None:
    assert needed(0.001, 100.0, 0.5, 0.05) == 1


def test_the_surer_the_belief_the_more_it_takes() -> None:
    assert needed(0.05, 2.0, 0.0, 0.02) < needed(0.05, 10.0, 0.0, 0.02) <= 2_000


def test_nothing_is_said_where_nothing_is_known() -> None:
    assert np.isnan(needed(np.nan, 2.0, 0.1, 0.02))
    assert np.isnan(needed(0.05, 2.0, 0.1, np.nan))


@pytest.mark.parametrize(("money", "words"), [(0.0, 1), (3.0, 2), (7.0, 3), (100.0, 4)])
def test_money_tests_the_cheapest_words_first(money: float, words: int) -> None:
    """One more costs nothing; of another it is not known what it costs."""
    nothing = np.full(6, np.nan)
    plan = TestPlan(nothing, nothing, nothing, nothing, np.array([5.0, 2.0, 9.0, 1.0, 0.0, np.nan]))
    assert plan.affordable(np.array([True, True, True, False, True, True]), money) == words
