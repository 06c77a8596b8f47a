"""The contract of a market: a shop's world that plays a day at a time; of a simulated one the scorer sees the truth."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from bidopt.domain.changes import Changes
from bidopt.domain.goals import Goals
from bidopt.domain.metrics import Array
from bidopt.domain.table_schema import TableSchema, day, number
from bidopt.facts.fact_tables import FactTables

OUTCOME = TableSchema(
    "outcome",
    "结果",
    (
        day("date", "日期", "day that was played"),
        number("budget", "currency/day", "日限额", "sum of the campaign budgets in force"),
        number("cost", "currency", "花费", "money spent, as it happened or as it is estimated"),
        number("revenue", "currency", "成交金额", "mature revenue, likewise", minimum=None),
    ),
    ("date",),
)
"""What a played day brought."""

TRUE_OUTCOME = TableSchema(
    "true_outcome",
    "真实结果",
    (
        *OUTCOME.columns,
        number("expected_cost", "currency", "期望花费", "cost expected at the bids and budgets in force"),
        number(
            "expected_revenue", "currency", "期望成交", "mature revenue expected at the same, before any luck"
        ),
    ),
    OUTCOME.key,
)
"""The same of a simulated day; `expected_*` are the truth of the market, not a sample of it."""


@dataclass(frozen=True)
class TrueDay:
    """What bids would bring on one day, were all known; the budgets do not bind in these figures.

    Args:
        keywords: KEYWORD_KEY columns, one row per keyword in play, sorted by key.
        bids: ascending grid of bids per keyword, shape (n, levels), currency per click.
        clicks, cost: expected per day at each bid, shape (n, levels).
        value_per_click: expected mature revenue per click, shape (n,), currency.
    """

    keywords: pd.DataFrame
    bids: Array
    clicks: Array
    cost: Array
    value_per_click: Array


class Market(ABC):
    """A shop and its market. Days are played in order; a policy sees nothing but `facts`."""

    @property
    @abstractmethod
    def goals(self) -> Goals:
        """What the shop wants; `daily_budget` is set."""

    @property
    @abstractmethod
    def morning(self) -> date:
        """The next day to decide; at first the day after the hand-bid history."""

    @abstractmethod
    def facts(self) -> FactTables:
        """What exports have told by this morning, as the warehouse would give it."""

    @abstractmethod
    def play(self, changes: Changes) -> None:
        """Put the changes into force and let the day happen; `morning` moves on by one day."""

    @abstractmethod
    def outcome(self) -> pd.DataFrame:
        """Schema OUTCOME: the days played after the history."""


class SimulatedMarket(Market):
    """A market whose truth is known."""

    @abstractmethod
    def write_exports(self, folder: Path) -> list[Path]:
        """Write this morning's exports as the native files an operator would drop into the inbox."""

    @abstractmethod
    def true_day(self) -> TrueDay:
        """The truth of the coming day; for the scorer only."""

    @abstractmethod
    def outcome(self) -> pd.DataFrame:
        """Schema TRUE_OUTCOME: the days played after the history."""
