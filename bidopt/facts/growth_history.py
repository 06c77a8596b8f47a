"""How conversions grew from report to report, added up as the reports become known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.facts.schemas import KEYWORD_DAYS, RESTATEMENTS
from bidopt.facts.table_history import Told, by_report, laid_over, places_in

_KEY = list(KEYWORD_DAYS.key)
_LONGEST = 1 << 20
"""Days, more than any report is late."""

_Growth = Counter[tuple[str, int, int]]


class GrowthHistory:
    """The restatements of each day: between which ages of a report, from how many conversions to how many."""

    def __init__(self) -> None:
        self._stated: dict[pd.Timestamp, pd.DataFrame] = {}
        self._before: dict[pd.Timestamp, _Growth] = {}
        self._after: dict[pd.Timestamp, _Growth] = {}

    def learn(self, reports: Iterable[Told]) -> None:
        """Add what reports of keyword-days tell, in the order of `TableHistory.learn`.

        Of several files of one report day the later commit counts, before it is held against earlier days.
        """
        for day, newer in by_report(reports, _KEY, _stated):
            older = self._stated.get(day)
            if older is not None:
                self._add(day, older, newer)
            self._stated[day] = laid_over(older, newer, _KEY)

    def forget(self, first: date) -> None:
        """Let go of the days before `first`."""
        for kept in (self._stated, self._before, self._after):
            for day in [day for day in kept if day < pd.Timestamp(first)]:
                del kept[day]

    def known(self, first: date, last: date) -> pd.DataFrame:
        """Schema RESTATEMENTS of the days from `first` to `last`, both included."""
        before, after = _Growth(), _Growth()
        for day in sorted(self._after):
            if pd.Timestamp(first) <= day <= pd.Timestamp(last):
                before.update(self._before[day])
                after.update(self._after[day])
        if not after:
            return RESTATEMENTS.empty()
        platforms, age_from, age_to = zip(*sorted(after), strict=True)
        return RESTATEMENTS.conform(
            {
                "platform": pd.Series(platforms, dtype="str"),
                "age_from": pd.Series(age_from),
                "age_to": pd.Series(age_to),
                "conversions_from": pd.Series([before[ages] for ages in sorted(after)]),
                "conversions_to": pd.Series([after[ages] for ages in sorted(after)]),
            }
        )

    def _add(self, day: pd.Timestamp, older: pd.DataFrame, newer: pd.DataFrame) -> None:
        place = places_in(older, newer, _KEY)
        again = np.flatnonzero(place >= 0)
        place = place[again]
        platform, platforms = pd.factorize(newer["platform"].array.take(again))
        label = (platform * _LONGEST + _ages(older)[place]) * _LONGEST + _ages(newer)[again]
        pair, labels = pd.factorize(label)
        before = np.bincount(pair, older["conversions"].to_numpy()[place], minlength=len(labels))
        after = np.bincount(pair, newer["conversions"].to_numpy()[again], minlength=len(labels))
        grown_before, grown_after = (
            self._before.setdefault(day, _Growth()),
            self._after.setdefault(day, _Growth()),
        )
        for i, of in enumerate(labels.tolist()):
            ages = platforms[of // _LONGEST**2], of // _LONGEST % _LONGEST, of % _LONGEST
            grown_before[ages] += before[i]
            grown_after[ages] += after[i]


def _stated(rows: pd.DataFrame) -> pd.DataFrame:
    """Those whose report has conversions."""
    known = rows["conversions"].notna()
    return rows if known.all() else rows[known].reset_index(drop=True)


def _ages(rows: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Days from each row's day to its report."""
    passed = rows["reported_on"].to_numpy() - rows["date"].to_numpy()
    ages: npt.NDArray[np.int64] = passed.astype("timedelta64[D]").view(np.int64)
    return ages
