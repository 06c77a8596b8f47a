"""A small market whose bids were drawn around the hand's, played once for all tests of what such a log tells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bidopt.backtest.auction_market import AuctionMarket
from bidopt.backtest.bid_noise import LogNormalNoise
from bidopt.backtest.scenarios import SCENARIOS
from bidopt.domain.changes import BIDS, BUDGETS, KEYWORDS, TITLES, Changes

DAYS = 28
SMALL = replace(
    SCENARIOS["steady"], keywords=40, products=4, orders=60.0, twists=(), noise=LogNormalNoise(0.25)
)


@pytest.fixture(scope="session")
def market() -> AuctionMarket:
    """Two weeks by hand, then four at the same bids with money to spare; tests only look at it."""
    played = SMALL.market(3)
    budgets = played.facts().current_budgets[["platform", "campaign_id"]].assign(budget=1e5)
    for _ in range(DAYS):
        played.play(Changes(BIDS.empty(), BUDGETS.conform(budgets), KEYWORDS.empty(), TITLES.empty()))
    return played
