"""The state of every keyword in play on a morning: its bid, status, quality score and last bid change."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.domain.changes import KEYWORD_KEY
from bidopt.domain.key_numbers import first_rows, key_numbers, key_numbers_by_day
from bidopt.domain.metrics import Array, ratio
from bidopt.facts.listed_keywords import as_reported, listing
from bidopt.facts.schemas import CURRENT_BIDS

CPC_DAYS = 14
"""Newest days with clicks whose cost per click stands in for an unknown bid."""

_KEY = list(KEYWORD_KEY)
_STATE = ["status", "bid", "quality_score"]
_DAYS = "datetime64[D]"
_SAME_BID = 1e-6
Codes = npt.NDArray[np.int64]


def current_bids(keyword_days: pd.DataFrame, keyword_states: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """One row per keyword in play.

    In play is what keyword_days holds, and what the newest keyword list of an ad group holds beside it. A
    reported keyword that a later list of its ad group leaves out was deleted and is out of play. A row without a
    match type whose word the list holds in several has no base bid: it sums over keywords with a bid each.

    Args:
        keyword_days: schema KEYWORD_DAYS; a row of day d is seen on the morning of d + 1.
        keyword_states: schema KEYWORD_STATES; seen on the morning of `date`, and on equal mornings the more exact.
        as_of: decision morning; what is seen later is left out.

    Returns:
        Schema CURRENT_BIDS, sorted by key.
    """
    morning = np.datetime64(as_of, "D")
    days = keyword_days[[*_KEY, "date", *_STATE, "clicks", "cost"]]
    if len(days) and days["date"].max() >= pd.Timestamp(as_of):
        days = days[days["date"] < pd.Timestamp(as_of)]
    states = keyword_states[keyword_states["date"] <= pd.Timestamp(as_of)]
    reported, reported_codes = _reported(days)
    against = listing(reported, states)
    states = as_reported(states, reported)
    seen_in_play = np.concatenate([~against.gone[reported_codes], states["in_play"].to_numpy()])
    both = pd.concat([days[[*_KEY, *_STATE]], states[[*_KEY, *_STATE]]], ignore_index=True)
    numbers = key_numbers(both[name] for name in _KEY) if len(states) else reported_codes
    keys, codes = _keywords(both, numbers, seen_in_play)
    seen = np.concatenate(
        [days["date"].to_numpy().astype(_DAYS) + 1, states["date"].to_numpy().astype(_DAYS)]
    )
    rank = (seen - morning).astype(np.int64) * 2
    rank[len(days) :] += 1

    in_force = seen.copy()
    in_force[: len(days)] -= 1  # the bid of a reported day stood on that day
    oldest_first = np.argsort(rank, kind="stable")  # sorted once; each question takes the rows it needs
    oldest_first = oldest_first[codes[oldest_first] >= 0]
    bid, changed_on = _bids(len(keys), codes, oldest_first, in_force, both["bid"].to_numpy())
    quality = _newest(len(keys), codes, oldest_first, both["quality_score"].to_numpy())
    base = np.where(np.isnan(bid), _recent_cpc(len(keys), codes, oldest_first, days), bid)
    base[codes[: len(days)][against.ambiguous[reported_codes]]] = np.nan
    return CURRENT_BIDS.conform(
        {
            **{name: keys[name] for name in _KEY},
            "status": _newest_status(len(keys), codes, oldest_first, both["status"]),
            "quality_score": quality,
            "current_bid": bid,
            "base_bid": base,
            "changed_on": changed_on,
        }
    )


def _reported(days: pd.DataFrame) -> tuple[pd.DataFrame, Codes]:
    """Distinct keys of the reports with `last`, the newest day of each, and the place of each row's key."""
    codes = key_numbers_by_day(days, _KEY)
    first = first_rows(codes)
    date_ = days["date"].to_numpy().astype("datetime64[s]")
    oldest_first = np.argsort(date_, kind="stable")
    last = np.empty(len(first), dtype=date_.dtype)
    last[codes[oldest_first]] = date_[oldest_first]  # so the newest stays
    return days[_KEY].take(first).assign(last=last).reset_index(drop=True), codes


def _keywords(rows: pd.DataFrame, codes: Codes, in_play: npt.NDArray[np.bool_]) -> tuple[pd.DataFrame, Codes]:
    """Keys that some row holds in play, sorted, and the place of each row's key among them (-1: not in play).

    Args:
        rows: the key columns.
        codes: number of each row's key.
        in_play: whether the row holds its key in play.
    """
    first = np.zeros(int(codes.max(initial=-1)) + 1, dtype=np.int64)
    first[codes[in_play][::-1]] = np.flatnonzero(in_play)[::-1] + 1
    keys = rows[_KEY].take(first[first > 0] - 1).set_axis(np.flatnonzero(first), axis=0).sort_values(_KEY)
    place = np.full(len(first), -1, dtype=np.int64)
    place[keys.index] = np.arange(len(keys))
    return keys.reset_index(drop=True), place[codes]


def _by_keyword(rows: Codes, codes: Codes, count: int) -> Codes:
    """`rows` sorted by keyword, those of one keyword as they were."""
    of = codes[rows]
    small = (
        of.astype(np.uint16) if count <= np.iinfo(np.uint16).max else of
    )  # which numpy sorts without comparing
    return rows[np.argsort(small, kind="stable")]


def _starts_of(sorted_codes: Codes) -> npt.NDArray[np.bool_]:
    """The first row of each keyword."""
    first: npt.NDArray[np.bool_] = np.ones(len(sorted_codes), dtype=np.bool_)
    first[1:] = sorted_codes[1:] != sorted_codes[:-1]
    return first


def _bids(
    count: int, codes: Codes, oldest_first: Codes, in_force: npt.NDArray[np.datetime64], bid: Array
) -> tuple[Array, npt.NDArray[np.datetime64]]:
    """Newest bid of each keyword, and the first day on which it is known to have been in force."""
    rows = _by_keyword(oldest_first[~np.isnan(bid[oldest_first])], codes, count)
    changed_on = np.full(count, np.datetime64("NaT", "D"))
    code, value = codes[rows], bid[rows]
    change = ~_starts_of(code)
    change[1:] &= np.abs(value[1:] - value[:-1]) > _SAME_BID
    changed_on[code[change]] = in_force[rows[change]]  # oldest first, so the newest change stays
    return _newest(count, codes, rows, bid), changed_on


def _newest(count: int, codes: Codes, oldest_first: Codes, values: Array) -> Array:
    """Newest known number of each keyword."""
    rows = oldest_first[~np.isnan(values[oldest_first])]
    newest: Array = np.full(count, np.nan)
    newest[codes[rows]] = values[rows]  # of several the last one stays
    return newest


def _newest_status(count: int, codes: Codes, oldest_first: Codes, status: pd.Series[str]) -> pd.Series[str]:
    """Newest status given of each keyword; "" where none ever was."""
    numbers, names = pd.factorize(status)
    given = np.where((status == "").to_numpy(), np.nan, numbers.astype(np.float64))
    newest = _newest(count, codes, oldest_first, given)
    return pd.Series(newest).map(dict(enumerate(names))).fillna("").astype("str")


def _recent_cpc(count: int, codes: Codes, oldest_first: Codes, days: pd.DataFrame) -> Array:
    """Cost per click of each keyword over its newest days with clicks; NaN without any."""
    clicks, cost = days["clicks"].to_numpy(), days["cost"].to_numpy()
    newest_first = oldest_first[oldest_first < len(days)][::-1]
    told = (clicks > 0) & ~np.isnan(cost)
    rows = _by_keyword(newest_first[told[newest_first]], codes, count)
    code = codes[rows]
    start = np.flatnonzero(_starts_of(code))
    place = np.arange(len(code)) - np.repeat(start, np.diff(np.r_[start, len(code)]))
    rows = rows[place < CPC_DAYS]
    return ratio(
        np.bincount(codes[rows], weights=cost[rows], minlength=count),
        np.bincount(codes[rows], weights=clicks[rows], minlength=count),
    )
