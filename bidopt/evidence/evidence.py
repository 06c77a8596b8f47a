"""Gathers every belief about one shop on one morning."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Annotated

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from bidopt.domain.changes import CAMPAIGN_KEY, KEYWORD_KEY
from bidopt.domain.metrics import Array
from bidopt.domain.tunable import Tunable
from bidopt.evidence.belief import Belief
from bidopt.evidence.bid_response import BidResponse
from bidopt.evidence.budget_cuts import budgets_by_age, lasted
from bidopt.evidence.campaign_table import campaign_table
from bidopt.evidence.click_rate import click_rate
from bidopt.evidence.conversion_delay import ConversionDelays, learn_delays
from bidopt.evidence.events import Calendar, calendar_of
from bidopt.evidence.hierarchy import Hierarchy, hierarchy_of
from bidopt.evidence.keyword_index import (
    Ints,
    KeywordDays,
    days_between,
    index_days,
    rows_of,
    sorted_by,
    sums,
)
from bidopt.evidence.keyword_table import keyword_table
from bidopt.evidence.sources import Sources, sources_of
from bidopt.evidence.subjects import Subjects, subjects_of
from bidopt.evidence.traffic import Traffic, todays_traffic
from bidopt.evidence.value import Value, sold_out, todays_value
from bidopt.evidence.words import Words, words_of
from bidopt.facts.fact_tables import FactTables


class EvidenceSettings(BaseModel):
    """How far back to look and how fast to forget."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    window_days: int = Field(90, ge=7, le=365, description="证据窗口(天) days of facts used")
    half_life_days: Annotated[float, Tunable(10.0, 180.0, log=True)] = Field(
        45.0, gt=0, description="半衰期(天) age at which a day counts half"
    )
    traffic_days: int = Field(
        14, ge=3, le=60, description="近期(天) days without a sign after which a campaign counts as idle"
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


@dataclass(frozen=True)
class RateCounts:
    """Counts behind click and conversion rates, each of shape (n,), weighted by age.

    Args:
        impressions, clicks: behind the click rate.
        matured_clicks, orders: behind the conversion rate: clicks times the share of their orders that has arrived.
    """

    impressions: Array = field(default_factory=lambda: np.zeros(0))
    clicks: Array = field(default_factory=lambda: np.zeros(0))
    matured_clicks: Array = field(default_factory=lambda: np.zeros(0))
    orders: Array = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True)
class Evidence:
    """What is believed on the morning of `as_of`.

    Args:
        as_of: decision morning.
        keywords: one row per keyword in play, sorted by KEYWORD_KEY; the columns of CURRENT_BIDS plus impressions,
            clicks, cost, conversions, revenue (sums over the window, as reported), first_age (days since the
            keyword was first reported or listed), seen_age (since it was last shown or listed as enabled),
            average_rank (of an impression), offer_age (days since the product's price or title changed), dropped_age and resumed_age (days since earlier plans dropped it and put it
            back), dropped_for (the verdict's reason) and the product's price, gross_margin and stock (NaN where unknown).
        campaigns: one row per campaign, sorted by CAMPAIGN_KEY; the columns of CURRENT_BUDGETS plus the five sums,
            mature_revenue, daily_cost (of its keywords now), running (not paused, and seen lately) and recent_budget
            (largest daily budget of the newest `traffic_days` days).
        days: the keyword-days behind it all.
        report_days: platform -> ages of the days it reported, newest first.
        group_ctr: click rate of the keyword's product, shape (n,).
        cvr, value_per_click: beliefs aligned with `keywords`; mature orders, currency.
        response: what a bid buys, aligned with `keywords`.
        matured: share of each keyword-day's orders that is known, aligned with `days`.
        lasted: share of the day that each keyword-day ran before its campaign's money was gone, aligned with `days`.
        campaign_of: row in `campaigns` of each keyword, shape (n,).
        rivals_today: rise of the rivals' bids that a shopping event brings today, in logarithms; `conversion_today`
            likewise of the conversion rate, which `cvr` and `value_per_click` include.
        words: search terms, market terms and titles.
        subjects: products and creatives as they are tested.
        counts: what the rates of `keywords` were learned from.
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
    lasted: Array
    campaign_of: Ints
    rivals_today: float = 0.0
    conversion_today: float = 0.0
    words: Words = field(default_factory=Words)
    subjects: Subjects = field(default_factory=Subjects)
    counts: RateCounts = field(default_factory=RateCounts)

    @cached_property
    def running(self) -> npt.NDArray[np.bool_]:
        """Which keywords are not paused and stand in a campaign that runs, shape (n,)."""
        open_campaigns = self.campaigns["running"].to_numpy(dtype=np.bool_)[self.campaign_of]
        unpaused: npt.NDArray[np.bool_] = (self.keywords["status"] != "paused").to_numpy(dtype=np.bool_)
        runs: npt.NDArray[np.bool_] = np.logical_and(unpaused, open_campaigns)
        return runs

    @cached_property
    def in_stock(self) -> npt.NDArray[np.bool_]:
        """Which keywords have something to sell, as far as is known, shape (n,)."""
        stocked: npt.NDArray[np.bool_] = ~(self.keywords["stock"] <= 0).to_numpy()
        return stocked

    @cached_property
    def sold_out_campaigns(self) -> npt.NDArray[np.bool_]:
        """Which campaigns run nothing but words without stock, shape (campaigns,)."""
        n, running = len(self.campaigns), self.running
        empty = sums(self.campaign_of, (running & ~self.in_stock).astype(np.float64), n)
        stocked = sums(self.campaign_of, (running & self.in_stock).astype(np.float64), n)
        shut: npt.NDArray[np.bool_] = (empty > 0) & (stocked == 0)
        return shut


def life_age(keywords: pd.DataFrame) -> Array:
    """Days since the present test of each word began, shape (n,); infinite where it was never dropped.

    A word that was put back is tested anew from that day. One that is still off would be offered with the price and title
    in force: what came before their last change, if that is newer than the drop, told of another offer.
    """
    dropped, resumed, offer = (
        keywords[name].to_numpy() for name in ("dropped_age", "resumed_age", "offer_age")
    )
    off = (
        keywords["status"] == "paused"
    ).to_numpy()  # a word that was kept all the same goes on with what it has shown
    age = np.where(off & (offer < dropped), offer, np.inf)
    begun: Array = np.where(resumed < dropped, resumed, age)
    return begun


@dataclass(frozen=True)
class _History:
    """What the beliefs are learned from.

    Args:
        facts: known on the morning, campaigns sorted by CAMPAIGN_KEY.
        morning: of the decision.
        keywords: as `Evidence.keywords`.
        days: the keyword-days of the window.
        report_days: as `Evidence.report_days`.
        delays: of conversions.
        matured: share of each keyword-day's orders that is known, shape (rows,).
        weight: of each keyword-day in the beliefs, by age, shape (rows,).
        hierarchy, sources: what each keyword borrows from.
        campaign_of: row of each keyword's campaign, shape (n,).
        budgets: daily budget by campaign and age, shape (campaigns, ages).
        calendar: of the window.
    """

    facts: FactTables
    morning: pd.Timestamp
    keywords: pd.DataFrame
    days: KeywordDays
    report_days: dict[str, tuple[int, ...]]
    delays: ConversionDelays
    matured: Array
    weight: Array
    hierarchy: Hierarchy
    sources: Sources
    campaign_of: Ints
    budgets: Array
    calendar: Calendar


def gather(facts: FactTables, as_of: date, settings: EvidenceSettings) -> Evidence:
    """Learn all beliefs from the facts known on the morning of `as_of`.

    Args:
        facts: known on `as_of`; `current_bids` and `current_budgets` name the keywords and campaigns in play.
        as_of: decision morning.
        settings: windows and priors.
    """
    history = _history(facts, as_of, settings)
    days, n = history.days, len(history.keywords)
    impressions, clicks = (days.total(history.weight * x, n) for x in (days.impressions, days.clicks))
    ctr, group_ctr = click_rate(impressions, clicks, history.hierarchy, history.sources)
    whole = lasted(
        history.campaign_of[history.days.keyword], history.days.age, history.days.cost, history.budgets
    )
    traffic = _traffic(history, ctr, whole)
    value = _value(history, traffic)
    today = history.calendar.scaled(traffic.event)
    return Evidence(
        as_of=as_of,
        keywords=history.keywords,
        campaigns=_campaigns(history, traffic.response, settings.traffic_days),
        days=history.days,
        report_days=history.report_days,
        group_ctr=group_ctr,
        cvr=value.cvr,
        value_per_click=value.per_click,
        response=traffic.response,
        matured=history.matured,
        lasted=whole,
        campaign_of=history.campaign_of,
        rivals_today=float(today.rivals[0]),
        conversion_today=float(today.conversion[0]),
        words=words_of(
            facts,
            history.keywords,
            history.morning - pd.Timedelta(days=settings.window_days),
            history.delays,
        ),
        subjects=subjects_of(facts, history.keywords, history.days, as_of),
        counts=RateCounts(impressions, clicks, value.matured_clicks, value.orders),
    )


def _history(facts: FactTables, as_of: date, settings: EvidenceSettings) -> _History:
    morning = pd.Timestamp(as_of)
    keywords = sorted_by(facts.current_bids, KEYWORD_KEY)
    campaigns = sorted_by(facts.current_budgets, CAMPAIGN_KEY)
    facts = replace(facts, current_budgets=campaigns)
    recent_days = _since(facts.keyword_days, morning - pd.Timedelta(days=settings.window_days))
    days = index_days(recent_days, keywords, morning)
    keywords = keyword_table(facts, keywords, days, morning)
    delays = learn_delays(
        facts.restatements, facts.attribution_windows, settings.conversion_window, settings.delay_strength
    )
    hierarchy = hierarchy_of(keywords)
    ages = settings.window_days + 1
    return _History(
        facts=facts,
        morning=morning,
        keywords=keywords,
        days=days,
        report_days=_report_days(recent_days, morning),
        delays=delays,
        matured=delays.at(keywords["platform"].to_numpy()[days.keyword], days.reported_age),
        weight=0.5 ** (days.age / settings.half_life_days),
        hierarchy=hierarchy,
        sources=sources_of(keywords, hierarchy),
        campaign_of=rows_of(keywords, campaigns, CAMPAIGN_KEY)[0],
        budgets=budgets_by_age(facts, morning, ages),
        calendar=calendar_of(as_of, ages).as_seen(days.age),
    )


def _since(keyword_days: pd.DataFrame, first: pd.Timestamp) -> pd.DataFrame:
    """The rows from `first` on; of rows in the order of their days a view, for a copy costs most of the memory."""
    date_ = keyword_days["date"]
    if date_.is_monotonic_increasing:
        return keyword_days.iloc[date_.searchsorted(first) :]
    return keyword_days[date_ >= first]


def _traffic(history: _History, ctr: Belief, whole: Array) -> Traffic:
    return todays_traffic(
        history.keywords,
        history.days,
        ctr,
        history.report_days,
        lasted=whole,
        calendar=history.calendar,
    )


def _value(history: _History, traffic: Traffic) -> Value:
    """Days of events say less of the usual value, the larger the event; sold-out days say nothing."""
    keywords, days, calendar = history.keywords, history.days, history.calendar
    past, today = calendar.scaled(traffic.past_events), calendar.scaled(traffic.event)
    ordinary = np.where(calendar.ordinary, 1.0, 1 - min(traffic.past_events, 1.0))
    gone = sold_out(history.facts.stock_days, keywords, days, history.morning)
    return todays_value(
        keywords,
        days,
        weight=history.weight * ordinary[days.age] * (1 - gone) * _of_this_life(keywords, days),
        promise=history.matured * np.exp(past.conversion)[days.age],
        hierarchy=history.hierarchy,
        sources=history.sources,
        conversion_today=float(np.exp(today.conversion[0])),
    )


def _of_this_life(keywords: pd.DataFrame, days: KeywordDays) -> Array:
    """1 on days that speak of the word as it is tested now, 0 on those before it was put back or may be; shape (rows,)."""
    return (days.age <= life_age(keywords)[days.keyword]).astype(np.float64)


def _campaigns(history: _History, response: BidResponse, traffic_days: int) -> pd.DataFrame:
    running = (history.keywords["status"] != "paused").to_numpy()
    table = campaign_table(
        history.facts,
        history.campaign_of,
        history.days,
        history.matured,
        np.where(running, response.cost_at(response.base_bid), 0.0),
        history.delays,
        idle_days=traffic_days,
    )
    recent = np.fmax.reduce(history.budgets[:, 1 : traffic_days + 1], axis=1)
    cost = table["daily_cost"].where(table["running"], 0.0)
    return table.assign(daily_cost=cost, recent_budget=recent)


def _report_days(recent: pd.DataFrame, morning: pd.Timestamp) -> dict[str, tuple[int, ...]]:
    """The ages, newest first, of each platform that reported anything."""
    number, platforms = pd.factorize(recent["platform"], sort=True)
    age = days_between(recent["date"], morning)
    return {
        str(platform): tuple(np.flatnonzero(np.bincount(age[number == row])).tolist())
        for row, platform in enumerate(platforms)
    }
