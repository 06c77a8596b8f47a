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
from bidopt.evidence.budget_cuts import budgets_by_age
from bidopt.evidence.campaign_table import campaign_sums, campaign_table
from bidopt.evidence.click_rate import click_rate
from bidopt.evidence.conversion_delay import learn_delays
from bidopt.evidence.events import calendar_of
from bidopt.evidence.hierarchy import hierarchy_of
from bidopt.evidence.keyword_index import (
    Ints,
    KeywordDays,
    days_since,
    index_days,
    key_order,
    reported_ages,
    rows_of,
    sums,
)
from bidopt.evidence.keyword_table import in_force, keyword_table
from bidopt.evidence.reading import Past, Reading, read
from bidopt.evidence.sources import sources_of
from bidopt.evidence.subjects import Subjects, subjects_of
from bidopt.evidence.value import sold_out
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


@dataclass(frozen=True)
class LookBack:
    """What the facts of a morning tell, whatever bids, pauses and budgets are in force on it.

    It is most of the work of learning. Policies that stand on the same morning in a backtest differ in nothing but what
    they have in force, so they share one look back and `believe` each for itself.

    Args:
        facts: known on the morning.
        settings: it was made with.
        as_of: decision morning.
        order: rows of `facts.current_bids` in the order of `keywords`, shape (n,); `campaign_order` likewise.
        keywords: as `Evidence.keywords`, but for the columns that `believe` adds or replaces.
        past: what the beliefs are read from.
        campaign_sums: what the campaigns cost and earned, each of shape (campaigns,).
        impressions, clicks: weighted, shape (n,); `group_ctr` of each keyword's product.
        words, subjects: as in `Evidence`.
        reading: of the past with what the facts have in force.
    """

    facts: FactTables
    settings: EvidenceSettings
    as_of: date
    order: Ints
    campaign_order: Ints
    keywords: pd.DataFrame
    past: Past
    campaign_sums: dict[str, Array]
    impressions: Array
    clicks: Array
    group_ctr: Array
    words: Words
    subjects: Subjects
    reading: Reading


def gather(facts: FactTables, as_of: date, settings: EvidenceSettings) -> Evidence:
    """Learn all beliefs from the facts known on the morning of `as_of`.

    Args:
        facts: known on `as_of`; `current_bids` and `current_budgets` name the keywords and campaigns in play.
        as_of: decision morning.
        settings: windows and priors.
    """
    return believe(look_back(facts, as_of, settings), facts)


def look_back(facts: FactTables, as_of: date, settings: EvidenceSettings) -> LookBack:
    """All of `gather` that does not ask for more than the facts have in force; arguments as there."""
    morning = pd.Timestamp(as_of)
    order = key_order(facts.current_bids, KEYWORD_KEY)
    keywords = facts.current_bids.take(order).reset_index(drop=True)
    campaign_order = key_order(facts.current_budgets, CAMPAIGN_KEY)
    campaigns = facts.current_budgets.take(campaign_order).reset_index(drop=True)
    first = morning - pd.Timedelta(days=settings.window_days)
    recent_days = days_since(facts.keyword_days, first)
    days = index_days(recent_days, keywords, morning)
    keywords = keyword_table(facts, keywords, days, morning)
    delays = learn_delays(
        facts.restatements, facts.attribution_windows, settings.conversion_window, settings.delay_strength
    )
    hierarchy, n = hierarchy_of(keywords), len(keywords)
    sources = sources_of(keywords, hierarchy, facts.products["title"])
    weight = 0.5 ** (days.age / settings.half_life_days)
    impressions, clicks = (days.total(weight * x, n) for x in (days.impressions, days.clicks))
    ctr, group_ctr = click_rate(impressions, clicks, hierarchy, sources)
    past = Past(
        days=days,
        report_days=reported_ages(recent_days, morning),
        ctr=ctr,
        matured=delays.at(keywords["platform"].to_numpy()[days.keyword], days.reported_age),
        weight=weight,
        gone=sold_out(facts.stock_days, keywords, days, morning),
        hierarchy=hierarchy,
        sources=sources,
        campaign_of=rows_of(keywords, campaigns, CAMPAIGN_KEY)[0],
        bid_told=days.total((days.bid > 0).astype(np.float64), n) > 0,
        calendar=calendar_of(as_of, settings.window_days + 1).as_seen(days.age),
    )
    told = campaign_sums(facts.campaign_days, campaigns, past.campaign_of, days, past.matured, delays)
    now = in_force(keywords, facts.current_bids, order, facts.word_lives, morning)
    budgets = budgets_by_age(replace(facts, current_budgets=campaigns), morning, settings.window_days + 1)
    return LookBack(
        facts=facts,
        settings=settings,
        as_of=as_of,
        order=order,
        campaign_order=campaign_order,
        keywords=keywords,
        past=past,
        campaign_sums=told,
        impressions=impressions,
        clicks=clicks,
        group_ctr=group_ctr,
        words=words_of(facts, keywords, first, delays),
        subjects=subjects_of(facts, keywords, days, as_of),
        reading=read(past, now, budgets),
    )


def believe(back: LookBack, facts: FactTables) -> Evidence:
    """What is believed, given what is in force.

    Args:
        back: the look back.
        facts: its facts, but for status, bids and `changed_on` of `current_bids`, for `current_budgets`, and for `word_lives`.
    """
    past, morning = back.past, pd.Timestamp(back.as_of)
    campaigns = facts.current_budgets.take(back.campaign_order).reset_index(drop=True)
    keywords = in_force(back.keywords, facts.current_bids, back.order, facts.word_lives, morning)
    ages = back.settings.window_days + 1
    budgets = budgets_by_age(replace(facts, current_budgets=campaigns), morning, ages)
    reading = read(past, keywords, budgets, back.reading)
    response, value = reading.traffic.response, reading.value
    today = past.calendar.scaled(reading.traffic.event)
    return Evidence(
        as_of=back.as_of,
        keywords=keywords,
        campaigns=_campaigns(back, keywords, campaigns, budgets, response),
        days=past.days,
        report_days=past.report_days,
        group_ctr=back.group_ctr,
        cvr=value.cvr,
        value_per_click=value.per_click,
        response=response,
        matured=past.matured,
        lasted=reading.lasted,
        campaign_of=past.campaign_of,
        rivals_today=float(today.rivals[0]),
        conversion_today=float(today.conversion[0]),
        words=back.words,
        subjects=back.subjects,
        counts=RateCounts(back.impressions, back.clicks, value.matured_clicks, value.orders),
    )


def _campaigns(
    back: LookBack, keywords: pd.DataFrame, campaigns: pd.DataFrame, budgets: Array, response: BidResponse
) -> pd.DataFrame:
    running = (keywords["status"] != "paused").to_numpy()
    daily_cost = np.where(running, response.cost_at(response.base_bid), 0.0)
    idle_days, campaign_of = back.settings.traffic_days, back.past.campaign_of
    table = campaign_table(campaigns, back.campaign_sums, campaign_of, daily_cost, idle_days=idle_days)
    recent = np.fmax.reduce(budgets[:, 1 : idle_days + 1], axis=1)
    cost = table["daily_cost"].where(table["running"], 0.0)
    return table.assign(daily_cost=cost, recent_budget=recent)
