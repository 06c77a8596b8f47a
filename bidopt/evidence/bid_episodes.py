"""Keyword-days gathered into episodes: what a keyword got while its bid stood at one level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bidopt.domain.metrics import Array
from bidopt.evidence.keyword_index import Ints

_BIN = 0.05
"""Bids closer than this, in logarithms, are one level."""


@dataclass(frozen=True)
class Episodes:
    """One row per keyword and bid level, sorted by keyword; arrays of shape (episodes,).

    Args:
        keyword: row number in the keyword table.
        log_bid: logarithm of the bid relative to the keyword's anchor.
        days: days on which nothing cut the traffic short.
        exposure: sum of those days' demand factors.
        impressions: seen on those days.
        shown: impressions on all days of the episode.
        clicks, cost: on all days of the episode.
        age: mean age of the episode's days.
        known_bid: whether the report told the bid.
    """

    keyword: Ints
    log_bid: Array
    days: Array
    exposure: Array
    impressions: Array
    shown: Array
    clicks: Array
    cost: Array
    age: Array
    known_bid: npt.NDArray[np.bool_]

    @property
    def starts(self) -> Ints:
        """First row of each keyword that has episodes."""
        first = np.r_[True, self.keyword[1:] != self.keyword[:-1]] if len(self.keyword) else []
        return np.flatnonzero(first)

    def take(self, rows: npt.NDArray[np.bool_]) -> Episodes:
        """The episodes of a mask of shape (episodes,)."""
        return Episodes(**{name: getattr(self, name)[rows] for name in self.__dataclass_fields__})


def gather_episodes(
    keyword: Ints,
    log_bid: Array,
    *,
    known_bid: npt.NDArray[np.bool_],
    whole: npt.NDArray[np.bool_],
    factor: Array,
    days: Array,
    impressions: Array,
    clicks: Array,
    cost: Array,
    age: Array | Ints,
) -> Episodes:
    """Sum keyword-days, all of shape (rows,), by keyword and bid level.

    Args:
        keyword: row number in the keyword table.
        log_bid: log of the day's bid relative to the anchor.
        known_bid: whether the report told it.
        whole: whether the day tells the demand: not cut short by a budget, no event.
        factor: demand of the day relative to an ordinary one.
        days: days the row stands for; 1, or more for days that a report left out.
        impressions: of the row.
        clicks: of the row.
        cost: of the row.
        age: days before the decision morning.
    """
    level = np.round(log_bid / _BIN).astype(np.int64)
    level -= level.min(initial=0)
    label = keyword * (int(level.max(initial=0)) + 1) + level
    names, row = _numbered(label)

    def total(values: Array) -> Array:
        return np.bincount(row, values, minlength=len(names)).astype(np.float64)

    lasted = total(days)
    return Episodes(
        keyword=names // (int(level.max(initial=0)) + 1),
        log_bid=total(log_bid * days) / lasted,
        days=total(days * whole),
        exposure=total(days * factor * whole),
        impressions=total(impressions * whole),
        shown=total(impressions),
        clicks=total(clicks),
        cost=total(cost),
        age=total(age * days) / lasted,
        known_bid=total(known_bid.astype(np.float64)) > 0,
    )


def _numbered(labels: Ints) -> tuple[Ints, Ints]:
    """`np.unique` with its inverse, for labels without large gaps: counted instead of sorted."""
    there = np.zeros(int(labels.max(initial=-1)) + 1, dtype=np.bool_)
    there[labels] = True
    return np.flatnonzero(there), (np.cumsum(there) - 1)[labels]
