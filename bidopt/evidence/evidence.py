"""Gathers every belief about one shop on one morning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from bidopt.domain.changes import CAMPAIGN_KEY, KEYWORD_KEY
from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.belief import Belief
from bidopt.evidence.bid_response import BidResponse
from bidopt.evidence.click_rate import click_rate
from bidopt.evidence.conversion_delay import ConversionDelay, learn_delay
from bidopt.evidence.conversion_rate import conversion_rate
from bidopt.evidence.hierarchy import hierarchy_of
from bidopt.evidence.keyword_index import Ints, KeywordDays, index_days, rows_of
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
    conversion_window: int = Field(15, ge=1, le=60, description="转化周期(天) days within which orders count")
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
        campaigns: one row per campaign, sorted by CAMPAIGN_KEY; name, current_budget, min_budget, max_budget
            (NaN where not known), the five sums, mature_revenue and daily_cost (mean of the traffic days).
        days: the keyword-days behind it all.
        report_days: platform -> ages of the days it reported, newest first.
        ctr, cvr, order_value, value_per_click: beliefs aligned with `keywords`; mature orders, currency.
        group_ctr: click rate of the keyword's product, shape (n,).
        response: what a bid buys, aligned with `keywords`.
        delay: the shop's conversion delay.
        campaign_of: row in `campaigns` of each keyword, shape (n,).
    """

    as_of: date
    keywords: pd.DataFrame
    campaigns: pd.DataFrame
    days: KeywordDays
    report_days: dict[str, tuple[int, ...]]
    ctr: Belief
    group_ctr: Array
    cvr: Belief
    order_value: Belief
    value_per_click: Belief
    response: BidResponse
    delay: ConversionDelay
    campaign_of: Ints

    @property
    def believed_roas(self) -> Array:
        """Value per click / cost per click of each keyword as it runs today; NaN where nothing was bought."""
        return ratio(self.value_per_click.mean, self.response.cpc)


def gather(facts: FactTables, as_of: date, settings: EvidenceSettings) -> Evidence:
    """Learn all beliefs from the facts known on the morning of `as_of`.

    Args:
        facts: known on `as_of`; `current_bids` names the keywords in play.
        as_of: decision morning.
        settings: windows and priors.
    """
    morning = pd.Timestamp(as_of)
    keywords = facts.current_bids.sort_values(list(KEYWORD_KEY), ignore_index=True)
    recent = facts.keyword_days[
        facts.keyword_days["date"] >= morning - pd.Timedelta(days=settings.window_days)
    ]
    days = index_days(recent, keywords, morning)
    keywords = _with_product(keywords, facts.products)
    keywords = _with_sums(keywords, days, _listed_age(facts.keyword_states, keywords, morning))
    delay = learn_delay(facts.restatements, settings.conversion_window, settings.delay_strength)
    report_days = _report_days(recent, morning)

    n = len(keywords)
    weight = 0.5 ** (days.age / settings.half_life_days)
    hierarchy = hierarchy_of(keywords)
    impressions, clicks = days.total(weight * days.impressions, n), days.total(weight * days.clicks, n)
    ctr, group_ctr = click_rate(impressions, clicks, hierarchy)
    matured = days.total(weight * days.clicks * delay.at(days.reported_age), n)
    conversions = days.total(weight * days.conversions, n)
    cvr, _ = conversion_rate(matured, conversions, hierarchy)
    revenue = days.total(weight * days.revenue, n)
    value = order_value(revenue, conversions, keywords["price"].to_numpy(), hierarchy)

    campaigns = _campaigns(facts, keywords, days, delay, settings.traffic_days)
    return Evidence(
        as_of=as_of,
        keywords=keywords,
        campaigns=campaigns,
        days=days,
        report_days=report_days,
        ctr=ctr,
        group_ctr=group_ctr,
        cvr=cvr,
        order_value=value,
        value_per_click=cvr.times(value),
        response=_traffic(keywords, days, ctr, report_days, settings),
        delay=delay,
        campaign_of=rows_of(keywords, campaigns, CAMPAIGN_KEY)[0],
    )


def _listed_age(states: pd.DataFrame, keywords: pd.DataFrame, morning: pd.Timestamp) -> Array:
    """Days since each keyword first stood on the keyword list; -inf where it never did."""
    rows, known = rows_of(states, keywords, KEYWORD_KEY)
    first = np.full(len(keywords), -np.inf)
    np.maximum.at(first, rows, (morning - states["date"][known]).dt.days.to_numpy(dtype=np.float64))
    return first


def _with_sums(keywords: pd.DataFrame, days: KeywordDays, listed_age: Array) -> pd.DataFrame:
    n = len(keywords)
    first = listed_age.copy()
    np.maximum.at(first, days.keyword, days.age.astype(np.float64))
    return keywords.assign(
        impressions=days.total(days.impressions, n),
        clicks=days.total(days.clicks, n),
        cost=days.total(days.cost, n),
        conversions=days.total(days.conversions, n),
        revenue=days.total(days.revenue, n),
        first_age=np.where(np.isfinite(first), first, np.nan),
    )


def _report_days(recent: pd.DataFrame, morning: pd.Timestamp) -> dict[str, tuple[int, ...]]:
    seen = recent[["platform", "date"]].drop_duplicates()
    ages = (morning - seen["date"]).dt.days
    return {str(p): tuple(sorted(int(a) for a in g)) for p, g in ages.groupby(seen["platform"])}


def _with_product(keywords: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    known = products.set_index("product_id")[["price", "gross_margin"]].reindex(keywords["product_id"])
    return keywords.assign(price=known["price"].to_numpy(), gross_margin=known["gross_margin"].to_numpy())


def _traffic(
    keywords: pd.DataFrame,
    days: KeywordDays,
    ctr: Belief,
    report_days: dict[str, tuple[int, ...]],
    settings: EvidenceSettings,
) -> BidResponse:
    """Impressions a day over the reported traffic days times the believed click rate; CPC of the same days."""
    n = len(keywords)
    recent = days.age <= settings.traffic_days
    reported = np.ones(n)
    for platform, ages in report_days.items():
        rows = (keywords["platform"] == platform).to_numpy()
        within = np.array([a for a in ages if a <= settings.traffic_days])
        first = keywords["first_age"].to_numpy()[rows]
        reported[rows] = np.maximum((within[None, :] <= first[:, None]).sum(axis=1), 1)
    impressions = days.total(days.impressions, n, recent) / reported
    clicks, cost = days.total(days.clicks, n, recent), days.total(days.cost, n, recent)
    base = keywords["base_bid"].to_numpy()
    cpc = ratio(cost, clicks)
    return BidResponse(
        base, impressions * ctr.mean, np.where(np.isnan(cpc), base, cpc), settings.click_elasticity
    )


def _campaigns(
    facts: FactTables, keywords: pd.DataFrame, days: KeywordDays, delay: ConversionDelay, traffic_days: int
) -> pd.DataFrame:
    """Every campaign named by a keyword, a campaign report or the campaign list."""
    key = list(CAMPAIGN_KEY)
    listed = facts.campaigns.set_index(key)
    newest = facts.campaign_days.sort_values("date").groupby(key).last()
    table = (
        pd.concat([keywords[key], facts.campaign_days[key], facts.campaigns[key]])
        .drop_duplicates()
        .sort_values(key, ignore_index=True)
    )
    index = pd.MultiIndex.from_frame(table)

    def known(source: pd.DataFrame, column: str) -> pd.Series[float]:
        return source[column].reindex(index).reset_index(drop=True)

    name = known(newest, "name").astype("str").fillna("")
    name = name.where(name != "", known(listed, "name").astype("str").fillna(""))
    rows = rows_of(keywords, table, CAMPAIGN_KEY)[0]
    of_day = rows[days.keyword]
    n = len(table)
    recent = days.age <= traffic_days
    reported = max(len(np.unique(days.age[recent])), 1)
    return table.assign(
        name=name.where(name != "", table["campaign_id"]).astype("str"),
        current_budget=known(newest, "daily_budget").fillna(known(listed, "daily_budget")).astype("float64"),
        min_budget=known(listed, "min_budget").astype("float64"),
        max_budget=known(listed, "max_budget").astype("float64"),
        **{
            column: np.bincount(of_day, getattr(days, column), minlength=n)
            for column in ("impressions", "clicks", "cost", "conversions", "revenue")
        },
        mature_revenue=np.bincount(of_day, days.revenue / delay.at(days.reported_age), minlength=n),
        daily_cost=np.bincount(of_day[recent], days.cost[recent], minlength=n) / reported,
    )
