"""A shop's log as tables of keyword by day, with the beliefs that all of it together supports; for the scorer only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.backtest.steepness import Steepness, steepness
from bidopt.domain.changes import CAMPAIGN_KEY, KEYWORD_KEY
from bidopt.domain.errors import StoppedError
from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.belief import Belief
from bidopt.evidence.bid_response import BidResponse
from bidopt.evidence.budget_cuts import budgets_by_age
from bidopt.evidence.evidence import Evidence, EvidenceSettings, gather
from bidopt.evidence.keyword_index import Ints, days_between, rows_of, sorted_by
from bidopt.facts.current_bids import current_bids
from bidopt.facts.fact_tables import FactTables

Mask = npt.NDArray[np.bool_]

_USUAL_CLICKS = 25.0
"""Clicks that the usual level of a day is worth against the clicks it had."""


_OF_MEDIAN = 1 / 0.6745 / np.sqrt(2)
"""From the median absolute step between two normal numbers to their standard deviation."""


class FactHistory(Protocol):
    """What tells the facts of any past morning: a warehouse, its history in memory, a simulated shop."""

    def known_on(self, day: date, window_days: int = 120) -> FactTables:
        """The facts known on the morning of `day`, of the `window_days` days before it."""
        ...


@dataclass(frozen=True)
class LoggedDays:
    """What a shop did and got; tables of shape (n keywords, D days) unless said otherwise.

    Args:
        dates: the days, shape (D,), one after the other.
        keywords: KEYWORD_KEY columns, n rows sorted by key; `campaigns` CAMPAIGN_KEY columns, c rows likewise.
        campaign_of, product_of: row of each keyword's campaign and number of its product, shape (n,).
        margin: gross margin of a sale, shape (n,); NaN where unknown.
        bid: in force; the recent cost per click where `bid_known` (shape (n,)) is False.
        in_play: whether the keyword was there and its platform told the day.
        paused: whether it was paused.
        clicks, cost, revenue: of the log, orders that are still to come counted in.
        lasted: share of the day before the campaign's money was gone.
        budget: of the campaigns, shape (c, D); NaN where unknown.
        low, high: ends of the bids that the log holds, or where no bid is known of the day's costs per click, shape
            (n,); NaN where neither is.
        response, value: beliefs from the whole log: what bids buy, and mature revenue per click.
        day_level: clicks of each day against what `response` expects at the logged bids, shape (D,).
        day_noise: standard deviation of the logarithm of that which is luck: it goes up and down from day to day.
        steepness: what the response's elasticities miss.
    """

    dates: pd.DatetimeIndex
    keywords: pd.DataFrame
    campaigns: pd.DataFrame
    campaign_of: Ints
    product_of: Ints
    margin: Array
    bid: Array
    bid_known: Mask
    in_play: Mask
    paused: Mask
    clicks: Array
    cost: Array
    revenue: Array
    lasted: Array
    budget: Array
    low: Array
    high: Array
    response: BidResponse
    value: Belief
    day_level: Array
    day_noise: float
    steepness: Steepness

    @property
    def ran(self) -> Mask:
        """Whether the log can speak for the keyword-day: it was in play and not paused."""
        return self.in_play & ~self.paused

    @cached_property
    def expected_clicks(self) -> Array:
        """Clicks believed of the whole day at the logged bid."""
        return self.response.clicks_at(self.bid) * self.day_level

    @cached_property
    def expected_cost(self) -> Array:
        """Cost believed of the whole day at the logged bid."""
        return self.response.cost_at(self.bid) * self.day_level

    def until(self, days: int) -> LoggedDays:
        """The first `days` of the days."""
        return self._only(slice(days))

    def between(self, first: date, last: date) -> LoggedDays:
        """The days from `first` to `last`, with the beliefs of all: a keyword keeps its row, and so its doubt."""
        start, stop = self.dates.searchsorted([pd.Timestamp(first), pd.Timestamp(last + timedelta(days=1))])
        return self._only(slice(int(start), int(stop)))

    def _only(self, days: slice) -> LoggedDays:
        by_day = ("bid", "in_play", "paused", "clicks", "cost", "revenue", "lasted", "budget")
        tables = {name: getattr(self, name)[:, days] for name in by_day}
        return replace(self, dates=self.dates[days], day_level=self.day_level[days], **tables)

    @property
    def products(self) -> int:
        """How many products the keywords belong to."""
        return int(self.product_of.max(initial=-1)) + 1


def read_log(
    history: FactHistory, first: date, last: date, known_by: date, settings: EvidenceSettings
) -> LoggedDays:
    """Read the log of the days from `first` to `last`.

    Args:
        history: of the shop.
        first: first day to score.
        last: last day to score, before `known_by`.
        known_by: morning whose knowledge is used: the later, the more orders are in.
        settings: of the beliefs; their window is stretched to hold all days.

    Raises:
        StoppedError: there are no keyword-days, or the days lie outside the year before `known_by`.
    """
    window = min(max(settings.window_days, (known_by - first).days), 365)
    facts = _with_all_keywords(history.known_on(known_by, window), known_by)
    if facts.keyword_days.empty:
        raise StoppedError(f"{known_by} 之前没有关键词报表, 没有可以回测的日子", "先导入关键词报表")
    if not known_by - timedelta(days=window) <= first <= last < known_by:
        oldest, newest = known_by - timedelta(days=window), known_by - timedelta(days=1)
        raise StoppedError(
            f"{first} 到 {last} 不能回测: {known_by} 早上的日志只看 {oldest} 到 {newest}",
            f"把 from 改到 {oldest} 或以后, to 改到 {newest} 或以前",
        )
    evidence = gather(facts, known_by, settings.model_copy(update={"window_days": window}))
    every = pd.date_range(pd.Timestamp(known_by) - pd.Timedelta(days=window), periods=window, unit="s")
    tables = _Tables(facts, evidence, every)
    bid, known = tables.bids()
    cpc = ratio(tables.of(evidence.days.cost), tables.of(evidence.days.clicks))
    told = np.where(known[:, None], np.where(tables.seen, bid, np.nan), cpc)
    chosen = slice((pd.Timestamp(first) - every[0]).days, (pd.Timestamp(last) - every[0]).days + 1)
    log = LoggedDays(
        dates=every[chosen],
        keywords=evidence.keywords[list(KEYWORD_KEY)],
        campaigns=evidence.campaigns[list(CAMPAIGN_KEY)],
        campaign_of=evidence.campaign_of,
        product_of=pd.factorize(evidence.keywords["product_id"], sort=True)[0].astype(np.int64),
        margin=evidence.keywords["gross_margin"].to_numpy(),
        bid=bid[:, chosen],
        bid_known=known,
        in_play=tables.in_play()[:, chosen],
        paused=tables.paused()[:, chosen],
        clicks=tables.of(evidence.days.clicks)[:, chosen],
        cost=tables.of(evidence.days.cost)[:, chosen],
        revenue=tables.revenue()[:, chosen],
        lasted=tables.of(evidence.lasted, missing=1.0)[:, chosen],
        budget=budgets_by_age(facts, pd.Timestamp(known_by), window + 1)[:, :0:-1][:, chosen],
        low=np.fmin.reduce(told, axis=1),
        high=np.fmax.reduce(told, axis=1),
        response=evidence.response,
        value=evidence.value_per_click,
        day_level=np.ones(len(every[chosen])),
        day_noise=0.0,
        steepness=Steepness.unseen(len(bid)),
    )
    level = _day_level(log)
    return _held_against_its_moves(replace(log, day_level=level, day_noise=_day_noise(level)))


def _with_all_keywords(facts: FactTables, morning: date) -> FactTables:
    """The facts with keywords back in play that a later list left out: the log has days of them; campaigns sorted."""
    reported = current_bids(facts.keyword_days, facts.keyword_states.iloc[:0], morning)
    both = pd.concat([facts.current_bids, reported], ignore_index=True)
    both = both.drop_duplicates(list(KEYWORD_KEY), ignore_index=True)
    return replace(facts, current_bids=both, current_budgets=sorted_by(facts.current_budgets, CAMPAIGN_KEY))


def _day_level(log: LoggedDays) -> Array:
    """Clicks of each day against what is believed of it, held towards 1 where there are few, shape (D,)."""
    due = np.where(log.ran, log.expected_clicks, 0.0).sum(axis=0)
    seen = np.where(log.ran, log.clicks / log.lasted, 0.0).sum(axis=0)
    level: Array = (seen + _USUAL_CLICKS) / (due + _USUAL_CLICKS)
    return level


def _day_noise(level: Array) -> float:
    """How far days stray by themselves: from the middle step from one day to the next, which trends and events hardly move."""
    steps = np.abs(np.diff(np.log(level)))
    return float(np.median(steps)) * _OF_MEDIAN if len(steps) else 0.0


def _held_against_its_moves(log: LoggedDays) -> LoggedDays:
    """With what its own bid moves say of the response."""
    at = np.nonzero(log.ran & (log.lasted > 0) & (log.bid > 0))
    clicks, cost = log.response.clicks_at(log.bid)[at], log.response.cost_at(log.bid)[at]
    return replace(
        log,
        steepness=steepness(
            at[0],
            (_log(clicks), _log(ratio(cost, clicks))),
            log.lasted[at],
            (log.clicks[at], log.expected_clicks[at]),
            (log.cost[at], log.expected_cost[at]),
            len(log.keywords),
        ),
    )


def _log(values: Array) -> Array:
    """Logarithms; 0 where there is nothing to take it of."""
    some: Array = np.log(np.where(values > 0, values, 1.0))
    return some


class _Tables:
    """Keyword-days spread out into tables of shape (n, all days of the window).

    Args:
        facts: the log.
        evidence: gathered from it; all its days are the rows of `facts.keyword_days`.
        every: the days of the window.
    """

    def __init__(self, facts: FactTables, evidence: Evidence, every: pd.DatetimeIndex) -> None:
        self._facts, self._evidence, self._every = facts, evidence, every
        self._rows = (evidence.days.keyword, len(every) - evidence.days.age)
        self.seen = self.of(np.ones(len(evidence.days.age))) > 0

    def of(self, values: Array, missing: float = 0.0) -> Array:
        """Values of the keyword-days, shape (rows,), as a table."""
        table = np.full((len(self._evidence.keywords), len(self._every)), missing)
        table[self._rows] = values
        return table

    def bids(self) -> tuple[Array, Mask]:
        """Bid in force by day, as reports or else lists told it, and of which keywords one is known.

        A day on which nothing was told has the bid of the nearest earlier day, or else of the nearest later one.
        """
        told = self.of(self._evidence.days.bid, missing=np.nan)
        listed = self._listed(self._facts.keyword_states["bid"].to_numpy())
        told = _carried(np.where(np.isnan(told), listed, told))
        told = np.where(told > 0, told, np.nan)
        known = np.asarray(~np.isnan(told).all(axis=1))
        stand_in = self._evidence.keywords["base_bid"].to_numpy()[:, None]
        return np.where(known[:, None], told, stand_in), known

    def paused(self) -> Mask:
        """Whether each keyword was paused, by the newest word of reports and lists."""
        told = self.of(_is_paused(self._facts.keyword_days["status"]), missing=np.nan)
        listed = self._listed(_is_paused(self._facts.keyword_states["status"]))
        told = _carried(np.where(np.isnan(told), listed, told))
        return np.asarray(told == 1) & ~(self.seen & (self.of(self._evidence.days.impressions) > 0))

    def in_play(self) -> Mask:
        """Whether each keyword was there and its platform told the day."""
        evidence = self._evidence
        age = len(self._every) - np.arange(len(self._every))
        there = age <= np.nan_to_num(evidence.keywords["first_age"].to_numpy(), nan=-1.0)[:, None]
        platform = evidence.keywords["platform"].to_numpy()
        told = np.zeros_like(there)
        for name, ages in evidence.report_days.items():
            told[platform == name] = np.isin(age, ages)
        return np.asarray(there & told)

    def revenue(self) -> Array:
        """Mature revenue; where a report does not tell sales, what its clicks are believed to be worth."""
        days, value = self._evidence.days, self._evidence.value_per_click.mean
        believed = days.clicks * np.nan_to_num(value)[days.keyword]
        return self.of(np.where(days.sales_known, days.revenue / self._evidence.matured, believed))

    def _listed(self, values: Array) -> Array:
        """Values of the keyword lists, by day: a list of a morning tells how the day before ended."""
        table = np.full(self.seen.shape, np.nan)
        states, morning = self._facts.keyword_states, pd.Timestamp(self._evidence.as_of)
        rows, known = rows_of(states, self._evidence.keywords, KEYWORD_KEY)
        place = len(self._every) - np.maximum(days_between(states["date"], morning)[known], 1)
        within = place >= 0
        table[rows[within], place[within]] = values[known][within]
        return table


def _is_paused(status: pd.Series[str]) -> Array:
    """1 where a status says so, 0 where it says otherwise, NaN where it says nothing."""
    told: Array = np.select([status == "paused", status != ""], [1.0, 0.0], np.nan)
    return told


def _carried(table: Array) -> Array:
    """Unknown entries filled from the nearest earlier day of the row, or else from the nearest later one."""
    filled: Array = pd.DataFrame(table.T).ffill().bfill().to_numpy().T
    return filled
