"""What is tried on each shop: who drops words, in a shop whose bids stay as they were set by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from ideal import ideal_test

from bidopt.backtest.auction_market import AuctionMarket
from bidopt.decisions.draft import Mask, keep_everything, put
from bidopt.decisions.policy import Situation
from bidopt.decisions.pruning.test_and_prune import TestAndPrune
from bidopt.decisions.pruning.three_day_rule import ThreeDayRule
from bidopt.decisions.pruning.word_record import word_record
from bidopt.domain.metrics import Array
from bidopt.evidence.evidence import EvidenceSettings, gather

OURS, LITERAL, IDEAL = "test_and_prune", "three_day_rule", "ideal test"
Judge = Callable[[Situation], tuple[Mask, list[str]]]
"""Words to drop this morning and the codes of the reasons of all words."""


@dataclass(frozen=True)
class Life:
    """What became of each word; arrays of shape (n,).

    Args:
        dropped_on: day on which it was dropped, counted from 0; NaN where it was not.
        clicks: it had when it was dropped.
        code: of the reason.
        daily_cost: true cost per day at the bid in force, by day, shape (days, n).
    """

    dropped_on: Array
    clicks: Array
    code: Array
    daily_cost: Array

    def saved(self) -> Array:
        """Money not spent because the word was dropped, shape (n,)."""
        days = np.arange(len(self.daily_cost))[:, None]
        saved: Array = (self.daily_cost * (days >= np.nan_to_num(self.dropped_on, nan=np.inf))).sum(axis=0)
        return saved


def judges(market: AuctionMarket) -> Mapping[str, Judge]:
    """The contestants."""
    ours, literal = TestAndPrune(), ThreeDayRule()
    ideal = ideal_test(market.world, ours.poor_value.drop_below)

    def ideally(situation: Situation) -> tuple[Mask, list[str]]:
        record = word_record(situation, price_share=ours.price_share)
        return ideal.condemned(record) & record.open, ["ideal"] * len(record.days)

    return {OURS: judge_of(ours), LITERAL: judge_of(literal), IDEAL: ideally}


def judge_of(policy: TestAndPrune | ThreeDayRule) -> Judge:
    """A policy as a judge."""

    def judge(situation: Situation) -> tuple[Mask, list[str]]:
        draft = policy.decide(situation)
        return draft.dropped, [reason.split(" ", 1)[0] for reason in draft.drops["reason"]]

    return judge


def play(market: AuctionMarket, judge: Judge, days: int) -> Life:
    """Let a judge drop words for `days` days; nothing else is changed, and no limit holds it back."""
    n = len(market.world.keywords)
    dropped_on, clicks = np.full(n, np.nan), np.full(n, np.nan)
    code = np.full(n, "", dtype=object)
    costs = []
    for day in range(days):
        truth = market.true_day()
        evidence = gather(market.facts(), market.morning, EvidenceSettings())
        situation = Situation(market.morning, market.goals, evidence, keep_everything(evidence))
        costs.append(_at(truth.bids, truth.cost, evidence.keywords["current_bid"].to_numpy()))
        dropped, codes = judge(situation)
        new = dropped & np.isnan(dropped_on)
        dropped_on[new], clicks[new] = day, evidence.keywords["clicks"].to_numpy()[new]
        code[new] = np.array(codes, dtype=object)[new]
        bids = put(situation.draft.bids, dropped, action="pause")
        market.play(situation.draft.with_bids(bids).settled())
    return Life(dropped_on, clicks, code, np.array(costs))


def _at(grid: Array, height: Array, bid: Array) -> Array:
    """`height` at each word's bid, by linear interpolation; shape (n,)."""
    return np.array([np.interp(b, row, values) for b, row, values in zip(bid, grid, height, strict=True)])


def worth_keeping(market: AuctionMarket, least_share: float) -> Mask:
    """Words that meet the target at some bid that still buys `least_share` of the clicks to be had, shape (n,)."""
    truth = market.true_day()
    pays = truth.clicks * truth.value_per_click[:, None] >= market.goals.target_roas * truth.cost
    enough = truth.clicks >= least_share * truth.clicks[:, -1:]
    worth: Mask = (pays & enough).any(axis=1)
    return worth
