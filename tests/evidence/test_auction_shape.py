"""Shapes of an auction: higher bids never buy less, a click never costs more than its bid, and simple cases are exact."""

from __future__ import annotations

import numpy as np
import pytest

from bidopt.domain.metrics import Array
from bidopt.evidence.auction_shape import REACH, STEP, AuctionShapes, auction_shapes, reader

STANDING: Array = np.arange(-REACH, REACH + 1).astype(np.float64) * STEP
LOOKS = np.array([1.0, 0.65, 0.45, 0.33, 0.25, 0.2, 0.17, 0.15])


@pytest.fixture(scope="module")
def shapes() -> AuctionShapes:
    return auction_shapes()


def test_a_higher_bid_never_buys_fewer_impressions_or_clicks(shapes: AuctionShapes) -> None:
    assert np.diff(shapes.impressions).min() >= -1e-9
    assert np.diff(shapes.impressions + shapes.click_rate).min() >= -1e-9


def test_a_higher_bid_never_costs_less_in_all(shapes: AuctionShapes) -> None:
    cost = shapes.impressions + shapes.click_rate + shapes.price + STANDING
    assert np.diff(cost).min() >= -1e-9


def test_shares_are_shares_and_a_click_never_costs_more_than_its_bid(shapes: AuctionShapes) -> None:
    for table in (shapes.impressions, shapes.click_rate, shapes.price):
        assert table.max() <= 1e-12
        assert np.isfinite(table).all()


def test_far_above_its_rivals_a_bid_is_always_shown_first(shapes: AuctionShapes) -> None:
    np.testing.assert_allclose(shapes.impressions[:, -1], 0.0, atol=1e-6)
    np.testing.assert_allclose(shapes.click_rate[:, -1], 0.0, atol=1e-6)


@pytest.mark.parametrize(("number", "spread"), [(0, 0.2), (1, 0.35), (2, 0.6), (3, 1.0)])
def test_one_slot_against_one_rival_is_the_second_price_auction(
    shapes: AuctionShapes, number: int, spread: float
) -> None:
    """400,000 rivals drawn: shares within 0.005, mean price within 1 %; both are over five standard errors."""
    rival = np.exp(np.random.default_rng(number).normal(0.0, spread, 400_000))
    for standing in (-0.4, 0.0, 0.3, 1.0, 2.0):
        won = rival < np.exp(standing)
        at = np.array([standing])
        share = np.exp(reader(at)(shapes.impressions))[0, number]
        price = np.exp(reader(at)(shapes.price))[0, number]
        assert share == pytest.approx(won.mean(), abs=0.005)
        if won.mean() > 0.02:
            assert price == pytest.approx(rival[won].mean() / np.exp(standing), rel=0.01)


@pytest.mark.parametrize("standing", [0.0, 0.8, 1.6])
def test_eight_slots_against_twenty_rivals_pay_the_next_one(shapes: AuctionShapes, standing: float) -> None:
    """100,000 auctions drawn, the last candidate of all; figures within 1 %, over five standard errors."""
    rivals = np.exp(np.random.default_rng(5).normal(0.0, 1.0, (100_000, 20)))
    bid = np.exp(standing)
    place = (rivals > bid).sum(axis=1)
    below = np.where(rivals < bid, rivals, 0.0).max(axis=1)
    looks = np.where(place < 8, LOOKS[np.minimum(place, 7)], 0.0)
    at = np.array([standing])
    shown, rate, price = (
        np.exp(reader(at)(table))[0, -1] for table in (shapes.impressions, shapes.click_rate, shapes.price)
    )
    assert shown == pytest.approx((place < 8).mean(), rel=0.01)
    assert shown * rate == pytest.approx(looks.mean(), rel=0.01)
    assert price == pytest.approx((looks * below).sum() / looks.sum() / bid, rel=0.01)


def test_a_mean_of_shapes_lies_between_them(shapes: AuctionShapes) -> None:
    weights = np.zeros(len(shapes))
    weights[[0, -1]] = 0.5
    mean = shapes.pick(weights)
    for one, table in (
        (mean.impressions, shapes.impressions),
        (mean.click_rate, shapes.click_rate),
        (mean.price, shapes.price),
    ):
        assert (one[0] >= table[[0, -1]].min(axis=0) - 1e-12).all()
        assert (one[0] <= table[[0, -1]].max(axis=0) + 1e-12).all()
    np.testing.assert_allclose(shapes.only(0).price, shapes.price[:1])
