"""Each twist changes its own thing and nothing else."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, timedelta

import numpy as np
import pytest

from bidopt.backtest.days import DaySource, OrdinaryDays, TrueConditions, Twist
from bidopt.backtest.twists.drift import Drift
from bidopt.backtest.twists.event import Event
from bidopt.backtest.twists.reactive_rivals import ReactiveRivals
from bidopt.backtest.twists.stock_out import StockOut
from bidopt.backtest.twists.weekday_and_season import WeekdayAndSeason
from bidopt.backtest.world import World, draw_world

FIRST = date(2026, 10, 14)
PEAK = date(2026, 11, 11)
DAYS = 60


@pytest.fixture(scope="module")
def world() -> World:
    return draw_world(np.random.default_rng(3), 6, 90, FIRST)


def wrapped(twist: Twist, world: World) -> DaySource:
    return twist.around(OrdinaryDays(world), world, np.random.default_rng(8), FIRST, DAYS)


def every_day(source: DaySource) -> list[TrueConditions]:
    return [source.conditions(FIRST + timedelta(days=d)) for d in range(DAYS)]


def changed_fields(world: World, days: list[TrueConditions]) -> set[str]:
    usual = OrdinaryDays(world).conditions(FIRST)
    names = [field.name for field in fields(TrueConditions)]
    return {n for n in names if any(not np.array_equal(getattr(d, n), getattr(usual, n)) for d in days)}


@pytest.mark.parametrize(
    ("twist", "its_own"),
    [
        (WeekdayAndSeason(), {"demand"}),
        (Event(PEAK), {"demand", "cvr", "shift", "lag"}),
        (Drift(), {"demand", "cvr", "shift"}),
        (StockOut(), {"sellable", "stock"}),
        (ReactiveRivals(), set()),  # until somebody bids higher
    ],
)
def test_a_twist_changes_only_its_own_things(twist: Twist, its_own: set[str], world: World) -> None:
    assert changed_fields(world, every_day(wrapped(twist, world))) == its_own


def test_twists_are_drawn_from_their_seed(world: World) -> None:
    one, same = (every_day(wrapped(Drift(), world))[-1] for _ in range(2))
    np.testing.assert_array_equal(one.cvr, same.cvr)
    other = Drift().around(OrdinaryDays(world), world, np.random.default_rng(9), FIRST, DAYS)
    assert not np.array_equal(every_day(other)[-1].cvr, one.cvr)


def test_a_week_averages_out(world: World) -> None:
    days = every_day(wrapped(WeekdayAndSeason(season=0.0), world))[:7]
    np.testing.assert_allclose(np.mean([d.demand for d in days], axis=0), world.demand, rtol=1e-9)
    assert np.ptp([d.demand[0] for d in days]) > 0.1 * world.demand[0]


def test_an_event_heats_up_peaks_and_leaves_a_hangover(world: World) -> None:
    days = {FIRST + timedelta(days=d): c for d, c in enumerate(every_day(wrapped(Event(PEAK), world)))}

    def factor(day: date, name: str) -> float:
        usual = OrdinaryDays(world).conditions(day)
        return float(np.sum(getattr(days[day], name)) / np.sum(getattr(usual, name)))

    before, heat, peak, after, later = (PEAK + timedelta(days=d) for d in (-8, -1, 0, 1, 6))
    assert factor(heat, "demand") > 1.2
    assert factor(heat, "cvr") < 0.9
    assert factor(heat, "lag") > 1.5
    assert factor(peak, "demand") > 1.8
    assert factor(peak, "cvr") > 1.3
    assert np.exp(days[peak].shift.min()) >= 1.5
    assert factor(after, "demand") < 0.75
    assert changed_fields(world, [days[before], days[later]]) == set()


def test_drift_starts_at_the_truth_and_wanders_as_far_as_it_says(world: World) -> None:
    days = every_day(wrapped(Drift(sd=0.03, jump=0.0), world))
    np.testing.assert_array_equal(days[0].demand, world.demand)
    steps = np.diff(np.log([d.demand for d in days]), axis=0)
    # of 5,000 steps; five standard errors are a false alarm in 1 of a million seeds
    assert steps.std() == pytest.approx(0.03, rel=5 / np.sqrt(2 * steps.size))


def test_stock_runs_down_is_gone_and_comes_back(world: World) -> None:
    days = every_day(wrapped(StockOut(), world))
    stock = np.array([d.stock for d in days])
    sellable = np.array([d.sellable for d in days])
    product = int(np.argmin(stock.min(axis=0)))
    rows = world.product_of == product
    gone = int(np.argmax(stock[:, product] == 0))
    assert (np.diff(stock[:gone, product]) <= 0).all()
    assert 0 < sellable[gone, rows].max() < 1  # sold out in the course of the day
    assert (sellable[gone + 1][rows] == 0).all()
    assert (sellable[-1] == 1).all()
    assert stock[-1, product] == stock[0, product]
    for today, tomorrow in zip(stock[:-1], sellable[1:], strict=True):
        np.testing.assert_array_equal((today == 0)[world.product_of], tomorrow == 0)


def test_rivals_answer_higher_bids_step_by_step_and_relent(world: World) -> None:
    twist = ReactiveRivals(share=0.5)
    source = wrapped(twist, world)
    bids = np.ones(len(world.keywords))
    shifts = []
    for day in range(40):
        factor = 1.0 if day < 5 or day >= 25 else 2.0
        source.played(FIRST + timedelta(days=day), bids * factor)
        shifts.append(source.conditions(FIRST + timedelta(days=day + 1)).shift)
    assert not np.any(shifts[4])  # nobody is displaced by what is usual
    assert np.mean(shifts[7]) > 0  # within three days
    steps = np.diff(shifts, axis=0)
    assert steps.max() <= twist.share * np.log1p(twist.largest) + 1e-12
    assert np.max(shifts) <= twist.share * np.log1p(twist.most) + 1e-12
    assert (shifts[24] > 0).all()
    assert np.max(shifts[-1]) < 1e-9
