"""Writes the facts of a large shop as its mornings would: every morning's export tells the last days again."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.facts.batch import Batch
from bidopt.facts.schemas import CAMPAIGNS, KEYWORD_DAYS, PRODUCTS
from bidopt.facts.warehouse import Warehouse

ROOTS = "家用 加厚 便携 儿童 学生 冬季 大容量 不锈钢 北欧 静音 智能 迷你 户外 防滑 复古".split()  # noqa: SIM905
HEADS = "保温杯 毛毯 台灯 书包 雨伞 拖鞋 收纳盒 加湿器 电饭煲 跳绳".split()  # noqa: SIM905
DELAY = 4.0
"""Mean days until an order is reported; the longest is `export_days`."""

Floats = npt.NDArray[np.float64]


class LargeLog:
    """A shop whose bids are moved by hand now and then, and whose orders arrive late.

    Args:
        keywords: in play, in 200 products and 20 campaigns; traffic is heavy-tailed.
        export_days: days that each morning's export tells.
        seed: of everything.
    """

    def __init__(self, keywords: int, export_days: int, seed: int = 1) -> None:
        self._rng = rng = np.random.default_rng(seed)
        self._export_days = export_days
        product = rng.integers(0, 200, keywords)
        words = [
            f"{ROOTS[i % 15]}{ROOTS[i // 15 % 15]}{HEADS[i // 225 % 10]}{i // 2250 or ''}"
            for i in range(keywords)
        ]
        place = {
            "platform": ["native"] * keywords,
            "campaign_id": [f"c{p // 10}" for p in product],
            "ad_group_id": [f"g{p}" for p in product],
            "product_id": [f"p{p}" for p in product],
            "keyword": words,
            "match_type": ["exact"] * keywords,
            "status": ["enabled"] * keywords,
        }
        self._place = pd.DataFrame(place, dtype="str")
        self._traffic = rng.pareto(1.1, keywords) * 8
        self._ctr = rng.beta(2, 40, keywords)
        self._cvr = rng.beta(1, 40, keywords) * (rng.random(keywords) > 0.2)
        self._bid: Floats = np.round(rng.uniform(0.3, 3, keywords), 2)
        self._quality = rng.integers(4, 11, keywords).astype(np.float64)
        self._price = np.round(rng.uniform(20, 200, 200), 2)
        self._value = self._price[product]
        self._days: list[tuple[pd.Timestamp, dict[str, Floats], Floats]] = []

    def write(self, warehouse: Warehouse, first: date, days: int) -> int:
        """Commit the exports of the mornings after each of `days` days; returns the rows written."""
        rows = 0
        for i in range(days):
            self._days = [*self._days[1 - self._export_days :], self._happened(first + timedelta(days=i))]
            morning = first + timedelta(days=i + 1)
            told = self._export(pd.Timestamp(morning))
            rows += len(told)
            warehouse.commit(_batch(f"{morning}", keyword_days=told, **self._lists(i)), morning)
        return rows

    def _happened(self, day: date) -> tuple[pd.Timestamp, dict[str, Floats], Floats]:
        """A day's columns, and the orders that arrive by the end of each day after it, shape (days, keywords)."""
        rng, n = self._rng, len(self._bid)
        moved = rng.random(n) < 0.01
        self._bid = np.round(self._bid * np.where(moved, rng.uniform(0.8, 1.25, n), 1.0), 2)
        seen = np.minimum(rng.poisson(self._traffic), 10**6)
        clicks = rng.binomial(seen, self._ctr)
        orders = rng.binomial(clicks, self._cvr)
        lag = np.exp(-np.arange(self._export_days) / DELAY)
        columns = {
            "impressions": seen.astype(np.float64),
            "clicks": clicks.astype(np.float64),
            "cost": np.round(clicks * self._bid * rng.uniform(0.7, 0.9, n), 2),
            "bid": self._bid,
            "quality_score": self._quality,
        }
        arriving = rng.multinomial(orders, lag / lag.sum()).T.cumsum(axis=0)
        return pd.Timestamp(day), columns, arriving.astype(np.float64)

    def _export(self, morning: pd.Timestamp) -> pd.DataFrame:
        told = []
        for day, columns, arriving in self._days:
            orders = arriving[(morning - day).days - 1]
            sales = {"conversions": orders, "revenue": np.round(orders * self._value, 2)}
            told.append(self._place.assign(date=day, **columns, **sales))
        return KEYWORD_DAYS.conform(pd.concat(told, ignore_index=True))

    def _lists(self, morning: int) -> dict[str, pd.DataFrame]:
        names = [f"p{p}" for p in range(200)]
        products = {"product_id": names, "title": [f"商品{name}" for name in names], "price": self._price}
        stock = np.full(200, 9_000.0 - morning)
        campaigns = {
            "platform": ["native"] * 20,
            "campaign_id": [f"c{c}" for c in range(20)],
            "daily_budget": [20_000.0] * 20,
        }
        return {
            "products": PRODUCTS.conform(products | {"stock": stock}),
            "campaigns": CAMPAIGNS.conform(campaigns),
        }


def _batch(name: str, **tables: pd.DataFrame) -> Batch:
    digest = hashlib.sha256(name.encode()).hexdigest()
    return Batch(f"{name}.csv", digest, "native", "log", "日志", tables, 15, sum(map(len, tables.values())))
