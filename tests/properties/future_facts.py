"""A small shop whose every table is told, and what its future tells: later days, days told again, new names."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from bidopt.domain.metrics import Array
from bidopt.domain.table_schema import TableSchema
from bidopt.facts.batch import Batch
from bidopt.facts.schemas import DATED, KEYWORD_STATES, STORED
from bidopt.facts.warehouse import Warehouse

MORNING = date(2026, 6, 7)
"""The decision morning, an ordinary day within a month: a month's facts lie in one file."""

LATER = MORNING + timedelta(days=5)
"""A morning on which all of the future is known; a day of 618."""

_WORDS = (
    "保温杯",
    "保温杯 大容量",
    "儿童 保温杯",
    "加厚 毛毯",
    "毛毯",
    "冬季 毛毯",
    "不锈钢 杯子",
    "毛毯 礼盒",
)


@dataclass(frozen=True)
class Export:
    """What is exported on one morning.

    Args:
        made: the morning.
        seed: of its numbers.
        days: first and last day told.
        names: put before every name, so that another prefix tells of others.
        window: attribution window that it states.
        only: name of the one table told; None for all.
        late: every second row states itself that it was reported the day after.
        until: what is not over or not reported on this morning is left out.
    """

    made: date
    seed: int
    days: tuple[date, date]
    names: str = ""
    window: int = 15
    only: str | None = None
    late: bool = False
    until: date = date.max


def _back(days: int) -> date:
    return MORNING - timedelta(days=days)


EXPORTS = (
    Export(_back(20), 1, (_back(40), _back(20))),
    Export(_back(6), 2, (_back(26), _back(6))),
    Export(MORNING, 3, (_back(12), MORNING), late=True),
)
"""Exports up to MORNING; each tells many days again, and the first hours of its own day, which are not over."""


def past(morning: date = MORNING, only: str | None = None) -> tuple[Export, ...]:
    """What is told by a morning, and nothing else."""
    made = [export for export in EXPORTS if export.made <= morning]
    return tuple(replace(export, until=morning, only=only) for export in made)


def future(seed: int, only: str | None = None) -> tuple[Export, ...]:
    """What nobody knows on MORNING: coming days, old days told again, and new names."""
    return (
        Export(MORNING + timedelta(days=1), seed, (_back(15), MORNING), window=30, only=only),
        Export(MORNING + timedelta(days=2), seed + 1, (_back(9), _back(2)), names="新", only=only),
        Export(LATER, seed + 2, (_back(3), LATER - timedelta(days=1)), window=45, only=only),
    )


def with_future(seed: int, only: str | None = None) -> tuple[Export, ...]:
    """The same past with a future around it: commits need not come in order."""
    early, *late = future(seed, only)
    return (early, *(replace(export, only=only) for export in EXPORTS), *late)


def commit(folder: Path, exports: Sequence[Export]) -> Warehouse:
    """A warehouse that took in the exports in this order."""
    warehouse = Warehouse(folder)
    for export in exports:
        tables = {s.name: _rows(s, export) for s in STORED if export.only in (None, s.name)}
        tables = {name: rows for name, rows in tables.items() if len(rows)}
        digest = hashlib.sha256(repr(export).encode()).hexdigest()
        warehouse.commit(
            Batch("export.csv", digest, "native", "test", "测试", tables, export.window), export.made
        )
    return warehouse


def _rows(schema: TableSchema, export: Export) -> pd.DataFrame:
    """A table as exported; report days are left to the import, as most exports leave them."""
    list_day = pd.DatetimeIndex([pd.Timestamp(export.made)])
    days = pd.date_range(*export.days)
    if schema is KEYWORD_STATES or schema not in DATED:
        days = list_day
    texts = {
        c.name: [n[c.name] for n in _names(export.names, export.seed)]
        for c in schema.columns
        if c.dtype == "text"
    }
    named = pd.DataFrame(texts, dtype="str").drop_duplicates([k for k in schema.key if k != "date"])
    rows = named.merge(pd.DataFrame({"date": days.as_unit("s")}), how="cross")
    rng = np.random.default_rng([export.seed, STORED.index(schema)])
    numbers = _numbers(rng, len(rows))
    told = {c.name: numbers[c.name] for c in schema.columns if c.dtype == "number"}
    rows = rows.assign(**told, reported_on=pd.Series(pd.NaT, index=rows.index, dtype="datetime64[s]"))
    if export.late:
        rows.loc[rows.index % 2 == 1, "reported_on"] = pd.Timestamp(export.made) + pd.Timedelta(days=1)
    if export.until < date.max:
        until = pd.Timestamp(export.until)
        over = rows["date"] < until if schema in DATED and schema is not KEYWORD_STATES else True
        rows = rows[over & ~(rows["reported_on"] > until)]
    return schema.conform(
        (rows if "date" in schema.names else rows.drop(columns="date")).reset_index(drop=True)
    )


def _names(prefix: str, seed: int) -> list[dict[str, str]]:
    """The texts of a keyword, and of all that belongs to it; titles change from export to export."""
    return [
        {
            "platform": "native",
            "campaign_id": f"{prefix}c{i % 2}",
            "name": f"{prefix}计划{i % 2}",
            "ad_group_id": f"{prefix}g{i % 4}",
            "product_id": f"{prefix}p{i % 4}",
            "keyword": prefix + word,
            "match_type": "exact" if i % 3 else "broad",
            "status": "enabled",
            "search_term": f"{prefix}{word} 正品",
            "placement": f"{prefix}位{i % 2}",
            "term": f"{prefix}{word} 家用",
            "title": f"{prefix}品牌{word}家用正品{i % 4}第{seed}版",
            "category": "家居",
            "brand": "品牌",
            "attributes": f"材质:{prefix}木",
            "creative_id": f"{prefix}图{i}",
            "keyword_id": f"{prefix}k{i}",
            "campaign_ref": "",
            "ad_group_ref": "",
        }
        for i, word in enumerate(_WORDS)
    ]


def _numbers(rng: np.random.Generator, n: int) -> dict[str, Array]:
    """Every number column of any table; counts that belong together fit."""
    impressions = rng.poisson(400, n).astype(np.float64)
    clicks = rng.binomial(impressions.astype(int), 0.06).astype(np.float64)
    orders = rng.binomial(clicks.astype(int), 0.08).astype(np.float64)
    bid = np.round(rng.uniform(0.8, 1.6, n), 2)
    low = np.round(rng.uniform(0.01, 0.05, n), 3)
    return {
        "impressions": impressions,
        "clicks": clicks,
        "cost": np.round(clicks * bid * 0.8, 2),
        "conversions": orders,
        "revenue": np.round(orders * rng.uniform(60, 90, n), 2),
        "bid": bid,
        "propensity": low,
        "favourites": np.round(clicks * 0.2),
        "carts": np.round(clicks * 0.1),
        "category_ctr": low,
        "quality_score": rng.integers(4, 10, n).astype(np.float64),
        "average_rank": np.round(rng.uniform(1, 9, n), 1),
        "daily_budget": np.round(rng.uniform(80, 300, n)),
        "min_budget": np.round(rng.uniform(5, 20, n)),
        "max_budget": np.round(rng.uniform(500, 900, n)),
        "price": np.round(rng.uniform(50, 99, n), 1),
        "gross_margin": np.round(rng.uniform(0.3, 0.6, n), 2),
        "stock": np.round(rng.uniform(100, 900, n)),
        "search_volume_low": np.round(rng.uniform(100, 900, n)),
        "search_volume_high": np.round(rng.uniform(1_000, 9_000, n)),
        "ctr_low": low,
        "ctr_high": low * 2,
        "cvr_low": low,
        "cvr_high": low * 2,
        "competing_products": np.round(rng.uniform(100, 900, n)),
        "reference_cpc": bid,
        "sales": np.round(rng.uniform(10, 900, n)),
    }
