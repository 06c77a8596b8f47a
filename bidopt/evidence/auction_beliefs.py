"""The beliefs about the auction behind a shop's bid response, kept whole: what simulations of the shop are drawn from.

`Evidence.response` is their mean, all that a decision needs; drawing a market takes shape, level and demand jointly.
"""

from __future__ import annotations

from dataclasses import dataclass

from bidopt.domain.metrics import Array
from bidopt.evidence.auction_fit import observe
from bidopt.evidence.auction_shape import AuctionShapes
from bidopt.evidence.belief import Belief
from bidopt.evidence.click_rate import click_rate
from bidopt.evidence.demand import Demand
from bidopt.evidence.events import calendar_of
from bidopt.evidence.evidence import Evidence, EvidenceSettings
from bidopt.evidence.hierarchy import hierarchy_of
from bidopt.evidence.rival_levels import RivalLevels, believed_levels, likely_shapes
from bidopt.evidence.sources import sources_of
from bidopt.evidence.traffic import bid_history, todays_traffic


@dataclass(frozen=True)
class LikelyAuction:
    """One shape of the auction, its chance, and where rivals stand against each keyword under it."""

    shape: AuctionShapes
    chance: float
    levels: RivalLevels


@dataclass(frozen=True)
class AuctionBeliefs:
    """What is believed of a shop's auctions.

    Args:
        anchor: bid that levels are relative to, shape (n,); NaN where no bid is known.
        auctions: chances add up to 1.
        click_rate: belief per keyword, shape (n,); `levels.rate` has its mean.
        demand: of the days relative to an ordinary one, by age; the decision day's is a forecast.
        event: share of the usual effects that a shopping event is taken to have.
    """

    anchor: Array
    auctions: tuple[LikelyAuction, ...]
    click_rate: Belief
    demand: Demand
    event: float


def auction_beliefs(evidence: Evidence, settings: EvidenceSettings) -> AuctionBeliefs:
    """Learn them again from what the evidence was learned from.

    Args:
        evidence: of the morning.
        settings: that it was gathered with.
    """
    keywords, days, n = evidence.keywords, evidence.days, len(evidence.keywords)
    weight = 0.5 ** (days.age / settings.half_life_days)
    hierarchy = hierarchy_of(keywords)
    rate, _ = click_rate(
        days.total(weight * days.impressions, n),
        days.total(weight * days.clicks, n),
        hierarchy,
        sources_of(keywords, hierarchy, evidence.words.products["title"]),
    )
    calendar = calendar_of(evidence.as_of, settings.window_days + 1).as_seen(days.age)
    traffic = todays_traffic(
        keywords, days, rate, evidence.report_days, lasted=evidence.lasted, calendar=calendar
    )
    history = bid_history(keywords, days, evidence.report_days, lasted=evidence.lasted, calendar=calendar)
    told = observe(history.episodes, history.anchor, rate.mean)
    auctions = tuple(
        LikelyAuction(shape, chance, believed_levels(history.episodes, told, shape, rate.mean))
        for shape, chance in likely_shapes(history.episodes, told)
    )
    # The demand that bids do not explain: measured against the response learned.
    return AuctionBeliefs(history.anchor, auctions, rate, traffic.demand, traffic.event)
