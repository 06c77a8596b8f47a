"""The contract of a health check, the thresholds, and what a check gets to see."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from bidopt.domain.data_issue import DataIssue
from bidopt.domain.table_schema import TableSchema
from bidopt.facts.fact_tables import FactTables

MOST_SAMPLES = 5
"""Rows an issue shows."""

RECENT_DAYS = 3
"""Newest days that are held against the days before them."""

HISTORY_DAYS = 28
"""Days before the recent ones that tell what is usual."""


class HealthRules(BaseModel):
    """Thresholds of the checks."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    stale_after_days: int = Field(
        2, ge=0, description="数据过期 days that yesterday's data may be late before a warning"
    )
    unit_slip_ratio: float = Field(
        5.0, gt=1, description="单位错倍数 times the usual value from which a unit slip (元/分) is suspected"
    )
    min_clicks_for_unit_slip: int = Field(
        20, ge=1, description="最少点击 clicks a day needs for its CPC to be judged"
    )
    min_orders_for_unit_slip: int = Field(
        5, ge=1, description="最少成交 orders needed for an order value to be judged"
    )
    bid_above_cpc_ratio: float = Field(
        20.0, gt=1, description="出价远高于点击花费 times the CPC from which a bid is odd"
    )
    bid_below_cpc_ratio: float = Field(
        0.5, gt=0, lt=1, description="出价远低于点击花费 share of the CPC a bid should reach"
    )


@dataclass(frozen=True)
class HealthCase:
    """What the checks look at.

    Args:
        facts: what was known on the morning of `as_of`.
        as_of: decision day.
        rules: thresholds.
        reported_later: rows left out because their report was made after `as_of`.
        attribution_windows: platform -> attribution windows of its batches, in days.
    """

    facts: FactTables
    as_of: date
    rules: HealthRules
    reported_later: int = 0
    attribution_windows: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def yesterday(self) -> date:
        """The newest day that can be complete."""
        return self.as_of - timedelta(days=1)


class HealthCheck(BaseModel, ABC):
    """One question put to the facts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @abstractmethod
    def issues(self, case: HealthCase) -> Iterable[DataIssue]:
        """What the check finds; nothing where all is well."""


def samples(schema: TableSchema, rows: pd.DataFrame, numbers: Iterable[str]) -> tuple[str, ...]:
    """Up to five rows as Chinese text.

    Args:
        schema: names the columns; a column it does not know is shown by its own name.
        rows: worst first.
        numbers: columns to show after the key.
    """
    shown = [*schema.key, *numbers]
    return tuple(
        "，".join(f"{_heading(schema, name)} {_text(row[name])}" for name in shown if _text(row[name]))
        for _, row in rows.head(MOST_SAMPLES)[shown].iterrows()
    )


def _heading(schema: TableSchema, name: str) -> str:
    return schema.column(name).chinese if name in schema.names else name


def _text(value: object) -> str:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return value if isinstance(value, str) else f"{value:.10g}"
