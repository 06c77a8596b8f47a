"""A simulated shop in an auction whose truth is known: world, landscape and twists, played a day at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from bidopt.backtest.auction_day import SHOCK, HappenedDay, draw_day, expected_day
from bidopt.backtest.bid_noise import BidNoise
from bidopt.backtest.controls import Controls, changed
from bidopt.backtest.days import DaySource, OrdinaryDays, Twist
from bidopt.backtest.hand_bids import HandBids
from bidopt.backtest.landscape import Landscape
from bidopt.backtest.market import TRUE_OUTCOME, SimulatedMarket, TrueDay
from bidopt.backtest.own_drops import OwnDrops
from bidopt.backtest.shop_exports import write_exports
from bidopt.backtest.shop_log import LoggedDay, ShopLog
from bidopt.backtest.world import PLATFORM, World
from bidopt.domain.changes import Changes
from bidopt.domain.goals import Goals
from bidopt.domain.metrics import Array
from bidopt.facts.fact_tables import FactTables

BID_GRID: Array = np.geomspace(0.05, 8.0, 60)
"""Bids of `true_day`, as a share of what rivals' level asks of the keyword."""

_TWISTS, _HAND, _LUCK, _OTHER_LUCK, _NOISE = 11, 12, 13, 14, 15  # streams of chance


class AuctionMarket(SimulatedMarket):
    """A market with known truth.

    Args:
        seed: of twists, hand bids and luck; the luck of a day does not depend on what was played before.
        world: the shop.
        landscape: the auction it bids in.
        goals: with a daily budget.
        first_morning: first day to decide.
        twists: what changes from day to day, the first innermost.
        history_days: days bid by hand before, at least 1.
        hand: how.
        noise: chance put on every bid of every day, by hand or planned, and noted with its probability. A plan
            that leaves a bid alone leaves the bid that was wanted last, not the one drawn.
        days_ahead: days after the history that twists are drawn for.
        window_days: days of history that facts hold.
    """

    def __init__(
        self,
        seed: int,
        world: World,
        landscape: Landscape,
        goals: Goals,
        first_morning: date,
        *,
        twists: Sequence[Twist] = (),
        history_days: int = 14,
        hand: HandBids | None = None,
        noise: BidNoise | None = None,
        days_ahead: int = 60,
        window_days: int = 91,
    ) -> None:
        self._seed, self._world, self._landscape, self._goals = seed, world, landscape, goals
        self._campaigns = world.campaigns.assign(platform=PLATFORM)
        self._averaged = landscape.over_shocks(SHOCK)
        self._window_days, self._noise = window_days, noise
        first = first_morning - timedelta(days=history_days)
        self._days = _with_twists(world, twists, seed, first, history_days + days_ahead)
        self._log = ShopLog(world, first)
        self._outcome: list[dict[str, object]] = []
        self._drops = OwnDrops.none(len(world.keywords))
        by_hand = (hand or HandBids()).bids(np.random.default_rng([seed, _HAND]), world, history_days)
        budgets = (hand or HandBids()).budgets(
            world, self._averaged, by_hand[-1], goals.daily_budget or np.inf
        )
        for bids in by_hand:
            self._controls = Controls(bids, np.zeros(len(bids), dtype=bool), budgets)
            self._happen()
        self._exported = first

    @property
    def goals(self) -> Goals:
        """What the shop wants."""
        return self._goals

    @property
    def morning(self) -> date:
        """The next day to decide."""
        return self._log.morning

    @property
    def world(self) -> World:
        """The hidden truth behind all days; for the scorer only."""
        return self._world

    def facts(self) -> FactTables:
        """What exports have told by this morning, and a ledger of the words that plans dropped."""
        told = self.known_on(self.morning, self._window_days)
        return replace(told, word_lives=self._drops.lives(self._world.keywords))

    def known_on(self, day: date, window_days: int = 120) -> FactTables:
        """What exports had told by an earlier morning, after at least one day of history."""
        return self._log.until(day).facts(window_days)

    def expected(self, day: date, controls: Controls) -> tuple[float, float]:
        """The truth of a day that was, had other bids and budgets been in force: expected cost and mature revenue.

        Rivals that answer bids are taken as they answered those that were in force.
        """
        return expected_day(self._world, self._averaged, self._days.conditions(day), controls)

    def mean_outcome(self, day: date, controls: Controls, draws: int) -> tuple[float, float]:
        """The same as a mean over other lucks of that day, in which budgets run out on busy days only."""
        truth = self._days.conditions(day)
        cost = revenue = 0.0
        for draw in range(draws):
            luck = np.random.default_rng([self._seed, _OTHER_LUCK, day.toordinal(), draw])
            happened = draw_day(luck, self._world, self._landscape, truth, controls)
            clicked = happened.clicks * truth.cvr * truth.sellable * self._world.order_value
            cost, revenue = cost + float(happened.cost.sum()), revenue + float(clicked.sum())
        return cost / draws, revenue / draws

    @property
    def controls(self) -> Controls:
        """Bids, pauses and budgets in force."""
        return self._controls

    def write_exports(self, folder: Path) -> list[Path]:
        """Write this morning's exports, and those of earlier mornings that were not written yet."""
        files = write_exports(self._log, folder, self._exported)
        self._exported = self.morning
        return files

    def play(self, changes: Changes) -> None:
        """Put bids, pauses and budgets into force and let the day happen; words to add are left aside."""
        before, keywords = self._controls, self._world.keywords
        self._controls = changed(before, keywords, self._campaigns, changes)
        self._drops = self._drops.after(before, self._controls, keywords, changes, self.morning)
        cost, revenue = self.expected(self.morning, self._drawn())
        played = {"date": pd.Timestamp(self.morning), "budget": self._controls.budgets.sum()}
        day = self._happen()
        happened = {"cost": day.cost.sum(), "revenue": day.order_value.sum()}
        self._outcome.append({**played, **happened, "expected_cost": cost, "expected_revenue": revenue})

    def true_day(self) -> TrueDay:
        """The truth of the coming day, averaged over the day's shocks."""
        truth, world = self._days.conditions(self.morning), self._world
        price = world.level * np.exp(truth.shift) / world.quality
        bids = price[:, None] * BID_GRID
        traffic = self._averaged.traffic(bids, truth.demand, truth.shift, world.quality)
        return TrueDay(
            keywords=world.keywords.copy(),
            bids=bids,
            clicks=traffic.clicks,
            cost=traffic.cost,
            value_per_click=truth.cvr * truth.sellable * world.order_value,
        )

    def outcome(self) -> pd.DataFrame:
        """Schema TRUE_OUTCOME: the days played after the history."""
        return TRUE_OUTCOME.conform(pd.DataFrame(self._outcome, columns=TRUE_OUTCOME.names))

    def _happen(self) -> HappenedDay:
        """Let a day happen at the controls in force."""
        day, in_force = self._log.morning, self._drawn()
        truth = self._days.conditions(day)
        luck = np.random.default_rng([self._seed, _LUCK, day.toordinal()])
        happened = draw_day(luck, self._world, self._landscape, truth, in_force)
        noise = self._noise
        chance = None if noise is None else noise.probability(in_force.bids, self._controls.bids)
        self._log.add(LoggedDay(happened, in_force, truth.stock, chance))
        self._days.played(day, in_force.offered)
        return happened

    def _drawn(self) -> Controls:
        """The controls in force on the coming day: as set, with the day's noise on the bids."""
        if self._noise is None:
            return self._controls
        rng = np.random.default_rng([self._seed, _NOISE, self.morning.toordinal()])
        return replace(self._controls, bids=self._noise.draw(rng, self._controls.bids))


def _with_twists(world: World, twists: Sequence[Twist], seed: int, first: date, days: int) -> DaySource:
    source: DaySource = OrdinaryDays(world)
    for number, twist in enumerate(twists):
        source = twist.around(source, world, np.random.default_rng([seed, _TWISTS, number]), first, days)
    return source
