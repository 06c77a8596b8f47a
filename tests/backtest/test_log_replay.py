"""A policy meets the facts of the morning with its own bids in force, and the log scores what it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest

from bidopt.backtest.auction_market import AuctionMarket
from bidopt.backtest.drawn_luck import drawn_luck
from bidopt.backtest.hand_bids import HandBids
from bidopt.backtest.log_replay import LogReplay
from bidopt.backtest.logged_days import LoggedDays, read_log
from bidopt.backtest.market import OUTCOME
from bidopt.backtest.replay import scaled_log
from bidopt.backtest.replay_cells import MOST_CARRIED, OwnDays
from bidopt.backtest.replay_estimate import Doubt, ReplayEstimate, estimate
from bidopt.backtest.scenarios import SCENARIOS
from bidopt.decisions.draft import Draft, put
from bidopt.decisions.policy import Policy, Situation
from bidopt.domain.errors import StoppedError
from bidopt.domain.metrics import Array
from bidopt.domain.reasons import ReasonText
from bidopt.evidence.evidence import EvidenceSettings
from bidopt.facts.fact_tables import refuse_future
from bidopt.recommender import Recommender

DAYS = 6
SETTINGS = EvidenceSettings()
SMALL = replace(
    SCENARIOS["roas_bound"], keywords=60, products=5, history_days=24, hand=HandBids(moved=0.9, headroom=3.0)
)


@pytest.fixture(scope="module")
def market() -> AuctionMarket:
    """A market whose history is the log; its campaigns have money to spare."""
    return SMALL.market(1)


@pytest.fixture(scope="module")
def log(market: AuctionMarket) -> LoggedDays:
    end = market.morning
    return read_log(market, end - timedelta(days=DAYS), end - timedelta(days=1), end, SETTINGS)


def as_logged(log: LoggedDays, **changes: Any) -> OwnDays:  # noqa: ANN401
    return replace(OwnDays(log.bid, log.in_play & ~log.paused, log.budget), **changes)


def scored(log: LoggedDays, **changes: Any) -> ReplayEstimate:  # noqa: ANN401
    return estimate(log, as_logged(log, **changes), Doubt(draws=60))


def spent_by_campaign(log: LoggedDays) -> Array:
    return np.array([log.cost[log.campaign_of == c].sum(axis=0) for c in range(len(log.campaigns))])


def totals(found: ReplayEstimate) -> Array:
    return found.days[["cost", "revenue"]].sum().to_numpy()


def test_the_log_holds_what_happened(market: AuctionMarket, log: LoggedDays) -> None:
    days = market.known_on(market.morning).keyword_days
    days = days[days["date"] >= pd.Timestamp(log.dates[0])]
    assert log.cost.sum() == pytest.approx(days["cost"].sum())
    assert log.clicks.sum() == days["clicks"].sum()
    assert log.revenue.sum() > days["revenue"].sum()  # orders that are still to come
    assert log.bid_known.all()
    told = days.pivot_table(index="keyword", columns="date", values="bid").loc[log.keywords["keyword"]]
    np.testing.assert_array_equal(log.bid, told.to_numpy())


def test_what_was_done_is_scored_by_the_log_alone(log: LoggedDays) -> None:
    found = scored(log)
    np.testing.assert_allclose(found.days["cost"], log.cost.sum(axis=0))
    np.testing.assert_allclose(found.days["revenue"], log.revenue.sum(axis=0))
    assert found.by_model == pytest.approx(0)
    assert found.inside == found.inside_money == 1
    assert OUTCOME.check(found.days) is found.days


def test_stretches_of_a_log_share_its_doubts_of_keywords_but_not_its_luck(log: LoggedDays) -> None:
    """Days with the same events: kept bids differ by luck alone, and with no luck left by nothing."""
    half = DAYS // 2
    first = log.until(half)
    again = replace(first, dates=log.dates[half:])
    luck, other = (scored(days).revenue for days in (first, again))
    assert not np.allclose(luck, other)
    still = [
        replace(
            days,
            clicks=days.expected_clicks,
            cost=days.expected_cost,
            revenue=days.revenue * 0.0,
            day_noise=0.0,
        )
        for days in (first, again)
    ]
    spent, also = (
        scored(days, bid=days.bid * 1.3, budget=np.full_like(days.budget, np.nan)).cost for days in still
    )
    np.testing.assert_allclose(spent, also)
    assert np.std(spent.sum(axis=1)) > 0
    stretch = log.between(log.dates[half].date(), log.dates[-1].date())
    np.testing.assert_array_equal(stretch.cost, log.cost[:, half:])
    assert stretch.response is log.response


@pytest.mark.parametrize("factor", [0.7, 1.0, 1.5])
def test_no_draw_is_below_nothing_nor_beyond_the_budgets(log: LoggedDays, factor: float) -> None:
    """Budgets of what was spent when it was most, so that luck runs into them; few sales, so that it runs out of them."""
    days = np.arange(DAYS)
    spent = spent_by_campaign(log)
    budget = np.repeat(spent.max(axis=1)[:, None], DAYS, axis=1)
    tight = replace(
        log, budget=budget, lasted=np.ones_like(log.lasted), revenue=log.revenue * (days % 3 == 0)
    )
    found = scored(tight, bid=log.bid * factor, budget=budget)
    assert found.cost.min() >= 0
    assert found.revenue.min() >= 0
    assert (found.cost <= budget.sum(axis=0) * (1 + 1e-9)).all()
    assert found.revenue[:, 0].std() > 0


def test_luck_leaves_what_all_days_bring_where_it_was_on_average(log: LoggedDays) -> None:
    """Of 2,000 draws the mean is known to about 0.5 % of it: a false alarm at 4 standard errors in 16,000 runs."""
    free = np.full_like(log.budget, np.nan)
    found = estimate(log, as_logged(log, budget=free), Doubt(draws=2000))
    for name in ("cost", "revenue"):
        drawn = getattr(found, name).sum(axis=1)
        error = drawn.std() / np.sqrt(len(drawn))
        assert abs(drawn.mean() - found.days[name].sum()) < 4 * error


def test_budgets_that_cut_the_logs_luck_do_not_cut_it_again(log: LoggedDays) -> None:
    """Where every day spent its budget draws of luck can only take away from it: 11 % of the whole were they not put around the log."""
    spent = spent_by_campaign(log)
    budget = np.repeat(np.quantile(spent, 0.7, axis=1)[:, None], DAYS, axis=1)
    full = replace(log, budget=np.maximum(budget, spent), lasted=np.ones_like(log.lasted))
    found = scored(full, budget=full.budget)
    np.testing.assert_allclose(found.cost.sum(axis=1).mean(), log.cost.sum(), rtol=0.01)
    np.testing.assert_allclose(found.revenue.sum(axis=1).mean(), log.revenue.sum(), rtol=0.01)


@pytest.mark.parametrize("lasted", [1.0, 0.7])
def test_where_all_budgets_are_spent_the_cost_is_sure_and_the_revenue_is_not(
    log: LoggedDays, lasted: float
) -> None:
    spent = spent_by_campaign(log)
    full = replace(log, budget=spent, lasted=np.full_like(log.lasted, lasted))
    found = scored(full, budget=spent)
    np.testing.assert_allclose(found.cost, np.broadcast_to(spent.sum(axis=0), found.cost.shape))
    drawn = found.revenue.sum(axis=1)
    assert drawn.mean() == pytest.approx(log.revenue.sum(), rel=0.01)
    assert drawn.std() > 0.02 * drawn.mean()


def test_what_budgets_hid_is_never_less_than_nothing(log: LoggedDays) -> None:
    """However wrong the log is about what a cut day would have cost, it cost what it cost."""
    hidden = np.array([luck.hidden for luck in drawn_luck(log, 2000, 7)])
    assert hidden.max() == 1.0
    lasted = 0.4
    assert (np.exp(hidden * np.log(lasted)) / lasted >= 1.0).all()


def test_days_that_the_log_no_longer_sees_are_refused(market: AuctionMarket) -> None:
    first = market.morning - timedelta(days=400)
    with pytest.raises(StoppedError, match="不能回测") as caught:
        read_log(market, first, market.morning - timedelta(days=1), market.morning, SETTINGS)
    assert str(market.morning - timedelta(days=365)) in caught.value.hint


def test_a_pause_brings_nothing_and_touches_nothing_else(log: LoggedDays) -> None:
    running = log.in_play.copy()
    running[::2] = False
    found = scored(log, running=running)
    np.testing.assert_allclose(found.days["cost"], log.cost[1::2].sum(axis=0))
    np.testing.assert_allclose(found.days["revenue"], log.revenue[1::2].sum(axis=0))


def test_lower_bids_thin_the_log_and_higher_ones_stretch_it(log: LoggedDays) -> None:
    found = [totals(scored(log, bid=log.bid * factor)) for factor in (0.5, 0.8, 1.0, 1.25)]
    assert (np.diff(found, axis=0) > 0).all()
    cpc = [cost / log.clicks.sum() for cost, _ in found]
    assert cpc[1] < cpc[2]


@pytest.mark.parametrize("factor", [0.5, 1.0, 1.5])
def test_all_bids_scaled_bring_what_draws_lie_around(log: LoggedDays, factor: float) -> None:
    """2,000 draws know their mean to about 0.5 %."""
    found = estimate(log, as_logged(log, bid=log.bid * factor), Doubt(draws=2000))
    np.testing.assert_allclose(scaled_log(log, factor), totals(found), rtol=0.02)


def test_no_more_than_the_log_times_its_limit_is_carried(log: LoggedDays) -> None:
    """Where bids are far higher the model speaks for the rest, and says so."""
    found = scored(log, bid=log.bid * 4)
    assert found.by_model > 0.02
    assert found.inside_money == 0
    carried = log.clicks.sum() * MOST_CARRIED
    assert found.days["cost"].sum() < carried * log.bid.max() * 4


def test_doubt_grows_away_from_the_logged_bids(log: LoggedDays) -> None:
    unlimited = np.full_like(log.budget, np.nan)
    found = [scored(log, bid=log.bid * factor, budget=unlimited) for factor in (1.0, 1.3, 2.0)]
    spreads = [np.std(one.cost.sum(axis=1)) / totals(one)[0] for one in found]
    assert spreads == sorted(spreads)
    assert spreads[-1] > 2 * spreads[0]


def test_a_budget_binds(log: LoggedDays) -> None:
    spent = np.zeros_like(log.budget)
    np.add.at(spent, log.campaign_of, log.cost)
    found = scored(log, budget=spent / 2)
    np.testing.assert_allclose(found.days["cost"], log.cost.sum(axis=0) / 2, rtol=0.02)
    assert totals(found)[1] < 0.7 * totals(scored(log))[1]


def test_without_logged_bids_only_the_change_counts(market: AuctionMarket, log: LoggedDays) -> None:
    blind = replace(log, bid_known=np.zeros_like(log.bid_known))
    replayed = LogReplay(market, blind, market.goals)
    facts = replayed.facts()
    changes = Recommender(market.goals, SETTINGS, (), ()).recommend(facts, replayed.morning).changes
    base = facts.current_bids["base_bid"].to_numpy()
    replayed.play(changes.with_bids(changes.bids.assign(action="set_bid", bid=base * 2)))
    np.testing.assert_allclose(replayed.own_days().bid[:, 0], blind.bid[:, 0] * 2)


class Scripted(Policy):
    """Doubles every bid, drops the first word, resumes it two days later; halves budgets."""

    start: date
    reasons: ClassVar[Mapping[str, ReasonText]] = {"scripted": ReasonText("照本", "scripted")}

    def decide(self, situation: Situation) -> Draft:
        draft, day = situation.draft, (situation.as_of - self.start).days
        everyone = np.ones(len(draft.bids), dtype=bool)
        base = situation.evidence.keywords["base_bid"].to_numpy()
        if day == 0:
            bids = put(draft.bids, everyone, action="set_bid", bid=base * 2, reason="scripted")
            drops = draft.drops.assign(reason=["scripted", *[""] * (len(draft.drops) - 1)])
            budgets = draft.budgets.assign(budget=draft.budgets["current_budget"] / 2)
            return draft.with_bids(bids).with_drops(drops.astype("str")).with_budgets(budgets)
        if day == 2:
            first = np.arange(len(draft.bids)) == 0
            return draft.with_bids(put(draft.bids, first, action="resume", bid=base, reason="scripted"))
        return draft


def test_own_bids_pauses_and_budgets_stay_in_force(market: AuctionMarket, log: LoggedDays) -> None:
    """The operator of the log moves bids all the while; a policy's own stay as it left them."""
    replayed = LogReplay(market, log, market.goals)
    recommender = Recommender(market.goals, SETTINGS, (Scripted(start=replayed.morning),), ())
    began = market.known_on(replayed.morning).current_bids["current_bid"].to_numpy()
    budgets = market.known_on(replayed.morning).current_budgets["current_budget"].to_numpy()
    while replayed.days_left:
        facts, day = replayed.facts(), DAYS - replayed.days_left
        refuse_future(facts, replayed.morning)
        assert facts.keyword_days["date"].max() < pd.Timestamp(replayed.morning)
        if day:
            paused = (facts.current_bids["status"] == "paused").to_numpy()
            assert paused.tolist() == [day <= 2, *[False] * 59]
            np.testing.assert_allclose(facts.current_bids["current_bid"][1:], 2 * began[1:])
            np.testing.assert_allclose(facts.current_budgets["current_budget"], budgets / 2)
            changed_on = set(facts.current_bids["changed_on"][1:].dt.date)
            assert changed_on == {log.dates[0].date()}
            (life,) = facts.word_lives.to_dict("records")  # as the ledger would tell a live morning
            assert life["keyword"] == log.keywords["keyword"][0]
            assert life["dropped_on"] == log.dates[0]
            assert life["reason"] == "scripted"
            assert pd.isna(life["resumed_on"]) if day <= 2 else life["resumed_on"] == log.dates[2]
        else:
            assert facts.word_lives.empty
        replayed.play(recommender.recommend(facts, replayed.morning).changes)
    own = replayed.own_days()
    assert own.running[0].tolist() == [False, False, *[True] * (DAYS - 2)]
    np.testing.assert_allclose(own.bid[1:], 2 * began[1:, None] * np.ones(DAYS))
    assert [day.dropped for day in replayed.turnover] == [1, 0, 0, 0, 0, 0]
    assert [day.resumed for day in replayed.turnover] == [0, 0, 1, 0, 0, 0]
    assert not replayed.dropped.any()
    assert len(replayed.outcome()) == DAYS


def test_words_dropped_for_good_are_shown_with_what_the_log_has_of_them(
    market: AuctionMarket, log: LoggedDays
) -> None:
    replayed = LogReplay(market, log, market.goals)
    never_back = Scripted(start=replayed.morning + timedelta(days=DAYS - 2))
    recommender = Recommender(market.goals, SETTINGS, (never_back,), ())
    while replayed.days_left:
        replayed.play(recommender.recommend(replayed.facts(), replayed.morning).changes)
    assert replayed.dropped.tolist() == [True, *[False] * 59]
    assert replayed.later_value() == pytest.approx((log.cost[0, -2:].sum(), log.revenue[0, -2:].sum()))
