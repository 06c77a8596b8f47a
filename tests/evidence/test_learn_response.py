"""What bids buy, learned from keywords drawn from a known auction: sure where bids moved, wide where they did not."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from bidopt.domain.metrics import Array
from bidopt.evidence.auction_shape import auction_shapes, reader
from bidopt.evidence.bid_episodes import Episodes, gather_episodes
from bidopt.evidence.bid_response import BidResponse
from bidopt.evidence.keyword_index import Ints
from bidopt.evidence.learn_response import learn_response

WORDS, DAYS = 60, 28
SHAPE = 9
"""Number of the true shape among the candidates."""
CTR = 0.06


@dataclass(frozen=True)
class DrawnDays:
    """Keyword-days drawn from an auction; arrays of shape (WORDS, DAYS), `anchor` and the truth (WORDS,)."""

    anchor: Array
    level: Array
    searches: Array
    log_bid: Array
    impressions: Array
    clicks: Array
    cost: Array

    @property
    def click_rate(self) -> Array:
        """What was seen of the click rate, shape (WORDS,)."""
        rate: Array = (self.clicks.sum(axis=1) + 1) / (self.impressions.sum(axis=1) + 1 / CTR)
        return rate

    def true_clicks(self, log_bid: float) -> Array:
        """Expected clicks per day at a bid of anchor x exp(log_bid)."""
        shown, rate, _ = shares(log_bid - self.level)
        return self.searches * CTR * shown * rate

    def episodes(self, order: Ints | None = None, *, known_bid: bool = True) -> Episodes:
        """The days gathered, rows in the given order."""
        rows = np.arange(WORDS * DAYS) if order is None else order
        keyword, age = (grid.ravel()[rows] for grid in np.indices((WORDS, DAYS)))
        told = np.full(len(rows), known_bid)
        return gather_episodes(
            keyword,
            self.log_bid.ravel()[rows] * told,
            known_bid=told,
            whole=np.ones(len(rows), dtype=bool),
            factor=np.ones(len(rows)),
            days=np.ones(len(rows)),
            impressions=self.impressions.ravel()[rows],
            clicks=self.clicks.ravel()[rows],
            cost=self.cost.ravel()[rows],
            age=age.astype(np.float64) + 1,
        )


def shares(standing: Array) -> tuple[Array, Array, Array]:
    """Share shown, relative click rate and price over bid of the true shape."""
    shapes = auction_shapes()
    shown, rate, price = (
        np.exp(reader(standing)(table[SHAPE]))
        for table in (shapes.impressions, shapes.click_rate, shapes.price)
    )
    return shown, rate, price


def draw_days(seed: int, moves: tuple[float, ...]) -> DrawnDays:
    """Words of different rivals and searches; each bid goes through `moves`, a week at a time."""
    rng = np.random.default_rng(seed)
    anchor, level = rng.uniform(0.5, 3.0, WORDS), rng.normal(0.0, 0.4, WORDS)
    searches = np.exp(rng.normal(6.0, 1.0, WORDS))
    log_bid = np.repeat(np.resize(moves, DAYS // 7), 7)[None, :].repeat(WORDS, axis=0)
    shown, rate, price = shares(log_bid - level[:, None])
    impressions = rng.poisson(searches[:, None] * shown).astype(float)
    clicks = rng.poisson(impressions * CTR * rate).astype(float)
    cost = clicks * anchor[:, None] * np.exp(log_bid) * price
    return DrawnDays(anchor, level, searches, log_bid, impressions, clicks, cost)


MOVES = (0.0, 0.25, -0.25, 0.1)


def learn(days: DrawnDays, **given: float) -> BidResponse:
    return learn_response(
        days.episodes(), base_bid=days.anchor, anchor=days.anchor, click_rate=days.click_rate, **given
    )[0]


@pytest.fixture(scope="module")
def moved() -> BidResponse:
    return learn(draw_days(1, MOVES))


@pytest.fixture(scope="module")
def still() -> BidResponse:
    return learn(draw_days(1, (0.0,)))


@pytest.mark.parametrize("push", [0.7, 1.3, 1.6])
def test_bids_that_moved_tell_more_than_bids_that_did_not(
    moved: BidResponse, still: BidResponse, push: float
) -> None:
    bid = push * moved.base_bid
    assert np.median(moved.spread_at(bid)) < 0.9 * np.median(still.spread_at(bid))


@pytest.mark.parametrize("moves", [MOVES, (0.0,)])
def test_the_truth_lies_within_what_is_believed(moves: tuple[float, ...]) -> None:
    """90 % intervals over 3 x 60 words at three bids, the shape being one of the candidates.

    Measured 0.97 where bids moved and 0.98 where they did not: errors of no shape and of drift, which the noise allows
    for, are not drawn here. Seeds are fixed; a coverage of 0.9 would fail in about one draw of ten.
    """
    inside = []
    for seed in (2, 3, 4):
        days = draw_days(seed, moves)
        response = learn(days)
        for push in (-0.2, 0.0, 0.3):
            bid = days.anchor * np.exp(push)
            off = np.log(response.clicks_at(bid) / days.true_clicks(push))
            inside.append(np.abs(off) <= 1.645 * response.spread_at(bid))
    assert np.mean(inside) > 0.88


def test_curves_rise_with_the_bid(moved: BidResponse, still: BidResponse) -> None:
    for response in (moved, still):
        assert np.diff(response.clicks_grid).min() >= 0
        assert np.diff(response.cost_grid).min() >= 0
        assert (response.spread_grid >= 0).all()


def test_further_from_the_bids_seen_less_is_known(moved: BidResponse, still: BidResponse) -> None:
    for response in (moved, still):
        at = [np.median(response.spread_at(response.base_bid * push)) for push in (1.0, 1.5, 2.5)]
        assert at == sorted(at)


def test_a_word_of_which_nothing_was_seen_borrows_and_is_least_sure(moved: BidResponse) -> None:
    days = draw_days(1, MOVES)
    seen = days.episodes()
    response, _ = learn_response(
        seen.take(seen.keyword != 0), base_bid=days.anchor, anchor=days.anchor, click_rate=days.click_rate
    )
    assert response.spread_at(days.anchor)[0] > 2 * np.delete(response.spread_at(days.anchor), 0).max()
    assert 0 < response.clicks[0] < moved.clicks.max() * 2


def test_a_shop_of_which_nothing_was_seen_still_has_curves() -> None:
    days = draw_days(1, MOVES)
    nothing = days.episodes().take(np.zeros(len(days.episodes().keyword), dtype=bool))
    response, _ = learn_response(
        nothing, base_bid=days.anchor, anchor=days.anchor, click_rate=days.click_rate
    )
    assert np.isfinite(response.clicks_grid).all()
    assert np.diff(response.clicks_grid).min() >= 0
    assert response.spread_at(days.anchor).min() > 0.5


def test_where_bids_are_unknown_the_cost_per_click_seen_stays_at_the_base() -> None:
    """The cost per click stands in for the bid, so a click at that bid costs what it cost."""
    days = draw_days(5, (0.0,))
    cpc = days.cost.sum(axis=1) / days.clicks.sum(axis=1)
    response, _ = learn_response(
        days.episodes(known_bid=False), base_bid=cpc, anchor=cpc, click_rate=days.click_rate
    )
    np.testing.assert_allclose(response.cpc, cpc, rtol=1e-6)
    seen = days.clicks.mean(axis=1)
    assert np.median(np.abs(np.log(response.clicks / seen))) < 0.1


def test_a_word_without_any_bid_has_traffic_and_no_cost() -> None:
    days = draw_days(5, (0.0,))
    base = days.anchor.copy()
    base[0] = np.nan
    seen = days.episodes()
    response, _ = learn_response(
        replace(seen, known_bid=seen.keyword != 0), base_bid=base, anchor=base, click_rate=days.click_rate
    )
    assert response.clicks[0] > 0
    assert response.cost_at(base)[0] == 0
    assert response.clicks_at(base * 2)[0] == response.clicks[0]


def test_rivals_that_rise_today_leave_fewer_clicks_at_the_same_bid() -> None:
    days = draw_days(1, MOVES)
    usual, dear = learn(days), learn(days, rivals_today=0.4)
    assert (dear.clicks < usual.clicks).all()
    higher = days.anchor * np.exp(0.4)
    np.testing.assert_allclose(dear.clicks_at(higher), usual.clicks, rtol=1e-6)


@pytest.mark.parametrize("factor", [100.0, 0.01])
def test_currency_scales_cost_only(factor: float) -> None:
    days = draw_days(6, MOVES)
    other = learn(replace(days, anchor=days.anchor * factor, cost=days.cost * factor))
    one = learn(days)
    np.testing.assert_allclose(other.clicks_grid, one.clicks_grid, rtol=1e-9)
    np.testing.assert_allclose(other.cost_grid, one.cost_grid * factor, rtol=1e-9)
    np.testing.assert_allclose(other.spread_grid, one.spread_grid, rtol=1e-6, atol=1e-9)


def test_row_order_does_not_matter() -> None:
    days = draw_days(7, MOVES)
    shuffled = np.random.default_rng(8).permutation(WORDS * DAYS)
    responses = [
        learn_response(
            days.episodes(order), base_bid=days.anchor, anchor=days.anchor, click_rate=days.click_rate
        )[0]
        for order in (None, shuffled)
    ]
    np.testing.assert_allclose(responses[0].clicks_grid, responses[1].clicks_grid, rtol=1e-9)
    np.testing.assert_allclose(responses[0].cost_grid, responses[1].cost_grid, rtol=1e-9)


def test_traffic_that_hardly_answers_a_bid_is_not_taken_for_searches_without_end() -> None:
    """A bid that rises twentyfold and buys little more, beside words that answer as usual."""
    drawn = draw_days(5, (0.0, 0.2, -0.2, 0.4))
    odd = np.linspace(-2.0, 1.0, DAYS)
    log_bid, impressions, clicks, cost = (
        table.copy() for table in (drawn.log_bid, drawn.impressions, drawn.clicks, drawn.cost)
    )
    log_bid[0], impressions[0], clicks[0] = odd, 30.0 + 5 * odd, 2.0
    cost[0] = 2.0 * drawn.anchor[0] * np.exp(odd) * 0.9
    days = replace(drawn, log_bid=log_bid, impressions=impressions, clicks=clicks, cost=cost)
    response, shown = learn_response(
        days.episodes(), base_bid=days.anchor, anchor=days.anchor, click_rate=days.click_rate
    )
    assert shown[0].max() < 20 * impressions[0].max()
    assert response.clicks_grid[0].max() < 20 * 2.0


@pytest.mark.parametrize("premium", [1.2, 2.0])
def test_what_a_platform_adds_to_bids_is_paid_for(premium: float) -> None:
    """Placements and audiences raise every bid: the same auctions, behind bids that are lower in the reports."""
    plain = draw_days(4, MOVES)
    usual, added = learn(plain), learn(replace(plain, anchor=plain.anchor / premium))
    assert added.cpc == pytest.approx(usual.cpc, rel=0.1)
    assert added.cost_at(added.base_bid).sum() == pytest.approx(usual.cost_at(usual.base_bid).sum(), rel=0.06)
