"""How an operator has set bids and budgets by hand before anybody helps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bidopt.backtest.landscape import Landscape
from bidopt.backtest.world import World
from bidopt.domain.metrics import Array


@dataclass(frozen=True)
class HandBids:
    """The operator's habits.

    Args:
        height: bids against what the operator believes the market price to be.
        spread: standard deviation of the log of that belief around the true price.
        moved: share of keywords whose bid was moved, once or twice, by 10-30 %.
        headroom: campaign budgets against what they would spend; below 1 they run out.
    """

    height: float = 0.7
    spread: float = 0.45
    moved: float = 1 / 3
    headroom: float = 1.3

    def bids(self, rng: np.random.Generator, world: World, days: int) -> Array:
        """Bids in force on each day of the history, shape (days, n), to the cent."""
        n = len(world.keywords)
        start = world.level / world.quality * self.height * rng.lognormal(0.0, self.spread, n)
        bids = np.tile(start, (days, 1))
        times = np.where(rng.random(n) < self.moved, rng.integers(1, 3, n), 0)
        day = np.arange(days)[:, None]
        for turn in (1, 2):
            when = rng.integers(1, max(days, 2), n)
            step = 1 + rng.uniform(0.1, 0.3, n) * rng.choice([-1, 1], n)
            bids = np.where((times >= turn) & (day >= when), bids * step, bids)
        rounded: Array = np.maximum(np.round(bids, 2), 0.05)
        return rounded

    def budgets(self, world: World, averaged: Landscape, bids: Array, most: float) -> Array:
        """Daily budget of each campaign, shape (campaigns,), in whole currency.

        Args:
            world: the shop.
            averaged: landscape averaged over the day's shocks.
            bids: in force, shape (n,).
            most: what all budgets together may come to.
        """
        still = np.zeros(len(bids))
        cost = averaged.traffic(bids, world.demand, still, world.quality).cost
        spent = np.bincount(world.campaign_of, cost, minlength=len(world.campaigns))
        budgets = spent * self.headroom
        rounded: Array = np.maximum(np.floor(budgets * min(1.0, most / budgets.sum())), 5.0)
        return rounded
