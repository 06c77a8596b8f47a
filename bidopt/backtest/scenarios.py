"""Named markets to try policies on: a shop, its constraints, and what happens to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from bidopt.backtest.attainable import Frontier, frontier
from bidopt.backtest.auction_day import SHOCK
from bidopt.backtest.auction_market import BID_GRID, AuctionMarket
from bidopt.backtest.bid_noise import BidNoise
from bidopt.backtest.days import Twist
from bidopt.backtest.hand_bids import HandBids
from bidopt.backtest.landscape import Landscape
from bidopt.backtest.landscapes import (
    generalized_second_price,
    response_tables,
    single_slot_second_price,
)
from bidopt.backtest.twists.drift import Drift
from bidopt.backtest.twists.event import Event
from bidopt.backtest.twists.reactive_rivals import ReactiveRivals
from bidopt.backtest.twists.stock_out import StockOut
from bidopt.backtest.twists.weekday_and_season import WeekdayAndSeason
from bidopt.backtest.world import World, draw_world
from bidopt.domain.errors import UsageError, did_you_mean
from bidopt.domain.goals import Goals

LANDSCAPES: Mapping[str, Callable[[World, np.random.Generator], Landscape]] = {
    "generalized_second_price": generalized_second_price.landscape,
    "single_slot_second_price": single_slot_second_price.landscape,
    "response_tables": response_tables.landscape,
}

_USUAL_TARGET, _CLICK_SHARE = 3.0, 0.5
"""The best bids at this target ROAS buy this share of all clicks to be had; prices of rivals are set so."""

_WEEK, _HAND = WeekdayAndSeason(), HandBids()


@dataclass(frozen=True)
class Scenario:
    """A kind of market.

    Args:
        meaning: what it tries a policy on.
        keywords: in play; `products` they are spread over.
        cvr: factor on conversion rates.
        orders: mature orders a day at the best bids that keep the target, money aside.
        target_roas: the goal.
        budget: account budget, as a share of what the best bids at the target cost.
        first_morning: first day to decide.
        history_days: days bid by hand before.
        hand: how they were bid.
        noise: chance put on every bid and noted.
        twists: what changes from day to day.
    """

    meaning: str
    keywords: int = 240
    products: int = 8
    cvr: float = 1.0
    orders: float = 60.0
    target_roas: float = 3.0
    budget: float = 1.1
    first_morning: date = date(2026, 7, 10)
    history_days: int = 14
    hand: HandBids = _HAND
    noise: BidNoise | None = None
    twists: tuple[Twist, ...] = (_WEEK,)

    def market(self, seed: int, landscape: str = "generalized_second_price") -> AuctionMarket:
        """A market of this kind.

        Args:
            seed: same seed, same market.
            landscape: market family, one of LANDSCAPES.
        """
        rng = np.random.default_rng([seed, 1])
        world = draw_world(rng, self.products, self.keywords, self.first_morning, cvr=self.cvr)
        auction = _family(landscape)(world, rng)
        edge = _frontier(world, auction)
        usual = int(np.argmin(np.abs(edge.clicks - _CLICK_SHARE * edge.clicks[0])))
        level = edge.revenue[usual] / edge.cost[usual] / _USUAL_TARGET
        best = edge.at_roas(self.target_roas * level)  # costs are yet to be multiplied by it
        demand = self.orders / edge.orders[best]
        budget = self.budget * float(edge.cost[best] * level * demand)
        world = world.scaled(demand=demand, level=level)
        auction = replace(auction, level=auction.level * level)
        goals = Goals(target_roas=self.target_roas, daily_budget=float(np.ceil(budget / 10) * 10))
        return AuctionMarket(
            seed,
            world,
            auction,
            goals,
            self.first_morning,
            twists=self.twists,
            history_days=self.history_days,
            hand=self.hand,
            noise=self.noise,
        )


def _family(name: str) -> Callable[[World, np.random.Generator], Landscape]:
    if name not in LANDSCAPES:
        raise UsageError(f"没有市场类型 {name!r}", did_you_mean(name, list(LANDSCAPES)))
    return LANDSCAPES[name]


def _frontier(world: World, auction: Landscape) -> Frontier:
    """What an ordinary day could bring."""
    bids = (world.level / world.quality)[:, None] * BID_GRID
    traffic = auction.over_shocks(SHOCK).traffic(bids, world.demand, np.zeros(len(bids)), world.quality)
    return frontier(traffic.clicks, traffic.cost, world.cvr * world.order_value, world.order_value)


SCENARIOS: Mapping[str, Scenario] = {
    "steady": Scenario("only weekdays and luck; the target binds, the budget nearly"),
    "drift": Scenario("demand, conversion and rivals wander and jump", twists=(_WEEK, Drift())),
    "event": Scenario(
        "双11 falls into the played days",
        first_morning=date(2026, 10, 28),
        twists=(_WEEK, Event(date(2026, 11, 11))),
    ),
    "long_tail": Scenario("many words with few clicks and rare orders", keywords=800, cvr=0.5, orders=50.0),
    "budget_bound": Scenario("money is short: half of what the target would allow", budget=0.5),
    "roas_bound": Scenario("money is plenty: only the target binds", budget=3.0),
    "tight_target": Scenario("a target of 5 in a market where 3 is usual", target_roas=5.0),
    "cold_start": Scenario("a new shop with two days of history", history_days=2),
    "stock_outs": Scenario("products sell out and are restocked", twists=(_WEEK, StockOut())),
    "small_shop": Scenario("a third of the orders: little to learn from", orders=20.0),
    "reactive_rivals": Scenario("rivals answer higher bids", twists=(_WEEK, ReactiveRivals())),
}


def scenario(name: str, seed: int, landscape: str = "generalized_second_price") -> AuctionMarket:
    """The market of a named scenario.

    Args:
        name: one of SCENARIOS.
        seed: same seed, same market.
        landscape: market family, one of LANDSCAPES.

    Raises:
        UsageError: there is no such scenario or family.
    """
    if name not in SCENARIOS:
        raise UsageError(f"没有场景 {name!r}", did_you_mean(name, list(SCENARIOS)))
    return SCENARIOS[name].market(seed, landscape)
