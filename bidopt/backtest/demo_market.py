"""The demo shop's month: Chinese keyword data drawn from a known truth, written as the exports an operator has.

Every figure is invented. What a keyword is worth comes from the roots it is made of, demand is heavy-tailed, some
words draw clicks and sell nothing, some are never shown, and orders keep arriving for 15 days after the click.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.backtest.demo_keywords import SECOND_ITEM, VALUE_SPREAD, draw_keywords
from bidopt.backtest.demo_search_terms import market_terms, search_term_days
from bidopt.backtest.demo_words import PRODUCTS
from bidopt.facts.atomic_file import write_atomically

Array = npt.NDArray[Any]

WINDOW = 30
"""Days an export goes back."""

ARRIVED = np.interp(np.arange(1, 16), [1, 3, 7, 15], [0.65, 0.80, 0.92, 1.0])
"""Share of a day's orders that a report knows 1, 2 ... 15 mornings later."""

WEEKDAYS = np.array([1.02, 1.00, 0.98, 0.97, 0.95, 1.06, 1.10])
"""Demand from Monday to Sunday."""

RESERVE = 0.2
"""A bid below this share of the market price is not shown."""


@dataclass(frozen=True)
class _Month:
    """What happened: arrays of shape (keywords, days), and a row per order."""

    first: date
    impressions: Array
    clicks: Array
    cost: Array
    bid: Array
    rank: Array
    order_cell: Array  # keyword * days + day
    order_age: Array  # mornings until a report knows it
    order_value: Array


class DemoMarket:
    """A shop whose truth is known.

    Args:
        seed: same seed, same market.
        days: length of the history.
        products: how many products the shop sells, at most `len(PRODUCTS)`.
        keywords_per_product: keywords bid on for each.
    """

    def __init__(
        self,
        seed: int = 20261121,
        *,
        days: int = 30,
        products: int = len(PRODUCTS),
        keywords_per_product: int = 60,
    ) -> None:
        self._seed = seed
        self._days = days
        self._products = PRODUCTS[:products]
        rng = np.random.default_rng([seed, 0])
        parts = [draw_keywords(rng, i, p, keywords_per_product, days) for i, p in enumerate(self._products)]
        self._words = pd.concat(parts, ignore_index=True)

    def truth(self) -> pd.DataFrame:
        """What no export says, one row per keyword.

        Returns:
            product_id, keyword, match_type, junk and shown (bool), ctr, cvr (mature, fractions), order_value
            (currency), value_per_click (currency/click), demand (searches/day).
        """
        names = [
            "product_id",
            "keyword",
            "match_type",
            "junk",
            "shown",
            "ctr",
            "cvr",
            "order_value",
            "demand",
        ]
        return self._words[names].assign(value_per_click=self._words["cvr"] * self._words["order_value"])

    def keyword_days(self, mornings: Sequence[date]) -> list[pd.DataFrame]:
        """The keyword report as exported on each morning, in the native columns; the market ends with the last."""
        month = self._play(max(mornings))
        return [self._export(month, morning) for morning in mornings]

    def write_exports(self, folder: Path, mornings: Sequence[date]) -> list[Path]:
        """Write the files of DESIGN's native input that the operator would have on the last of the mornings.

        Args:
            folder: existing folder.
            mornings: days on which the keyword report was exported; together they show how orders arrive late.

        Returns:
            The files written.
        """
        month = self._play(max(mornings))
        tables = {f"keyword_days_{m}.csv": self._export(month, m) for m in sorted(mornings)}
        tables["products.csv"] = self._product_table(max(mornings))
        tables["campaigns.csv"] = self._campaign_table(month)
        terms = np.random.default_rng([self._seed, 3])
        tables[f"search_term_days_{max(mornings)}.csv"] = search_term_days(
            terms, tables[f"keyword_days_{max(mornings)}.csv"]
        )
        market = np.random.default_rng([self._seed, 2])
        tables["search_terms.csv"] = market_terms(market, self._words, self._products)
        rivals = [(title, p.price) for p in self._products for title in p.rivals]
        prices = np.round([price for _, price in rivals] * np.linspace(0.8, 1.3, len(rivals)), 1)
        sales = np.linspace(9000, 300, len(rivals)).round(-2).astype(int)
        tables["competitor_titles.csv"] = pd.DataFrame(
            {"title": [title for title, _ in rivals], "sales": sales, "price": prices}
        )
        for name, table in tables.items():
            write_atomically(folder / name, table.to_csv(index=False, lineterminator="\n").encode())
        return [folder / name for name in tables]

    def _play(self, end: date) -> _Month:
        """The month before the morning `end`."""
        rng = np.random.default_rng([self._seed, 1])
        words, shape = self._words, (len(self._words), self._days)
        first = end - timedelta(days=self._days)
        weekday = WEEKDAYS[(first.weekday() + np.arange(self._days)) % 7]
        market, quality = words[["market_cpc", "quality"]].to_numpy().T[:, :, None]

        by_hand = np.where(rng.random(shape) < 0.02, rng.lognormal(0.0, 0.15, shape), 1.0)
        bid = np.maximum(
            np.round(words["first_bid"].to_numpy()[:, None] * np.cumprod(by_hand, axis=1), 2), 0.05
        )
        strength = bid * quality / 7 / market
        share = np.where(strength < RESERVE, 0.0, 0.8 / (1 + strength**-2.5))
        searches = words["demand"].to_numpy()[:, None] * weekday * rng.lognormal(0.0, 0.2, shape)
        alive = np.arange(self._days) >= words["starts"].to_numpy()[:, None]
        impressions = rng.poisson(searches * share * alive)
        clicks = np.minimum(rng.poisson(impressions * words["ctr"].to_numpy()[:, None]), impressions)
        price = np.minimum(bid, market * 7 / quality * rng.lognormal(-0.15, 0.1, shape) + 0.01)
        rank = np.where(impressions > 0, np.round(1 + 9 / (1 + strength**2), 1), np.nan)

        orders = rng.binomial(clicks, words["cvr"].to_numpy()[:, None]).ravel()
        cell = np.repeat(np.arange(orders.size), orders)
        age = 1 + np.searchsorted(ARRIVED, rng.random(cell.size))
        items = 1 + (rng.random(cell.size) < SECOND_ITEM)
        paid = (
            words["price"].to_numpy()[cell // self._days]
            * items
            * rng.lognormal(0.0, VALUE_SPREAD, cell.size)
        )
        return _Month(
            first, impressions, clicks, np.round(clicks * price, 2), bid, rank, cell, age, np.round(paid, 2)
        )

    def _export(self, month: _Month, morning: date) -> pd.DataFrame:
        """What a report exported on `morning` says: days before it, orders that have arrived by then."""
        today = (morning - month.first).days
        day = np.tile(np.arange(self._days), len(self._words))
        known = day[month.order_cell] + month.order_age <= today
        cells = month.order_cell[known]
        orders = np.bincount(cells, minlength=day.size)
        revenue = np.bincount(cells, month.order_value[known], minlength=day.size).round(2)
        words = self._words.loc[np.repeat(np.arange(len(self._words)), self._days)].reset_index(drop=True)
        table = pd.DataFrame(
            {
                "date": np.datetime64(month.first) + day,
                **words[["campaign_id", "ad_group_id", "product_id", "keyword", "match_type"]],
                "status": "enabled",
                "bid": month.bid.ravel(),
                "quality_score": words["quality"],
                "average_rank": month.rank.ravel(),
                "impressions": month.impressions.ravel(),
                "clicks": month.clicks.ravel(),
                "cost": month.cost.ravel(),
                "conversions": orders,
                "revenue": revenue,
                "reported_on": morning.isoformat(),
            }
        )
        seen = (day < today) & (day >= today - WINDOW) & (day >= words["starts"].to_numpy())
        return table[seen].sort_values(["date", "campaign_id"], kind="stable", ignore_index=True)

    def _product_table(self, end: date) -> pd.DataFrame:
        sold = self._products
        return pd.DataFrame(
            {
                "product_id": [p.product_id for p in sold],
                "title": [p.title for p in sold],
                "category": [p.category for p in sold],
                "brand": [p.title[:2] for p in sold],
                "price": [p.price for p in sold],
                "gross_margin": [p.margin for p in sold],
                "stock": [p.stock for p in sold],
                "launched_on": [end - timedelta(days=120 + 90 * i) for i in range(len(sold))],
            }
        )

    def _campaign_table(self, month: _Month) -> pd.DataFrame:
        """A campaign per product; its budget leaves some room above what it spends on an average day."""
        spent = pd.Series(month.cost.sum(axis=1)).groupby(self._words["campaign_id"].to_numpy()).sum()
        budget = (spent * 1.25 / self._days / 10).round().clip(lower=3) * 10
        return pd.DataFrame(
            {
                "campaign_id": budget.index,
                "daily_budget": budget.to_numpy(),
                "name": [f"{p.category}-关键词推广" for p in self._products],
                "product_id": [p.product_id for p in self._products],
                "min_budget": (budget * 0.3).round().to_numpy(),
                "max_budget": (budget * 2.0).round().to_numpy(),
            }
        )
