"""Auctions keep their rules in every market family: more never buys less, and nobody pays above the bid."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from bidopt.backtest.auction_day import SHOCK
from bidopt.backtest.landscape import STRENGTHS, Landscape
from bidopt.backtest.landscapes.generalized_second_price import CLASSES, EXAMINATION, _tabulate
from bidopt.backtest.scenarios import LANDSCAPES
from bidopt.backtest.world import World, draw_world
from bidopt.domain.metrics import Array

LEVELS = np.geomspace(0.03, 12.0, 80)


@pytest.fixture(scope="module")
def world() -> World:
    return draw_world(np.random.default_rng(4), 5, 60, date(2026, 7, 1))


@pytest.fixture(params=sorted(LANDSCAPES))
def landscape(request: pytest.FixtureRequest, world: World) -> Landscape:
    return LANDSCAPES[request.param](world, np.random.default_rng(5))


def grid(world: World) -> Array:
    bids: Array = (world.level / world.quality)[:, None] * LEVELS
    return bids


@pytest.mark.parametrize("averaged", [False, True])
def test_a_higher_bid_never_buys_less(landscape: Landscape, world: World, averaged: bool) -> None:  # noqa: FBT001
    auction = landscape.over_shocks(SHOCK) if averaged else landscape
    found = auction.traffic(grid(world), world.demand, np.full(60, 0.1), world.quality)
    for figure in (found.impressions, found.clicks, found.cost):
        assert (np.diff(figure, axis=1) >= -1e-9 * figure.max()).all()
        assert (figure[:, -1] > figure[:, 20]).all()


def test_nobody_pays_more_than_the_bid(landscape: Landscape, world: World) -> None:
    bids = grid(world)
    found = landscape.traffic(bids, world.demand, np.zeros(60), world.quality)
    assert (found.cost <= bids * found.clicks * (1 + 1e-12)).all()
    assert (found.clicks <= found.impressions * world.ctr[:, None] * (1 + 1e-9)).all()


def test_one_bid_a_keyword_is_a_column_of_the_grid(landscape: Landscape, world: World) -> None:
    bids, still = grid(world), np.zeros(60)
    whole = landscape.traffic(bids, world.demand, still, world.quality)
    column = landscape.traffic(bids[:, 40], world.demand, still, world.quality)
    np.testing.assert_array_equal(column.cost, whole.cost[:, 40])
    np.testing.assert_array_equal(column.rank, whole.rank[:, 40])


def test_no_bid_buys_nothing(landscape: Landscape, world: World) -> None:
    found = landscape.traffic(np.zeros(60), world.demand, np.zeros(60), world.quality)
    assert not found.clicks.any()
    assert not found.cost.any()
    assert np.isnan(found.rank[found.impressions == 0]).all()


def test_quality_buys_more_clicks_at_the_same_bid(landscape: Landscape, world: World) -> None:
    bids, still = grid(world)[:, 45], np.zeros(60)
    low, high = (landscape.traffic(bids, world.demand, still, world.quality * q) for q in (1.0, 1.3))
    assert (high.clicks >= low.clicks).all()
    assert high.clicks.sum() > 1.05 * low.clicks.sum()


def test_dearer_rivals_move_the_curve_by_as_much_as_a_lower_bid(landscape: Landscape, world: World) -> None:
    bids = grid(world)[:, 45]
    dear = landscape.traffic(bids * 1.5, world.demand, np.full(60, np.log(1.5)), world.quality)
    usual = landscape.traffic(bids, world.demand, np.zeros(60), world.quality)
    np.testing.assert_allclose(dear.clicks, usual.clicks, rtol=1e-9)


def test_the_average_over_shocks_is_the_mean_of_drawn_days(landscape: Landscape, world: World) -> None:
    bids = grid(world)[:, 42]
    shocks = SHOCK * np.random.default_rng(6).normal(size=3000)
    clicks, cost = [], []
    for shock in shocks:
        day = landscape.traffic(bids, world.demand, np.full(60, shock), world.quality)
        clicks.append(day.clicks.sum())
        cost.append(day.cost.sum())
    mean = landscape.over_shocks(SHOCK).traffic(bids, world.demand, np.zeros(60), world.quality)
    # four standard errors (a false alarm in 1 of 16,000 seeds) and half a percent for the table's grid
    for drawn, expected in ((clicks, mean.clicks.sum()), (cost, mean.cost.sum())):
        error = 4 * np.std(drawn) / np.sqrt(len(drawn)) + 0.005 * expected
        assert np.mean(drawn) == pytest.approx(expected, abs=error)


@pytest.mark.parametrize(("rivals", "spread", "slots", "reserve"), CLASSES)
@pytest.mark.parametrize("strength", [-0.8, 0.0, 0.64])
def test_tables_agree_with_simulated_auctions(
    rivals: int, spread: float, slots: int, reserve: float, strength: float
) -> None:
    """Each figure within 4.5 standard errors and the grid's error: a false alarm in less than 1 of 1,000 runs."""
    auctions, score = 40_000, np.exp(strength)
    rng = np.random.default_rng([rivals, round(100 * strength) + 500])
    scores = np.sort(np.exp(spread * rng.normal(size=(auctions, rivals))), axis=1)[:, ::-1]
    above = (scores > score).sum(axis=1)
    padded = np.append(scores, np.zeros((auctions, 1)), axis=1)
    following = np.maximum(padded[np.arange(auctions), above], reserve)
    shown = (above < slots) & (score > reserve)
    looked_at = shown * EXAMINATION[np.minimum(above, len(EXAMINATION) - 1)]
    table = _tabulate(rivals, spread, slots, reserve)
    expected = [np.interp(strength, STRENGTHS, column) for column in table.T]
    drawn = [shown, looked_at, looked_at * following, shown * (above + 1.0)]
    for sample, mean in zip(drawn, expected, strict=True):
        error = 4.5 * np.std(sample) / np.sqrt(auctions) + 0.01 * mean + 1e-4
        assert np.mean(sample) == pytest.approx(mean, abs=error)
