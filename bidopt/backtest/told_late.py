"""Mornings whose exports were made later: what was told only afterwards is told as an export of that morning would have.

A shop that starts with one export of a month knew, strictly speaking, nothing before. So days that no export had
told by a morning are taken from the later one, dated that morning, with the orders that would have arrived by then:
each order is given a lag drawn once from the shop's own arrival curve. What really was told stands as it was.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.backtest.logged_days import FactHistory
from bidopt.domain.metrics import Array
from bidopt.domain.table_schema import TableSchema
from bidopt.evidence.conversion_delay import ConversionDelays, learn_delays
from bidopt.evidence.evidence import EvidenceSettings
from bidopt.evidence.keyword_index import Ints, days_between
from bidopt.facts.current_bids import current_bids
from bidopt.facts.current_budgets import current_budgets
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.schemas import BUDGET_DAYS, CAMPAIGNS, DATED, KEYWORD_STATES, PRODUCTS
from bidopt.facts.told_days import budget_days

_SEED = 20261121


_EVERY = frozenset(schema.name for schema in DATED)


class ToldLate:
    """A history that knows on every morning the days before it.

    Args:
        history: what was really told.
        known_by: morning by which the missing days were told.
        window_days: days before it to hold.
        settings: of the delay curve.
        late: names of the dated tables of which days may be missing; the others are not held.
    """

    def __init__(
        self,
        history: FactHistory,
        known_by: date,
        window_days: int,
        settings: EvidenceSettings,
        late: frozenset[str] = _EVERY,
    ) -> None:
        self._history = history
        later = history.known_on(known_by, window_days)
        self._windows = later.attribution_windows
        self._lists = later.first_campaigns, later.first_products, later.keyword_states
        delays = learn_delays(
            later.restatements,
            later.attribution_windows,
            settings.conversion_window,
            settings.delay_strength,
        )
        self._days = {
            schema.name: _LaterDays(getattr(later, schema.name), delays, _SEED + place)
            for place, schema in enumerate(DATED)
            if schema is not KEYWORD_STATES and schema.name in late
        }
        self.rewound: set[date] = set()
        """Mornings that needed keyword-days told later."""

    def known_on(self, day: date, window_days: int = 120) -> FactTables:
        """What was known on the morning of `day`, and what was told later as of that morning."""
        known = self._history.known_on(day, window_days)
        tables: dict[str, pd.DataFrame] = {}
        for name, later in self._days.items():
            missing = later.unknown_to(getattr(known, name), day, window_days)
            tables[name] = _joined(getattr(known, name), missing)
            if name == "keyword_days" and len(missing):
                self.rewound.add(day)
        campaigns, products, _ = self._lists
        tables["keyword_states"] = self._states(known, day)
        tables["campaigns"] = _first_lists(CAMPAIGNS, known.campaigns, campaigns, day)
        tables["products"] = _first_lists(PRODUCTS, known.products, products.assign(stock=np.nan), day)
        windows = {**self._windows, **known.attribution_windows}
        return _with_states(known, replace(known, **tables, attribution_windows=windows), day)

    def _states(self, known: FactTables, day: date) -> pd.DataFrame:
        """The keyword lists; where a platform had told none, its first later one."""
        *_, later = self._lists
        later = later[~later["platform"].isin(known.keyword_states["platform"].unique())]
        first = later[later["date"] == later.groupby("platform")["date"].transform("min")]
        morning = pd.Timestamp(day).as_unit("s")
        return _joined(known.keyword_states, first.assign(date=morning, reported_on=morning))


def _with_states(known: FactTables, facts: FactTables, day: date) -> FactTables:
    """The facts with bids and budgets worked out anew where what they are worked out from was added to."""
    words, states = facts.keyword_days, facts.keyword_states
    if words is not known.keyword_days or states is not known.keyword_states:
        facts = replace(facts, current_bids=current_bids(words, states, day))
    campaigns, days = facts.campaigns, facts.campaign_days
    same = (
        words is known.keyword_days and days is known.campaign_days and len(campaigns) == len(known.campaigns)
    )
    if same:
        return facts
    told = _joined(known.budget_days, budget_days(days, campaigns, day))
    return replace(
        facts,
        budget_days=told.drop_duplicates(list(BUDGET_DAYS.key), ignore_index=True),
        current_budgets=current_budgets(days, campaigns, words, day),
    )


def _first_lists(schema: TableSchema, known: pd.DataFrame, later: pd.DataFrame, day: date) -> pd.DataFrame:
    """What was listed, and what was listed later only, as it was listed first: later changes were not made yet."""
    morning = pd.Timestamp(day).as_unit("s")
    both = _joined(known, later.assign(reported_on=morning))
    return both.drop_duplicates(list(schema.key), ignore_index=True)


def _joined(known: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    """Both, one below the other."""
    if more.empty:
        return known
    return more if known.empty else pd.concat([known, more], ignore_index=True)


class _LaterDays:
    """A table of days with the lag of each order.

    Args:
        table: as told in the end; without a column of conversions nothing in it arrives late.
        delays: how orders arrive.
        seed: of the lags.
    """

    def __init__(self, table: pd.DataFrame, delays: ConversionDelays, seed: int) -> None:
        self._table, self._delays = table, delays
        self._late = [name for name in ("conversions", "revenue") if name in table]
        orders = table["conversions"].to_numpy() if self._late else np.zeros(len(table))
        self._orders = counts = np.nan_to_num(orders).round().clip(0).astype(np.int64)
        self._row: Ints = np.repeat(np.arange(len(table)), counts)
        self._arrives: Array = np.random.default_rng(seed).random(len(self._row))
        self._in_the_end = self._share(days_between(table["date"], table["reported_on"]))

    def unknown_to(self, known: pd.DataFrame, day: date, window_days: int) -> pd.DataFrame:
        """The rows before `day` of days on which the platform had told nothing, as an export of `day` would tell them."""
        morning = pd.Timestamp(day).as_unit("s")
        age = days_between(self._table["date"], morning)
        missing = (age >= 1) & (age <= window_days)
        if len(known):
            missing &= ~_platform_days(self._table, known, age, morning)
        if not missing.any():
            return self._table.iloc[:0]
        arrived = self._arrived(age)[missing]
        rows = self._table[missing]
        so_far = {name: rows[name] * arrived for name in self._late}
        return rows.assign(**so_far, reported_on=morning)

    def _arrived(self, age: Ints) -> Array:
        """Share of each row's orders that have arrived at an age, shape (rows,); 1 where there is no order."""
        share = self._share(age) / self._in_the_end
        here = self._arrives <= share[self._row]
        count = np.bincount(self._row, here, minlength=len(self._table))
        return np.where(self._orders > 0, count / np.maximum(self._orders, 1), 1.0)

    def _share(self, age: Ints) -> Array:
        return self._delays.at(self._table["platform"].to_numpy(), np.maximum(age, 1))


def _platform_days(
    table: pd.DataFrame, known: pd.DataFrame, age: Ints, morning: pd.Timestamp
) -> npt.NDArray[np.bool_]:
    """Whether the platform of each row of `table` had told anything of its day."""
    number, names = pd.factorize(table["platform"])
    ages = int(age.max(initial=0)) + 1
    told = np.zeros((len(names), ages), dtype=np.bool_)
    of_known = pd.Index(names).get_indexer(pd.Index(known["platform"]))
    known_age = days_between(known["date"], morning)
    within = (of_known >= 0) & (known_age < ages)
    told[of_known[within], known_age[within]] = True
    return np.asarray(told[number, np.clip(age, 0, ages - 1)])
