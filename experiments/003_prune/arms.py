"""What is tried on each shop: who drops words, with bids left as they were set by hand, or in the whole daily plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from ideal import ideal_test

import bidopt.guardrails
from bidopt.backtest.auction_market import AuctionMarket
from bidopt.decisions.allocation.learning_bidder import LearningBidder
from bidopt.decisions.draft import Mask, keep_everything, put
from bidopt.decisions.policy import Policy, Situation
from bidopt.decisions.pruning.test_and_prune import TestAndPrune
from bidopt.decisions.pruning.three_day_rule import ThreeDayRule
from bidopt.decisions.pruning.word_record import word_record
from bidopt.domain.changes import Changes
from bidopt.domain.goals import Goals
from bidopt.domain.metrics import Array
from bidopt.evidence.evidence import Evidence, EvidenceSettings, gather
from bidopt.facts.fact_tables import FactTables
from bidopt.guardrails.bid_range import BidRange
from bidopt.guardrails.guardrail import ORDER, Guardrail
from bidopt.recommender import Recommender
from bidopt.registry import plugins
from bidopt.settings.rules import bid_limits

OURS, LITERAL, IDEAL = "test_and_prune", "three_day_rule", "ideal test"
WITH_BIDS = {OURS: "test_and_prune + bids", LITERAL: "three_day_rule + bids"}

Judge = Callable[[Situation], tuple[Mask, list[str]]]
"""Words to drop this morning and the codes of the reasons of all words."""


@dataclass(frozen=True)
class Life:
    """What became of each word; arrays of shape (n,) unless said otherwise.

    Args:
        dropped_on: day on which it was dropped, counted from 0; NaN where it was not.
        clicks: it had when it was dropped.
        code: of the reason.
        by_hand: true cost per day had nothing been changed, shape (days, n).
        cost, revenue: true cost and mature revenue per day at what was in force, shape (days, n).
    """

    dropped_on: Array
    clicks: Array
    code: npt.NDArray[np.object_]
    by_hand: Array
    cost: Array
    revenue: Array


Decide = Callable[[Evidence, Goals], tuple[Changes, list[str]]]
"""A morning's plan, and the codes of the reasons of all words."""


def contestants(market: AuctionMarket) -> Mapping[str, Decide]:
    """Who plays the market."""
    ours, literal = TestAndPrune(), ThreeDayRule()
    ideal = ideal_test(market.world, ours.poor_value.drop_below)

    def ideally(situation: Situation) -> tuple[Mask, list[str]]:
        record = word_record(situation, price_share=ours.price_share)
        return ideal.condemned(record) & record.open, ["ideal"] * len(record.days)

    return {
        OURS: by_hand(judge_of(ours)),
        LITERAL: by_hand(judge_of(literal)),
        IDEAL: by_hand(ideally),
        WITH_BIDS[OURS]: whole_plan(ours, market.goals),
        WITH_BIDS[LITERAL]: whole_plan(literal, market.goals),
    }


def judge_of(policy: TestAndPrune | ThreeDayRule) -> Judge:
    """A policy as a judge."""

    def judge(situation: Situation) -> tuple[Mask, list[str]]:
        draft = policy.decide(situation)
        return draft.dropped, [reason.split(" ", 1)[0] for reason in draft.drops["reason"]]

    return judge


def by_hand(judge: Judge) -> Decide:
    """Drops only; no bid is changed and no limit holds anything back."""

    def decide(evidence: Evidence, goals: Goals) -> tuple[Changes, list[str]]:
        situation = Situation(evidence.as_of, goals, evidence, keep_everything(evidence))
        dropped, codes = judge(situation)
        bids = put(situation.draft.bids, dropped, action="pause")
        return situation.draft.with_bids(bids).settled(), codes

    return decide


def whole_plan(pruning: Policy, goals: Goals) -> Decide:
    """The daily plan: words dropped, then all bids; default limits, but the literal rule is not held to evidence."""
    literal = isinstance(pruning, ThreeDayRule)
    known = plugins(bidopt.guardrails, Guardrail)
    guardrails = [
        BidRange(platforms=bid_limits()) if name == "bid_range" else known[name]()
        for name in ORDER
        if not (literal and name == "drop_evidence")
    ]
    chain = tuple(guardrail for guardrail in guardrails if isinstance(guardrail, Guardrail))
    recommender = Recommender(goals, EvidenceSettings(), (pruning, LearningBidder()), chain)

    def decide(evidence: Evidence, goals: Goals) -> tuple[Changes, list[str]]:
        del goals
        changes = recommender.decide(evidence).changes
        return changes, [reason.split(" ", 1)[0] for reason in changes.bids["reason"]]

    return decide


def play(
    market: AuctionMarket,
    decide: Decide,
    days: int,
    told: Callable[[FactTables], FactTables] = lambda facts: facts,
) -> Life:
    """Play `days` days, the facts of each morning put as `told` puts them."""
    n = len(market.world.keywords)
    dropped_on, clicks = np.full(n, np.nan), np.full(n, np.nan)
    code = np.full(n, "", dtype=object)
    first_bids: Array | None = None
    by_day: dict[str, list[Array]] = {"by_hand": [], "cost": [], "revenue": []}
    for day in range(days):
        truth = market.true_day()
        evidence = gather(told(market.facts()), market.morning, EvidenceSettings())
        changes, codes = decide(evidence, market.goals)
        current = evidence.keywords["current_bid"].to_numpy()
        first_bids = current if first_bids is None else first_bids
        new = (changes.bids["action"] == "pause").to_numpy() & np.isnan(dropped_on)
        dropped_on[new], clicks[new] = day, evidence.keywords["clicks"].to_numpy()[new]
        code[new] = np.array(codes, dtype=object)[new]
        off = ~np.isnan(dropped_on)
        bid = np.where(
            (changes.bids["action"] == "set_bid").to_numpy(), changes.bids["bid"].to_numpy(), current
        )
        by_day["by_hand"].append(at_bids(truth.bids, truth.cost, first_bids))
        by_day["cost"].append(np.where(off, 0.0, at_bids(truth.bids, truth.cost, bid)))
        bought = np.where(off, 0.0, at_bids(truth.bids, truth.clicks, bid))
        by_day["revenue"].append(bought * truth.value_per_click)
        market.play(changes)
    return Life(dropped_on, clicks, code, **{name: np.array(days_of) for name, days_of in by_day.items()})


def at_bids(grid: Array, height: Array, bid: Array) -> Array:
    """`height` at each word's bid, by linear interpolation; shape (n,)."""
    return np.array([np.interp(b, row, values) for b, row, values in zip(bid, grid, height, strict=True)])


LEAST_SHARE = 0.1
"""A word is worth keeping if it meets the target at a bid that still buys this share of the clicks to be had."""


def worth_keeping(market: AuctionMarket) -> Mask:
    """Words that meet the target at some bid that still buys LEAST_SHARE of the clicks to be had, shape (n,)."""
    truth = market.true_day()
    pays = truth.clicks * truth.value_per_click[:, None] >= market.goals.target_roas * truth.cost
    enough = truth.clicks >= LEAST_SHARE * truth.clicks[:, -1:]
    worth: Mask = np.any(pays & enough, axis=1)
    return worth
