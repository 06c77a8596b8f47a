"""From keyword-days to what bids will buy today: demand of the days, episodes of bids, the response learned from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.domain.metrics import Array
from bidopt.evidence.belief import Belief
from bidopt.evidence.bid_episodes import Episodes, gather_episodes
from bidopt.evidence.bid_response import STEPS, BidResponse
from bidopt.evidence.demand import Demand, measure_demand
from bidopt.evidence.events import Calendar, size_of_past, size_of_today
from bidopt.evidence.keyword_index import Ints, KeywordDays
from bidopt.evidence.learn_response import learn_response

_DAY_AHEAD = 0.12
"""Standard deviation of log demand that no forecast of tomorrow takes away."""

_QUALITY = 0.7
"""Share of a quality score's change, in logarithms, that is taken for real: scores are rounded."""

Number = TypeVar("Number", bound=np.generic)

_ASSUMED_ELASTICITY = 1.0
"""Of impressions, for the first look at the days' demand, before anything is learned."""


@dataclass(frozen=True)
class Traffic:
    """Today's traffic.

    Args:
        response: what bids buy today.
        demand: of the days.
        event: share of the usual effects of shopping events that today's event, if any, is taken to have.
        past_events: the same of the events of the past days.
    """

    response: BidResponse
    demand: Demand
    event: float
    past_events: float


@dataclass(frozen=True)
class _Rows:
    """Keyword-days with the days that reports left out, each of shape (rows,)."""

    keyword: Ints
    age: Ints
    days: Array
    log_bid: Array
    known_bid: npt.NDArray[np.bool_]
    impressions: Array
    clicks: Array
    cost: Array
    lasted: Array


@dataclass(frozen=True)
class BidHistory:
    """What bids the keywords had and what came of them.

    Args:
        anchor: bid in the middle of each keyword's bids, shape (n,).
        rows: the keyword-days.
        usable: rows that tell demand, shape (rows,); `ages` of them within the calendar.
        episodes: days with like bids, put together.
        event: share of the usual effects that today's event, if any, is taken to have.
    """

    anchor: Array
    rows: _Rows
    usable: npt.NDArray[np.bool_]
    ages: Ints
    episodes: Episodes
    event: float


def bid_history(
    keywords: pd.DataFrame,
    days: KeywordDays,
    report_days: Mapping[str, tuple[int, ...]],
    *,
    lasted: Array,
    calendar: Calendar,
) -> BidHistory:
    """Put the days together by bid; arguments as of `todays_traffic`."""
    days = _at_todays_quality(days)
    base = keywords["base_bid"].to_numpy()
    anchor = _anchor(days, base)
    rows = _rows(keywords, days, anchor, report_days, lasted)
    ages = np.minimum(rows.age, len(calendar.ordinary) - 1)
    usable = rows.days == 1
    flat = _expected_flat(rows, len(base)) * rows.lasted
    demand = measure_demand(ages, rows.impressions, flat, usable, calendar.ordinary, calendar.weekday)
    del flat  # of millions of rows
    episodes = gather_episodes(
        rows.keyword,
        rows.log_bid,
        known_bid=rows.known_bid,
        whole=(calendar.ordinary & demand.measured)[ages],
        factor=demand.of(ages) * rows.lasted,
        days=rows.days,
        impressions=rows.impressions,
        clicks=rows.clicks,
        cost=rows.cost,
        age=rows.age,
    )
    return BidHistory(anchor, rows, usable, ages, episodes, size_of_today(calendar, demand))


def todays_traffic(
    keywords: pd.DataFrame,
    days: KeywordDays,
    click_rate: Belief,
    report_days: Mapping[str, tuple[int, ...]],
    *,
    lasted: Array,
    calendar: Calendar,
) -> Traffic:
    """Learn today's traffic.

    Args:
        keywords: as `Evidence.keywords`.
        days: keyword-days.
        click_rate: belief per keyword.
        report_days: platform -> ages of the days it reported; a day without a report is not a day without traffic.
        lasted: share of the day each keyword-day ran before its budget was gone, shape (rows,).
        calendar: of the days, with the usual sizes of their events.
    """
    history = bid_history(keywords, days, report_days, lasted=lasted, calendar=calendar)
    today, rows = calendar.scaled(history.event), history.rows
    response, grid = learn_response(
        history.episodes,
        base_bid=keywords["base_bid"].to_numpy(),
        anchor=history.anchor,
        click_rate=click_rate.mean,
        rivals_today=float(today.rivals[0]),
    )
    expected = _along(grid, rows) * rows.lasted
    demand = measure_demand(
        history.ages, rows.impressions, expected, history.usable, calendar.ordinary, calendar.weekday
    )
    doubt = np.log1p(click_rate.relative_sd**2)[:, None] + _DAY_AHEAD**2
    return Traffic(
        response.scaled(demand.expected * float(np.exp(today.demand[0]))).widened(doubt),
        demand,
        history.event,
        size_of_past(calendar, demand),
    )


def _at_todays_quality(days: KeywordDays) -> KeywordDays:
    """The days with the bid that would do today what theirs did, and its cost: quality x bid is what counts."""
    if np.all(days.quality == 1):
        return days
    factor = days.quality**_QUALITY
    return replace(days, bid=days.bid * factor, cost=days.cost * factor)


def _anchor(days: KeywordDays, base: Array) -> Array:
    """Middle of the bids that each keyword had, weighted by impressions; the base bid where none is known."""
    n = len(base)
    told = days.bid > 0
    weight = (days.impressions + 0.1) * told
    logs = np.log(np.where(told, days.bid, 1.0))
    total = days.total(weight, n)
    middle = np.exp(days.total(weight * logs, n) / np.where(total > 0, total, 1.0))
    return np.where(total > 0, middle, np.where(base > 0, base, np.nan))


def _rows(
    keywords: pd.DataFrame,
    days: KeywordDays,
    anchor: Array,
    report_days: Mapping[str, tuple[int, ...]],
    lasted: Array,
) -> _Rows:
    """The keyword-days, and for each running keyword one more row for the days that reports left out: no traffic."""
    left_out, age = days_left_out(keywords, days, report_days)
    extra = np.flatnonzero(left_out > 0)
    none = np.zeros(len(extra))
    base = keywords["base_bid"].to_numpy()
    keyword, bid = _joined(days.keyword, extra), _joined(days.bid, base[extra])
    known = bid > 0
    log_bid = np.log(np.where(known, bid, 1.0) / np.where(anchor > 0, anchor, 1.0)[keyword])
    return _Rows(
        keyword=keyword,
        age=_joined(days.age, np.round(age[extra]).astype(np.int64)),
        days=_joined(np.broadcast_to(1.0, len(days.age)), left_out[extra]),
        log_bid=np.where(known, np.clip(log_bid, STEPS[0], STEPS[-1]), 0.0),
        known_bid=_joined(days.bid > 0, (keywords["current_bid"] > 0).to_numpy()[extra]),
        impressions=_joined(days.impressions, none),
        clicks=_joined(days.clicks, none),
        cost=_joined(days.cost, none),
        lasted=_joined(lasted, none + 1),
    )


def _joined(rows: npt.NDArray[Number], extra: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """Both, one after the other; without extra rows the first itself, which may be large."""
    return np.concatenate([rows, extra]) if len(extra) else rows


def days_left_out(
    keywords: pd.DataFrame, days: KeywordDays, report_days: Mapping[str, tuple[int, ...]]
) -> tuple[Array, Array]:
    """Days reported by the platform on which a running keyword has no row, and their middle age; shape (n,)."""
    n = len(keywords)
    told = np.bincount(days.keyword, minlength=n)
    reported, middle = np.zeros(n), np.ones(n)
    first = keywords["first_age"].to_numpy()
    for platform, found in report_days.items():
        mine = (keywords["platform"] == platform).to_numpy()
        ages = np.sort(np.array(found))
        reported[mine] = np.searchsorted(ages, first[mine], side="right")
        middle[mine] = first[mine] / 2
    running = (keywords["status"] != "paused").to_numpy()
    return np.where(running, np.maximum(reported - told, 0.0), 0.0), np.nan_to_num(middle, nan=1.0)


def _expected_flat(rows: _Rows, n: int) -> Array:
    """Impressions per day at each row's bid under an assumed elasticity."""
    push = np.exp(_ASSUMED_ELASTICITY * rows.log_bid)
    seen = np.bincount(rows.keyword, rows.impressions, minlength=n)
    due = np.bincount(rows.keyword, push * rows.days * rows.lasted, minlength=n)
    return (seen / np.where(due > 0, due, 1.0))[rows.keyword] * push


def _along(grid: Array, rows: _Rows) -> Array:
    """The grid's value at each row's bid, shape (rows,)."""
    place = np.clip((rows.log_bid - STEPS[0]) / (STEPS[1] - STEPS[0]), 0.0, len(STEPS) - 1 - 1e-9)
    left = place.astype(np.int64)
    share = place - left
    values: Array = grid[rows.keyword, left] * (1 - share) + grid[rows.keyword, left + 1] * share
    return values
