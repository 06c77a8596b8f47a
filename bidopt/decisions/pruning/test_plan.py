"""Plans the tests that are still open: clicks needed for a verdict, their cost, the days until then, what money can pay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bidopt.decisions.draft import Mask
from bidopt.decisions.policy import Situation
from bidopt.decisions.pruning.word_record import WordRecord
from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.belief import Belief

_CLICKS: Array = np.unique(np.round(np.geomspace(1, 2_000, 48)))
"""Numbers of further clicks that are tried, ascending."""


@dataclass(frozen=True)
class TestPlan:
    """What open tests need; arrays of shape (n,), NaN where it cannot be told.

    Args:
        clicks: further clicks until a word that goes on without an order is judged.
        cost: of those clicks at today's price, currency.
        expected_cost: less than that, as the first order of a word that sells ends its test.
        days: until those clicks have come.
        daily_cost: cost per day of the tests as they run.
    """

    __test__ = False  # pytest takes any Test... for a test

    clicks: Array
    cost: Array
    expected_cost: Array
    days: Array
    daily_cost: Array

    def affordable(self, waiting: Mask, money: float) -> int:
        """How many of the waiting words `money` a day can test, the cheapest first; those that cost nothing too."""
        each = np.sort(self.daily_cost[waiting & ~np.isnan(self.daily_cost)])
        return int((np.cumsum(each) <= money).sum())


def plan_of_tests(situation: Situation, record: WordRecord, *, drop_below: float) -> TestPlan:
    """Plan the test of every word as if it went on without an order.

    Args:
        situation: of the morning.
        record: of the words.
        drop_below: chance of paying at which a word is given up.
    """
    evidence = situation.evidence
    order_value = ratio(evidence.value_per_click.mean, evidence.cvr.mean)
    least_cvr = ratio(record.least_value, order_value)
    needed = clicks_to_verdict(evidence.cvr, least_cvr, drop_below)
    clicks: Array = np.maximum(needed - record.pending_clicks, 0.0)  # those will tell without more money
    a_day = evidence.response.clicks
    return TestPlan(
        clicks=clicks,
        cost=clicks * record.cpc,
        expected_cost=record.cpc * ratio(-np.expm1(-evidence.cvr.mean * clicks), evidence.cvr.mean),
        days=np.ceil(ratio(clicks, a_day)),
        daily_cost=a_day * record.cpc,
    )


def clicks_to_verdict(cvr: Belief, least_cvr: Array, drop_below: float) -> Array:
    """Further clicks, all without an order, after which the chance of paying falls below `drop_below`; shape (n,).

    The belief is a Gamma of shape a and rate b = a / mean, beside the chance of being nothing at all: after N clicks
    without an order the Gamma's rate is b + N, and the odds of its being nothing have grown by (1 + N / b)^a. A belief
    that borrows is a little more stubborn than that, as the words it borrows from do not change with it.

    Args:
        cvr: mature orders per click.
        least_cvr: from which a word pays, shape (n,).
        drop_below: chance.

    Returns:
        NaN where unknown; the largest number tried where more are needed.
    """
    mean_unless_nil = cvr.mean / (1 - cvr.nil)
    rate = ratio(cvr.shape, mean_unless_nil)
    further = np.full(len(rate), np.nan)
    undecided = np.isfinite(rate) & np.isfinite(least_cvr)
    for clicks in _CLICKS:
        growth = (1 + clicks / rate) ** -cvr.shape
        something = (1 - cvr.nil) * growth
        later = Belief(ratio(cvr.shape, rate + clicks), cvr.shape)
        pays = something / (something + cvr.nil) * later.chance_of(least_cvr)
        settled = undecided & (pays < drop_below)
        further[settled] = clicks
        undecided &= ~settled
    further[undecided] = _CLICKS[-1]
    return further
