"""Shrunk value divided by one multiplier, paced from day to day by budget and ROI together: the line to beat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from pydantic import Field

from bidopt.backtest.baselines.bids_in_force import (
    BID_REASONS,
    biddable,
    most_a_click_earns,
    with_wanted_bids,
)
from bidopt.backtest.baselines.campaign_shares import BUDGET_REASONS, shared_budgets
from bidopt.backtest.baselines.recent_days import bid_of_days, cut_runs, recent_days
from bidopt.backtest.baselines.shrunk_value import STRENGTH, shrunk_value
from bidopt.decisions.draft import Draft, Mask
from bidopt.decisions.policy import Policy, Situation
from bidopt.domain.metrics import Array, ratio
from bidopt.domain.reasons import ReasonText, encode
from bidopt.evidence.evidence import Evidence

REACH = 3.0
"""Traffic is not carried further than to three times, or a third, of the bid in force."""

COMPARABLE = 0.95
"""Bid in force / bid of a day, from which a day that was cut off still tells something of today."""

LONGEST_RUN = 7
"""Days in a row that a budget ran out beyond which the unseen spend is not taken to be larger still."""

GUARDED = 1.3
"""Budgets are shared for bids within one day's usual step."""


@dataclass(frozen=True)
class _Traffic:
    """Clicks and unthrottled cost per day at the bids in force, each of shape (n,)."""

    clicks: Array
    cost: Array


class PacedValue(Policy):
    """bid = value per click, shrunk to product level / m; m is the smallest that keeps both budget and target.

    Nothing is remembered: today's m is read off the bids in force (cost-weighted median of value / bid), and
    recent days are carried to any other m by one assumed elasticity, each from the bids it was played at, so that
    days before the last step do not ask for it twice. Budget and ROI are never chained: both are monotone in m,
    the smallest m that keeps both is the larger of the two needs. Where the assumption is off by less than a
    factor of two the steps shrink; m is settled in about a week.
    """

    strength: float = Field(STRENGTH, gt=0, description="先验强度(单) orders the product's mean is worth")
    elasticity: float = Field(
        1.0,
        gt=0,
        le=3,
        description="点击弹性 assumed change of clicks per change of bid; larger is more careful",
    )
    days: int = Field(10, ge=2, le=30, description="看几天 days that tell the spend")
    half_life_days: float = Field(3.0, gt=0, description="半衰期(天) age at which such a day counts half")
    largest_step: float = Field(
        0.25, gt=0, le=1, description="乘数单日最大调幅 largest move of the multiplier"
    )
    probe: float = Field(
        0.1,
        ge=0,
        le=1,
        description="预算用完日的隐含花费 unseen spend per day in a row that the budget ran out",
    )
    roas_days: int = Field(
        21, ge=7, le=60, description="投产回看天数 days whose mature ROI corrects the values"
    )
    roas_orders: float = Field(
        30.0, gt=0, description="投产校正先验(单) orders the values are worth against it"
    )

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        **BID_REASONS,
        **BUDGET_REASONS,
        "bid_to_paced_value": ReasonText(
            "每次点击值 {value:.2f} ÷ 统一乘数 {multiplier:.2f}（昨日 {before:.2f}）",
            "value per click {value:.2f} / one multiplier {multiplier:.2f} (yesterday {before:.2f})",
        ),
    }

    def decide(self, situation: Situation) -> Draft:
        """Set every bid by one multiplier; share the account budget by expected cost."""
        evidence = situation.evidence
        base, n = evidence.keywords["base_bid"].to_numpy(), len(evidence.keywords)
        value = shrunk_value(evidence, self.strength).mean
        traffic = self._traffic(situation)
        free = biddable(evidence) & (value > 0)
        before = self._multiplier_in_force(situation, value, traffic, free)
        steps = np.linspace(-self.largest_step, self.largest_step, 51)
        moves = np.ones((len(steps), n))
        moves[:, free] = value[free] / base[free] / (before * np.exp(steps))[:, None]
        moves = np.clip(moves, 1 / REACH, REACH)
        multiplier = before * float(np.exp(steps[self._smallest_that_fits(situation, value, traffic, moves)]))

        wanted = np.minimum(value / multiplier, most_a_click_earns(situation, value))
        reason = encode("bid_to_paced_value", n, value=value, multiplier=multiplier, before=before)
        bids = with_wanted_bids(self, situation, wanted, reason)
        move = np.where(free, np.clip(bids["bid"].to_numpy() / base, 1 / GUARDED, GUARDED), 1.0)
        budgets = shared_budgets(self, situation, traffic.cost * move ** (1 + self.elasticity))
        return situation.draft.with_bids(bids).with_budgets(budgets)

    def _traffic(self, situation: Situation) -> _Traffic:
        """Recent days, each carried from its own bid to the one in force; newer days count more.

        A day that the budget cut off showed less than its bid would buy, the more so the longer this lasts; one at
        a higher bid than today's says nothing any more.
        """
        evidence, days, n = situation.evidence, situation.evidence.days, len(situation.evidence.keywords)
        base, bid = evidence.keywords["base_bid"].to_numpy()[days.keyword], bid_of_days(evidence)
        known = (bid > 0) & (base > 0)
        move = np.clip(np.where(known, base, 1.0) / np.where(known, bid, 1.0), 1 / REACH, REACH)
        runs = cut_runs(situation)
        weight = np.where(days.age <= self.days, 0.5 ** (days.age / self.half_life_days), 0.0)
        stale = weight * ((runs > 0) & (move < COMPARABLE))
        reported = {age for ages in evidence.report_days.values() for age in ages if age <= self.days}
        total = sum(0.5 ** (age / self.half_life_days) for age in sorted(reported)) - days.total(stale, n)
        weight = (weight - stale) * (1 + self.probe * np.minimum(runs, LONGEST_RUN))
        carried = weight * move**self.elasticity
        clicks = days.total(carried * days.clicks, n)
        cost = days.total(carried * move * days.cost, n)
        return _Traffic(np.nan_to_num(ratio(clicks, total)), np.nan_to_num(ratio(cost, total)))

    def _multiplier_in_force(
        self, situation: Situation, value: Array, traffic: _Traffic, free: Mask
    ) -> float:
        """Cost-weighted median of value / bid; the target before anything was spent."""
        rows = np.flatnonzero(free & (traffic.cost > 0))
        if len(rows) == 0:
            return situation.goals.target_roas
        each = value[rows] / situation.evidence.keywords["base_bid"].to_numpy()[rows]
        order = np.argsort(each, kind="stable")
        below = np.cumsum(traffic.cost[rows][order])
        return float(each[order][np.searchsorted(below, below[-1] / 2)])

    def _smallest_that_fits(self, situation: Situation, value: Array, traffic: _Traffic, moves: Array) -> int:
        """Row of `moves`, shape (multipliers, n) by rising multiplier; the last one where none fits."""
        carried = moves**self.elasticity
        cost = (carried * moves) @ traffic.cost
        per_click = np.nan_to_num(value) * self._correction(situation.evidence, value)
        revenue = carried @ (traffic.clicks * per_click)
        budget = np.inf if situation.account_budget is None else situation.account_budget
        fits = (cost <= budget) & (revenue >= situation.goals.target_roas * cost)
        return int(np.argmax(fits)) if fits.any() else len(moves) - 1

    def _correction(self, evidence: Evidence, value: Array) -> float:
        """Mature revenue of recent weeks / what the values say of their clicks, shrunk to 1."""
        seen = recent_days(evidence, 1, self.roas_days)
        said = float(np.nansum(seen.known_clicks * value))
        orders, revenue = float(seen.orders.sum()), float(seen.revenue.sum())
        if orders <= 0 or said <= 0:
            return 1.0
        worth = self.roas_orders * revenue / orders
        return (revenue + worth) / (said + worth)
