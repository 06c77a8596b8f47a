"""Fits an auction market to a shop's log: what the evidence believes, drawn keyword by keyword and held to the log's totals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from bidopt.backtest.auction_day import Chance, expected_words
from bidopt.backtest.days import TrueConditions
from bidopt.backtest.fitted_chance import fitted_chance
from bidopt.backtest.fitted_days import Week, learn_week
from bidopt.backtest.landscape import STRENGTHS, Landscape
from bidopt.backtest.past_days import PastDays, past_days
from bidopt.backtest.world import World
from bidopt.domain.changes import KEYWORD_KEY
from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.auction_beliefs import AuctionBeliefs, LikelyAuction, auction_beliefs
from bidopt.evidence.auction_shape import reader
from bidopt.evidence.belief import Belief
from bidopt.evidence.evidence import Evidence, EvidenceSettings, gather
from bidopt.evidence.rival_levels import LEVELS
from bidopt.facts.fact_tables import FactTables

_ROUNDS, _STRETCH = 3, 4.0
"""Rounds of holding a draw to the log's totals, and the most that a total is stretched in a round."""


@dataclass(frozen=True)
class DrawnShop:
    """One shop that could have written the log.

    Args:
        world: hidden truth; demand is that of an ordinary day.
        landscape: the auctions, averaged over what rivals do from day to day.
        chance: how far days stray.
    """

    world: World
    landscape: Landscape
    chance: Chance

    def conditions(self, demand: float) -> TrueConditions:
        """A day of that much demand, no event, everything in stock."""
        world, n = self.world, len(self.world.keywords)
        still, all_ = np.zeros(n), np.ones(n)
        stock = world.products["stock"].to_numpy()
        return TrueConditions(world.demand * demand, world.cvr, still, all_, world.lag, stock)


@dataclass(frozen=True)
class ShopFit:
    """What is believed of a shop on a morning; draw shops from it.

    Args:
        facts: known that morning.
        evidence: gathered from them.
        auctions: the beliefs about its auctions.
        past: the newest days of the log, with the demand of each, shape (days,).
        past_demand: of the past days relative to an ordinary one, shape (days,).
        week: pattern of its demand.
        order_value: belief per keyword, shape (n,), currency per order.
        bids: in force, shape (n,); the usual one where unknown.
        chance: how far its days stray.
    """

    facts: FactTables
    evidence: Evidence
    auctions: AuctionBeliefs
    past: PastDays
    past_demand: Array
    week: Week
    order_value: Belief
    bids: Array
    chance: Chance

    def draw(self, rng: np.random.Generator) -> DrawnShop:
        """One shop from the beliefs: shape of the auction, then per keyword level, demand, click rate and value.

        The draw is then held to what the log knows for sure, the totals of impressions, clicks and cost.
        """
        auctions, evidence = self.auctions, self.evidence
        chances = np.array([auction.chance for auction in auctions.auctions])
        auction = auctions.auctions[int(np.searchsorted(chances.cumsum(), rng.random() * chances.sum()))]
        level, demand, rate, price = _drawn_levels(rng, auction)
        rate = rate * auctions.click_rate.draw(rng) / np.maximum(auctions.click_rate.mean, 1e-12)
        orders = float(np.nansum(evidence.keywords["conversions"].to_numpy()))
        shared = rng.gamma(orders + 1) / (orders + 1)  # what all words may be off together
        cvr = np.nan_to_num(evidence.cvr.draw(rng)) * shared * np.exp(-evidence.conversion_today)
        n = len(demand)
        world = _world(
            self,
            demand=demand,
            cvr=np.minimum(cvr, 1.0),
            order_value=np.nan_to_num(self.order_value.draw(rng)),
        )
        landscape = Landscape(
            tables=_tables(auction),
            class_of=np.zeros(n, dtype=np.int64),
            ctr=np.minimum(rate, 1.0),
            level=self.bids_or_anchor * np.exp(level),
            premium=price,
        )
        world = replace(world, ctr=landscape.ctr, level=landscape.level)
        return self._held_to_log(DrawnShop(world, landscape, self.chance))

    @property
    def bids_or_anchor(self) -> Array:
        """The bid that levels are relative to, shape (n,)."""
        return np.where(self.auctions.anchor > 0, self.auctions.anchor, self.bids)

    def _held_to_log(self, shop: DrawnShop) -> DrawnShop:
        """Demand, click rates and prices scaled, all keywords alike, until the past days' totals come out."""
        past = self.past
        seen = [past.impressions.sum(), past.clicks.sum(), past.cost.sum()]
        for _ in range(_ROUNDS):
            days = [
                expected_words(shop.world, shop.landscape, shop.conditions(demand), past.controls(row))
                for row, demand in enumerate(self.past_demand)
            ]
            due = [
                sum(float(d.impressions.sum()) for d in days),
                sum(float(d.clicks.sum()) for d in days),
                sum(float(d.cost.sum()) for d in days),
            ]
            shown, clicked, paid = (
                float(np.clip(s / d, 1 / _STRETCH, _STRETCH)) if s > 0 and d > 0 else 1.0
                for s, d in zip(seen, due, strict=True)
            )
            ctr = np.minimum(shop.landscape.ctr * clicked / shown, 1.0)
            landscape = replace(shop.landscape, ctr=ctr, premium=shop.landscape.premium * paid / clicked)
            world = replace(shop.world, demand=shop.world.demand * shown, ctr=ctr)
            shop = DrawnShop(world, landscape, shop.chance)
        return shop


def fit_shop(facts: FactTables, as_of: date, settings: EvidenceSettings) -> ShopFit:
    """Fit a market to what a shop knows on the morning of `as_of`.

    Args:
        facts: known that morning, with at least one keyword in play.
        as_of: the morning.
        settings: how to learn.
    """
    evidence = gather(facts, as_of, settings)
    auctions = auction_beliefs(evidence, settings)
    base = evidence.keywords["base_bid"].to_numpy()
    known = base[base > 0]
    bids = np.where(base > 0, base, float(np.median(known)) if len(known) else 1.0)
    past = past_days(facts, evidence, bids)
    demand = auctions.demand.of(past.ages)
    week = learn_week(auctions.demand, as_of)
    per_click, cvr = evidence.value_per_click, evidence.cvr
    spread = np.maximum((1 + 1 / per_click.shape) / (1 + 1 / cvr.shape) - 1, 1e-9)
    order_value = Belief(np.nan_to_num(ratio(per_click.mean, cvr.mean)), 1 / spread)
    chance = fitted_chance(facts, evidence, settings, past, demand, week.spread, order_value.mean)
    return ShopFit(facts, evidence, auctions, past, demand, week, order_value, bids, chance)


def _drawn_levels(rng: np.random.Generator, auction: LikelyAuction) -> tuple[Array, Array, Array, Array]:
    """Of each keyword: log level against the anchor, searches, first-slot click rate, price against the shape's."""
    levels = auction.levels
    cumulative = levels.weight.cumsum(axis=1)
    drawn = rng.random(len(cumulative)) * cumulative[:, -1]
    place = (cumulative < drawn[:, None]).sum(axis=1).clip(max=len(LEVELS) - 1)
    rows = np.arange(len(place))
    noise = levels.noise[rows, place]  # `searches` is the mean of a lognormal of this variance
    demand = levels.searches[rows, place] * np.exp(np.sqrt(noise) * rng.normal(size=len(place)) - noise / 2)
    return LEVELS[place], demand, np.exp(levels.rate[rows, place]), np.exp(levels.price[rows, place])


def _tables(auction: LikelyAuction) -> Array:
    """The shape in the terms of a landscape, shape (1, strengths, 4)."""
    read = reader(STRENGTHS)
    shown = np.exp(read(auction.shape.impressions[0]))
    rate = np.exp(read(auction.shape.click_rate[0]))
    paid = shown * rate * np.exp(STRENGTHS + read(auction.shape.price[0]))
    position = 1 + 7 * np.clip(1 - rate, 0.0, 1.0)  # a click rate of 1 is the first slot's
    return np.stack([shown, shown * rate, paid, shown * position], axis=1)[None]


def _world(fit: ShopFit, *, demand: Array, cvr: Array, order_value: Array) -> World:
    evidence, n = fit.evidence, len(demand)
    products = fit.facts.products.drop_duplicates("product_id").reset_index(drop=True)
    listed = pd.Index(products["product_id"])
    ones = np.ones(n)
    return World(
        keywords=evidence.keywords[list(KEYWORD_KEY)],
        parts=(),
        products=products,
        campaigns=evidence.campaigns[["platform", "campaign_id", "name"]],
        product_of=listed.get_indexer(pd.Index(evidence.keywords["product_id"])).astype(np.int64),
        campaign_of=evidence.campaign_of,
        junk=np.zeros(n, dtype=bool),
        ctr=ones,
        cvr=cvr,
        order_value=order_value,
        demand=demand,
        level=ones,
        quality=ones,
        lag=ones,
    )
