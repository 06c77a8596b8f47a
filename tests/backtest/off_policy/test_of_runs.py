"""The runs of a backtest held against drawn bids: figures where they cover a policy, and the reason where they do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from bidopt.backtest.auction_market import AuctionMarket
from bidopt.backtest.logged_days import LoggedDays, read_log
from bidopt.backtest.off_policy.evaluate import Evaluated
from bidopt.backtest.off_policy.of_runs import _check, checked_by_chance
from bidopt.backtest.policy_run import PolicyRun, joined
from bidopt.backtest.replay import logged_run, replay
from bidopt.backtest.replay_estimate import Doubt
from bidopt.domain.metrics import Array
from bidopt.evidence.evidence import EvidenceSettings
from bidopt.recommender import Recommender
from tests.backtest.off_policy.conftest import DAYS


@pytest.fixture(scope="module")
def log(market: AuctionMarket) -> LoggedDays:
    end = market.morning
    return read_log(market, end - timedelta(days=DAYS), end - timedelta(days=1), end, EvidenceSettings())


def run_with(log: LoggedDays, bids: Array) -> PolicyRun:
    return replace(logged_run(log, Doubt(draws=4), None), bids=bids)


def by_hand(market: AuctionMarket, log: LoggedDays) -> Array:
    keys = market.world.keywords.assign(bid=market.controls.bids)
    bid = log.keywords.merge(keys, how="left")["bid"].to_numpy()
    return np.repeat(bid[:, None], DAYS, axis=1)


def test_policies_are_told_with_intervals_and_paired_with_the_baseline(
    market: AuctionMarket, log: LoggedDays
) -> None:
    kept = by_hand(market, log)
    runs = {"kept": run_with(log, kept), "lower": run_with(log, kept * 0.85)}
    found = checked_by_chance(market.facts(), log, runs, "kept", 0.5)
    assert not found.refused
    base, lower = found.checks["kept"], found.checks["lower"]
    assert base.days == DAYS - 15 + 1  # the others' orders are still to come
    assert set(base.figures) == {"ips", "snips", "dr"}
    assert base.against == {}
    assert base.effective > 20
    logged = log.cost[:, : base.days].sum() / base.days
    assert base.figures["dr"].cost.low < logged < base.figures["dr"].cost.high
    paired, alone = lower.against["dr"].cost, lower.figures["dr"].cost
    assert paired.high < 0
    assert paired.value == pytest.approx(alone.value - base.figures["dr"].cost.value)
    assert np.isfinite(lower.against["dr"].roas.value)


def test_a_policy_beyond_what_was_tried_is_refused_by_name(market: AuctionMarket, log: LoggedDays) -> None:
    kept = by_hand(market, log)
    runs = {"kept": run_with(log, kept), "far": run_with(log, kept * 4), "none": run_with(log, kept * 0)}
    checks = checked_by_chance(market.facts(), log, runs, "kept", None).checks
    assert "超出了历史试过的范围" in checks["far"].refused
    assert checks["far"].figures == {}
    assert checks["none"].figures["dr"].cost.value == 0


def test_a_log_without_drawn_bids_or_without_told_bids_says_why(
    market: AuctionMarket, log: LoggedDays
) -> None:
    runs = {"kept": run_with(log, by_hand(market, log))}
    facts = market.facts()
    none = checked_by_chance(replace(facts, drawn_bids=facts.drawn_bids.iloc[:0]), log, runs, "kept", None)
    assert "没有随机出价记录" in none.refused
    assert none.checks == {}
    untold = replace(log, bid_known=np.zeros_like(log.bid_known))
    assert "在报表里没有出价" in checked_by_chance(facts, untold, runs, "kept", None).refused


def test_a_word_without_a_told_bid_counts_as_it_was(market: AuctionMarket, log: LoggedDays) -> None:
    kept, facts = by_hand(market, log), market.facts()
    cost, bid_known = log.cost.sum(axis=1), log.bid_known.copy()
    bid_known[int(cost.argmax())] = False
    one_silent = replace(log, bid_known=bid_known)
    runs = {"kept": run_with(log, kept), "lower": run_with(log, kept * 0.85)}
    found = checked_by_chance(facts, one_silent, runs, "kept", None)
    whole = checked_by_chance(facts, log, runs, "kept", None).checks
    assert not found.refused
    saved, of_all = (checks["lower"].against["dr"].cost.value for checks in (found.checks, whole))
    assert of_all < saved < 0


def test_a_policy_of_which_nothing_is_said_has_a_reason() -> None:
    nothing = Evaluated({})
    assert _check(nothing, nothing).refused


def test_a_replayed_run_carries_its_bids_where_asked_to(market: AuctionMarket, log: LoggedDays) -> None:
    keeping = {"kept": Recommender(market.goals, EvidenceSettings(), (), ())}
    (run,) = replay(market, log.until(2), keeping, doubt=Doubt(draws=4), with_bids=True).values()
    assert run.bids.shape == (len(log.keywords), 2)
    np.testing.assert_array_equal(run.bids[:, 0], run.bids[:, 1])
    again = PolicyRun.from_json(run.to_json())
    np.testing.assert_allclose(joined([again, again]).bids, np.tile(run.bids, 2))
