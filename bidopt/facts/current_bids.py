"""The state of every keyword in play on a morning: its bid, status, quality score and last bid change."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.domain.changes import KEYWORD_KEY
from bidopt.domain.key_numbers import key_numbers
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
    bid, changed_on = _bids(len(keys), codes, rank, in_force, both["bid"].to_numpy())
    quality = _newest(len(keys), codes, rank, both["quality_score"].to_numpy())
    base = np.where(np.isnan(bid), _recent_cpc(len(keys), codes[: len(days)], days), bid)
    base[codes[: len(days)][against.ambiguous[reported_codes]]] = np.nan
    return CURRENT_BIDS.conform(
        {
            **{name: keys[name] for name in _KEY},
            "status": _newest_status(len(keys), codes, rank, both["status"]),
            "quality_score": quality,
            "current_bid": bid,
            "base_bid": base,
            "changed_on": changed_on,
        }
    )


def _reported(days: pd.DataFrame) -> tuple[pd.DataFrame, Codes]:
    """Distinct keys of the reports with `last`, the newest day of each, and the place of each row's key."""
    codes = key_numbers(days[name] for name in _KEY)
    first = np.unique(codes, return_index=True)[1]
    last = np.full(len(first), np.datetime64("0001-01-01", "s"))
    np.maximum.at(last, codes, days["date"].to_numpy().astype("datetime64[s]"))
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


def _in_order(codes: Codes, rank: Codes, where: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Positions of the rows `where` holds, sorted by keyword, oldest first."""
    rows = np.flatnonzero(where & (codes >= 0))
    return rows[np.lexsort((rank[rows], codes[rows]))]


def _last_of_keyword(sorted_codes: Codes) -> npt.NDArray[np.bool_]:
    last: npt.NDArray[np.bool_] = np.r_[
        sorted_codes[1:] != sorted_codes[:-1], np.ones(min(len(sorted_codes), 1), dtype=bool)
    ]
    return last


def _bids(
    count: int, codes: Codes, rank: Codes, in_force: npt.NDArray[np.datetime64], bid: Array
) -> tuple[Array, npt.NDArray[np.datetime64]]:
    """Newest bid of each keyword, and the first day on which it is known to have been in force."""
    rows = _in_order(codes, rank, ~np.isnan(bid))
    current, changed_on = np.full(count, np.nan), np.full(count, np.datetime64("NaT", "D"))
    code, value = codes[rows], bid[rows]
    last = _last_of_keyword(code)
    current[code[last]] = value[last]
    change = np.zeros(len(rows), dtype=bool)
    change[1:] = (code[1:] == code[:-1]) & (np.abs(value[1:] - value[:-1]) > _SAME_BID)
    changed_on[code[change]] = in_force[rows[change]]  # oldest first, so the newest change stays
    return current, changed_on


def _newest(count: int, codes: Codes, rank: Codes, values: Array) -> Array:
    """Newest known number of each keyword."""
    rows = _in_order(codes, rank, ~np.isnan(values))
    last = rows[_last_of_keyword(codes[rows])]
    newest: Array = np.full(count, np.nan)
    newest[codes[last]] = values[last]
    return newest


def _newest_status(count: int, codes: Codes, rank: Codes, status: pd.Series[str]) -> pd.Series[str]:
    """Newest status given of each keyword; "" where none ever was."""
    numbers, names = pd.factorize(status)
    given = np.where((status == "").to_numpy(), np.nan, numbers.astype(np.float64))
    newest = _newest(count, codes, rank, given)
    return pd.Series(newest).map(dict(enumerate(names))).fillna("").astype("str")


def _recent_cpc(count: int, codes: Codes, days: pd.DataFrame) -> Array:
    """Cost per click of each keyword over its newest days with clicks; NaN without any."""
    clicks, cost = days["clicks"].to_numpy(), days["cost"].to_numpy()
    ago = -days["date"].to_numpy().astype(_DAYS).astype(np.int64)
    rows = _in_order(codes, ago, (clicks > 0) & ~np.isnan(cost))
    code = codes[rows]
    start = np.flatnonzero(np.r_[np.ones(min(len(code), 1), dtype=bool), code[1:] != code[:-1]])
    place = np.arange(len(code)) - np.repeat(start, np.diff(np.r_[start, len(code)]))
    rows = rows[place < CPC_DAYS]
    return ratio(
        np.bincount(codes[rows], weights=cost[rows], minlength=count),
        np.bincount(codes[rows], weights=clicks[rows], minlength=count),
    )
