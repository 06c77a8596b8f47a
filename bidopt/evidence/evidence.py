"""Gathers every belief about one shop on one morning."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from bidopt.domain.changes import CAMPAIGN_KEY, KEYWORD_KEY
from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.belief import Belief
from bidopt.evidence.bid_response import BidResponse, todays_traffic
from bidopt.evidence.campaign_table import campaign_table
from bidopt.evidence.click_rate import click_rate
from bidopt.evidence.conversion_delay import learn_delays
from bidopt.evidence.conversion_rate import conversion_rate
from bidopt.evidence.hierarchy import hierarchy_of
from bidopt.evidence.keyword_index import Ints, KeywordDays, index_days, rows_of
from bidopt.evidence.keyword_table import keyword_table
from bidopt.evidence.order_value import order_value
from bidopt.facts.fact_tables import FactTables


class EvidenceSettings(BaseModel):
    """How far back to look and how fast to forget."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    window_days: int = Field(90, ge=7, le=365, description="证据窗口(天) days of facts used")
    half_life_days: float = Field(30.0, gt=0, description="半衰期(天) age at which a day counts half")
    traffic_days: int = Field(
        14, ge=3, le=60, description="流量基线(天) days that tell today's clicks and CPC"
    )
    conversion_window: int = Field(
        15,
        ge=1,
        le=60,
        description="转化周期(天), 报表没有说明时用 days within which orders count where exports do not say",
    )
    delay_strength: float = Field(
        50.0, gt=0, description="延迟曲线先验(单) orders the prior delay curve is worth"
    )
    click_elasticity: float = Field(
        0.7,
        ge=0,
        le=3,
        description="点击弹性 assumed change of clicks per change of bid, until bids move enough to learn it",
    )


@dataclass(frozen=True)
class Evidence:
    """What is believed on the morning of `as_of`.

    Args:
        as_of: decision morning.
        keywords: one row per keyword in play, sorted by KEYWORD_KEY; the columns of CURRENT_BIDS plus impressions,
            clicks, cost, conversions, revenue (sums over the window, as reported), first_age (days since the
            keyword was first reported or listed) and the product's price and gross_margin (NaN where unknown).
        campaigns: one row per campaign, sorted by CAMPAIGN_KEY; the columns of CURRENT_BUDGETS plus the five sums,
            mature_revenue, daily_cost (of its keywords now) and running (not paused, and seen lately).
        days: the keyword-days behind it all.
        report_days: platform -> ages of the days it reported, newest first.
        group_ctr: click rate of the keyword's product, shape (n,).
        cvr, value_per_click: beliefs aligned with `keywords`; mature orders, currency.
        response: what a bid buys, aligned with `keywords`.
        matured: share of each keyword-day's orders that is known, aligned with `days`.
        campaign_of: row in `campaigns` of each keyword, shape (n,).
    """

    as_of: date
    keywords: pd.DataFrame
    campaigns: pd.DataFrame
    days: KeywordDays
    report_days: dict[str, tuple[int, ...]]
    group_ctr: Array
    cvr: Belief
    value_per_click: Belief
    response: BidResponse
    matured: Array
    campaign_of: Ints

    @property
    def running(self) -> npt.NDArray[np.bool_]:
        """Which keywords are not paused by hand, shape (n,)."""
        return (self.keywords["status"] != "paused").to_numpy()

    @property
    def believed_roas(self) -> Array:
        """Value per click / cost per click of each keyword as it runs today; NaN where nothing was bought."""
        return ratio(self.value_per_click.mean, self.response.cpc)


def gather(facts: FactTables, as_of: date, settings: EvidenceSettings) -> Evidence:
    """Learn all beliefs from the facts known on the morning of `as_of`.

    Args:
        facts: known on `as_of`; `current_bids` and `current_budgets` name the keywords and campaigns in play.
        as_of: decision morning.
        settings: windows and priors.
    """
    morning = pd.Timestamp(as_of)
    keywords = facts.current_bids.sort_values(list(KEYWORD_KEY), ignore_index=True)
    facts = replace(
        facts, current_budgets=facts.current_budgets.sort_values(list(CAMPAIGN_KEY), ignore_index=True)
    )
    window = morning - pd.Timedelta(days=settings.window_days)
    recent = facts.keyword_days[facts.keyword_days["date"] >= window]
    days = index_days(recent, keywords, morning)
    keywords = keyword_table(facts, keywords, days, morning)
    report_days = _report_days(recent, morning)
    delays = learn_delays(
        facts.restatements, facts.attribution_windows, settings.conversion_window, settings.delay_strength
    )
    matured = delays.at(keywords["platform"].to_numpy()[days.keyword], days.reported_age)

    n = len(keywords)
    weight = 0.5 ** (days.age / settings.half_life_days)
    hierarchy = hierarchy_of(keywords)
    impressions, clicks = days.total(weight * days.impressions, n), days.total(weight * days.clicks, n)
    ctr, group_ctr = click_rate(impressions, clicks, hierarchy)
    matured_clicks = days.total(weight * days.clicks * matured * days.sales_known, n)
    conversions = days.total(weight * days.conversions, n)
    cvr, _ = conversion_rate(matured_clicks, conversions, hierarchy)
    revenue = days.total(weight * days.revenue, n)
    value = order_value(revenue, conversions, keywords["price"].to_numpy(), hierarchy)
    response = todays_traffic(
        keywords,
        days,
        ctr.mean,
        report_days,
        traffic_days=settings.traffic_days,
        elasticity=settings.click_elasticity,
    )
    running = (keywords["status"] != "paused").to_numpy()
    campaign_of = rows_of(keywords, facts.current_budgets, CAMPAIGN_KEY)[0]
    daily_cost = np.where(running, response.cost_at(response.base_bid), 0.0)
    campaigns = campaign_table(
        facts, campaign_of, days, matured, daily_cost, delays, idle_days=settings.traffic_days
    )
    return Evidence(
        as_of=as_of,
        keywords=keywords,
        campaigns=campaigns,
        days=days,
        report_days=report_days,
        group_ctr=group_ctr,
        cvr=cvr,
        value_per_click=cvr.times(value),
        response=response,
        matured=matured,
        campaign_of=campaign_of,
    )


def _report_days(recent: pd.DataFrame, morning: pd.Timestamp) -> dict[str, tuple[int, ...]]:
    seen = recent[["platform", "date"]].drop_duplicates()
    ages = (morning - seen["date"]).dt.days
    return {str(p): tuple(sorted(int(a) for a in g)) for p, g in ages.groupby(seen["platform"])}
