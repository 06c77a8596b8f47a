"""What a bid buys: first version, constant elasticity around what the keyword does today.

Without bid changes in the log the response cannot be learned, so it is assumed and stated: clicks move with
(bid / base bid) ** elasticity and the cost per click in proportion to the bid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.keyword_index import KeywordDays


@dataclass(frozen=True)
class BidResponse:
    """Daily traffic of each keyword at its base bid; arrays of shape (n,).

    Args:
        base_bid: bid at which the traffic below was seen; NaN where unknown.
        clicks: clicks per day.
        cpc: cost per click; NaN where unknown.
        elasticity: d log(clicks) / d log(bid).
    """

    base_bid: Array
    clicks: Array
    cpc: Array
    elasticity: float

    def clicks_at(self, bid: Array) -> Array:
        """Clicks per day at `bid`, shape (n,); the base bid's where either bid is unknown."""
        clicks: Array = self.clicks * self._move(bid) ** self.elasticity
        return clicks

    def cost_at(self, bid: Array) -> Array:
        """Cost per day at `bid`, shape (n,); nothing where the cost per click is unknown."""
        return self.clicks_at(bid) * np.nan_to_num(self.cpc) * self._move(bid)

    def _move(self, bid: Array) -> Array:
        known = (bid > 0) & (self.base_bid > 0)
        return np.where(known, bid / np.where(known, self.base_bid, 1.0), 1.0)


def todays_traffic(
    keywords: pd.DataFrame,
    days: KeywordDays,
    ctr: Array,
    report_days: Mapping[str, tuple[int, ...]],
    *,
    traffic_days: int,
    elasticity: float,
) -> BidResponse:
    """Clicks per day from the newest impressions and the believed click rate; cost per click of the same days.

    Args:
        keywords: as `Evidence.keywords`.
        days: keyword-days.
        ctr: believed click rate, shape (n,).
        report_days: platform -> ages of the days it reported; a day without a report is not a day without traffic.
        traffic_days: newest days that tell today's traffic.
        elasticity: of clicks.
    """
    n = len(keywords)
    recent = days.age <= traffic_days
    reported = np.ones(n)
    for platform, ages in report_days.items():
        rows = (keywords["platform"] == platform).to_numpy()
        within = np.array([a for a in ages if a <= traffic_days])
        first = keywords["first_age"].to_numpy()[rows]
        reported[rows] = np.maximum((within[None, :] <= first[:, None]).sum(axis=1), 1)
    impressions = days.total(days.impressions, n, recent) / reported
    cpc = ratio(days.total(days.cost, n, recent), days.total(days.clicks, n, recent))
    base = keywords["base_bid"].to_numpy()
    return BidResponse(base, impressions * ctr, np.where(np.isnan(cpc), base, cpc), elasticity)
