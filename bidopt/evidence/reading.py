"""What past days let believe of today's traffic and value, given what is in force on the morning."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.domain.metrics import Array
from bidopt.evidence.belief import Belief
from bidopt.evidence.budget_cuts import lasted
from bidopt.evidence.events import Calendar
from bidopt.evidence.hierarchy import Hierarchy
from bidopt.evidence.keyword_index import Ints, KeywordDays
from bidopt.evidence.keyword_table import life_age
from bidopt.evidence.sources import Sources, with_click_price
from bidopt.evidence.traffic import Traffic, days_left_out, todays_traffic
from bidopt.evidence.value import Value, todays_value


@dataclass(frozen=True)
class Past:
    """What reports tell, whatever is in force.

    Args:
        days: the keyword-days of the window.
        report_days: platform -> ages of the days it reported, newest first.
        ctr: click rate per keyword.
        matured: share of each keyword-day's orders that is known, shape (rows,).
        weight: of each keyword-day in the beliefs, by age, shape (rows,).
        gone: share of each keyword-day on which nothing was left to sell, shape (rows,).
        hierarchy, sources: what each keyword borrows from.
        campaign_of: row of each keyword's campaign, shape (n,).
        bid_told: keywords of which a report told a bid, shape (n,).
        calendar: of the window.
    """

    days: KeywordDays
    report_days: dict[str, tuple[int, ...]]
    ctr: Belief
    matured: Array
    weight: Array
    gone: Array
    hierarchy: Hierarchy
    sources: Sources
    campaign_of: Ints
    bid_told: npt.NDArray[np.bool_]
    calendar: Calendar


@dataclass(frozen=True)
class Reading:
    """How the past reads.

    Args:
        asked: all that the reading of traffic asked of what is in force, but for the bid that `traffic.response` starts from.
        life_age: what the reading of value asked beside, shape (n,).
        lasted: share of the day that each keyword-day ran before its campaign's money was gone, shape (rows,).
        traffic: of today.
        value: of a click today.
    """

    asked: tuple[npt.NDArray[Any], ...]
    life_age: Array
    lasted: Array
    traffic: Traffic
    value: Value


def read(past: Past, keywords: pd.DataFrame, budgets: Array, earlier: Reading | None = None) -> Reading:
    """Read the past.

    Args:
        past: what reports tell.
        keywords: as `Evidence.keywords`.
        budgets: daily budget by campaign and age, shape (campaigns, ages).
        earlier: of the same past with other bids, pauses and budgets in force. Most readings do not ask for what is
            different there: the bids of the past are those that reports told. What comes out the same is taken over.
    """
    asked, age = _asked(past, keywords, budgets), life_age(keywords)
    if earlier is None or not all(map(_same, asked, earlier.asked)):
        days, campaign = past.days, past.campaign_of[past.days.keyword]
        whole = lasted(campaign, days, budgets)
        traffic = todays_traffic(
            keywords, days, past.ctr, past.report_days, lasted=whole, calendar=past.calendar
        )
        return Reading(asked, age, whole, traffic, _value(past, keywords, age, traffic))
    response = replace(earlier.traffic.response, base_bid=keywords["base_bid"].to_numpy())
    traffic = replace(earlier.traffic, response=response)
    value = earlier.value if _same(age, earlier.life_age) else _value(past, keywords, age, traffic)
    return Reading(asked, age, earlier.lasted, traffic, value)


def _asked(past: Past, keywords: pd.DataFrame, budgets: Array) -> tuple[npt.NDArray[Any], ...]:
    """What `lasted` and `todays_traffic` ask of what is in force.

    Bids stand in only for what reports leave out: the days without a row of a word that runs, and all days of a word of
    which no bid was ever told. Beside that it counts whether there is any.
    """
    left_out, _ = days_left_out(keywords, past.days, past.report_days)
    base, told = keywords["base_bid"].to_numpy(), (keywords["current_bid"] > 0).to_numpy()
    stands_in = np.where((left_out > 0) | ~past.bid_told, base, np.nan)
    return budgets, left_out, stands_in, base > 0, told & (left_out > 0)


def _same(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> bool:
    return np.array_equal(one, other, equal_nan=True)


def _value(past: Past, keywords: pd.DataFrame, age: Array, traffic: Traffic) -> Value:
    """Days of events say less of the usual value, the larger the event; sold-out days say nothing.

    Nor do days before a word was put back or may be: it is tested anew since.
    """
    days, calendar = past.days, past.calendar
    seen, today = calendar.scaled(traffic.past_events), calendar.scaled(traffic.event)
    ordinary = np.where(calendar.ordinary, 1.0, 1 - min(traffic.past_events, 1.0))
    of_this_life = (days.age <= age[days.keyword]).astype(np.float64)
    return todays_value(
        keywords,
        days,
        weight=past.weight * ordinary[days.age] * (1 - past.gone) * of_this_life,
        promise=past.matured * np.exp(seen.conversion)[days.age],
        hierarchy=past.hierarchy,
        sources=with_click_price(past.sources, traffic.response.click_price, past.hierarchy),
        conversion_today=float(np.exp(today.conversion[0])),
    )
