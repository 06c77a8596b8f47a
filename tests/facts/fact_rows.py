"""Small fact tables and batches for tests."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from bidopt.domain.table_schema import TableSchema
from bidopt.facts.batch import Batch
from bidopt.facts.schemas import KEYWORD_DAYS

DAY = date(2026, 3, 1)
"""Decision morning of most tests."""

_PLACE = {
    "platform": "native",
    "campaign_id": "c1",
    "ad_group_id": "g1",
    "product_id": "p1",
    "keyword": "连衣裙",
}


def ago(days: int) -> pd.Timestamp:
    """The day `days` before the decision morning."""
    return pd.Timestamp(DAY - timedelta(days=days))


def table(schema: TableSchema, *rows: dict[str, Any], **everywhere: Any) -> pd.DataFrame:  # noqa: ANN401
    """A checked table; a row gives what matters and the rest has a plain default."""
    usual = {name: value for name, value in _PLACE.items() if name in schema.names}
    frame = pd.DataFrame([usual | everywhere | row for row in rows])
    return schema.check(schema.conform(frame))


def batch(name: str, platform: str = "native", window: int | None = None, **tables: pd.DataFrame) -> Batch:
    """A batch called `name`, whose digest follows from the name."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    rows = sum(map(len, tables.values()))
    return Batch(f"{name}.csv", digest, platform, "test", "测试报表", tables, window, rows)


def shop_days(days: int = 40, keywords: int = 30, seed: int = 0) -> pd.DataFrame:
    """Clean keyword-days of a shop, ending on the day before the decision morning, reported on it."""
    rng = np.random.default_rng(seed)
    bid = rng.uniform(0.5, 3.0, keywords)
    value = rng.uniform(20.0, 200.0, keywords)
    grid = [(day, word) for day in range(days, 0, -1) for word in range(keywords)]
    day, word = np.array(grid).T
    clicks = rng.poisson(4.0, len(day)).astype(float)
    orders = rng.binomial(clicks.astype(int), 0.1).astype(float)
    return KEYWORD_DAYS.conform(
        {
            "date": [ago(int(d)) for d in day],
            **{name: [value] * len(day) for name, value in _PLACE.items()},
            "keyword": [f"词{w}" for w in word],
            "impressions": clicks * 30,
            "clicks": clicks,
            "cost": np.round(clicks * bid[word] * rng.uniform(0.6, 1.0, len(day)), 2),
            "conversions": orders,
            "revenue": np.round(orders * value[word] * rng.uniform(0.7, 1.3, len(day)), 2),
            "bid": bid[word],
            "reported_on": [pd.Timestamp(DAY)] * len(day),
        }
    )
