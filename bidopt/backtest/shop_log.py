"""Keeps what happened in a simulated shop, and tells it as the warehouse would: known orders only."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.backtest.auction_day import LONGEST_LAG, HappenedDay
from bidopt.backtest.controls import Controls
from bidopt.backtest.world import PLATFORM, World
from bidopt.domain.changes import KEYWORD_KEY
from bidopt.domain.metrics import Array
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.schemas import CAMPAIGNS, CURRENT_BIDS, CURRENT_BUDGETS, DRAWN_BIDS, PRODUCTS, RESTATEMENTS

EXPORT_DAYS = LONGEST_LAG + 1
"""Days an export goes back: until the day's orders are complete."""

_DAY = np.timedelta64(86400, "s")
_STATUS = pd.array(["enabled", "paused"], dtype="str")


@dataclass(frozen=True)
class LoggedDay:
    """A day with what was in force on it and what stock was left after it.

    Args:
        propensity: probability with which each bid was drawn, shape (n,); None where none was drawn by chance.
    """

    happened: HappenedDay
    controls: Controls
    stock: Array
    propensity: Array | None = None


class ShopLog:
    """The shop's record.

    Args:
        world: names of keywords, products and campaigns, and quality scores.
        first: first day.
        longest_lag: mornings until the last order of a day is reported.
    """

    def __init__(self, world: World, first: date, longest_lag: int = LONGEST_LAG) -> None:
        self._world = world
        self.first = first
        self._told_days = longest_lag + 1
        self._days: list[LoggedDay] = []
        # What stays the same is made once: a thousand mornings ask for it.
        self._empty = vars(FactTables.of())
        self._products = PRODUCTS.conform(world.products)
        self._campaigns = CAMPAIGNS.conform(world.campaigns)
        self._bids = CURRENT_BIDS.conform(world.keywords.assign(quality_score=world.quality_score))
        self._budgets = CURRENT_BUDGETS.conform(self._campaigns[["platform", "campaign_id", "name"]])

    @property
    def morning(self) -> date:
        """The day after the last one logged."""
        return self.first + timedelta(days=len(self._days))

    def until(self, morning: date) -> ShopLog:
        """The record as it stood on `morning`; itself where nothing came after."""
        if morning == self.morning:
            return self
        earlier = copy(self)
        earlier._days = self._days[: (morning - self.first).days]  # noqa: SLF001  it is one of us
        return earlier

    def add(self, day: LoggedDay) -> None:
        """Log the day that begins on `morning`."""
        self._days.append(day)

    def facts(self, window_days: int) -> FactTables:
        """What exports have told by this morning, as `Warehouse.known_on(morning, window_days)` gives it."""
        first = max(self.first, self.morning - timedelta(days=window_days))
        tables: dict[str, Any] = {
            "keyword_days": self.keyword_days(first, self.morning),
            "products": self.products(),
            "campaigns": self.campaigns(),
            "first_products": self.products(self.first + timedelta(days=1)),
            "first_campaigns": self.campaigns(self.first + timedelta(days=1)),
            "restatements": self._restatements(first),
            "current_bids": self._current_bids(first),
            "current_budgets": self._current_budgets(),
            "budget_days": self.budget_days(),
            "stock_days": self.stock_days(),
            "drawn_bids": self.drawn_bids(first, self.morning),
        }
        windows = {PLATFORM: LONGEST_LAG}
        return FactTables(**{**self._empty, **tables, "attribution_windows": windows})

    def keyword_days(self, first: date, morning: date) -> pd.DataFrame:
        """Schema KEYWORD_DAYS from `first` to the day before `morning`, with the orders known on `morning`."""
        start, stop = (first - self.first).days, (morning - self.first).days
        days, n = self._days[start:stop], len(self._world.keywords)
        orders, revenue = self._known_orders(start, stop)
        each = np.tile(np.arange(n), len(days))
        date_ = np.datetime64(first, "s") + np.arange(len(days)) * _DAY
        reported = np.minimum(date_ + self._told_days * _DAY, np.datetime64(morning, "s"))
        columns: dict[str, Any] = {
            "date": np.repeat(date_, n),
            **{name: self._world.keywords[name].array.take(each) for name in KEYWORD_KEY},
            "impressions": _flat([d.happened.impressions for d in days]),
            "clicks": _flat([d.happened.clicks for d in days]),
            "cost": _flat([d.happened.cost for d in days]),
            "conversions": orders,
            "revenue": revenue,
            "status": _status(_flat([d.controls.paused for d in days])),
            "bid": _flat([d.controls.bids for d in days]),
            "quality_score": self._world.quality_score[each],
            "average_rank": _flat([d.happened.rank for d in days]),
            "reported_on": np.repeat(reported, n),
        }
        return pd.DataFrame(columns, copy=False)

    def drawn_bids(self, first: date, morning: date) -> pd.DataFrame:
        """Schema DRAWN_BIDS from `first` to the day before `morning`: of every day told on the next morning."""
        days = range((first - self.first).days, (morning - self.first).days)
        tables = []
        for number in days:
            day, date_ = self._days[number], _stamp(self.first + timedelta(days=number))
            if day.propensity is None:
                continue
            table = self._world.keywords.assign(date=date_, bid=day.controls.bids, propensity=day.propensity)
            tables.append(table[~day.controls.paused].assign(reported_on=date_ + _DAY))
        if not tables:
            return DRAWN_BIDS.empty()
        return DRAWN_BIDS.conform(pd.concat(tables, ignore_index=True))

    def products(self, morning: date | None = None) -> pd.DataFrame:
        """Schema PRODUCTS as exported on `morning`, this one by default: with what stock the day before left."""
        morning = morning or self.morning
        stock = self._days[(morning - self.first).days - 1].stock
        return self._products.assign(stock=stock, reported_on=_stamp(morning))

    def campaigns(self, morning: date | None = None) -> pd.DataFrame:
        """Schema CAMPAIGNS as exported on `morning`, this one by default: with the budgets of the day before."""
        morning = morning or self.morning
        budgets = self._days[(morning - self.first).days - 1].controls.budgets
        return self._campaigns.assign(daily_budget=budgets, reported_on=_stamp(morning))

    def _current_bids(self, first: date) -> pd.DataFrame:
        """What `bidopt.facts.current_bids` makes of these facts, from the record itself: a tenth of the time."""
        last = self._days[-1].controls
        bids = np.stack([d.controls.bids for d in self._days[(first - self.first).days :]])
        moved = np.abs(np.diff(bids, axis=0)) > 1e-6
        days_ago = np.argmax(moved[::-1], axis=0) if len(moved) else np.zeros(len(last.bids), dtype=np.int64)
        changed_on = np.datetime64(self.morning, "s") - (days_ago + 1) * _DAY
        changed_on[~moved.any(axis=0)] = np.datetime64("NaT")
        return self._bids.assign(
            status=_status(last.paused), current_bid=last.bids, base_bid=last.bids, changed_on=changed_on
        )

    def _current_budgets(self) -> pd.DataFrame:
        """The same for `bidopt.facts.current_budgets`."""
        budgets = self._days[-1].controls.budgets
        return self._budgets.assign(current_budget=budgets, seen_on=_stamp(self.morning))

    def budget_days(self) -> pd.DataFrame:
        """Schema BUDGET_DAYS: a list of every morning tells the budgets of the day before."""
        return self._told(self._campaigns, ["platform", "campaign_id"]).assign(
            daily_budget=_flat([d.controls.budgets for d in self._days])
        )

    def stock_days(self) -> pd.DataFrame:
        """Schema STOCK_DAYS: what each day left of each product."""
        return self._told(self._products, ["product_id"]).assign(
            stock=_flat([d.stock for d in self._days]).astype(np.float64)
        )

    def _told(self, listed: pd.DataFrame, key: list[str]) -> pd.DataFrame:
        """The keys of a list, day by day."""
        count, days = len(listed), len(self._days)
        each = np.tile(np.arange(count), days)
        date_ = np.repeat(np.datetime64(self.first, "s") + np.arange(days) * _DAY, count)
        return pd.DataFrame({"date": date_, **{name: listed[name].array.take(each) for name in key}})

    def _known_orders(self, start: int, stop: int) -> tuple[Array, Array]:
        """Orders and revenue of each keyword-day from `start` to `stop` that are known on the morning `stop`."""
        n = len(self._world.keywords)
        days = range(start, stop)
        happened = [self._days[d].happened for d in days]
        known = [h.order_lag <= stop - d for d, h in zip(days, happened, strict=True)]
        cells = [(d - start) * n + h.order_keyword[k] for d, h, k in zip(days, happened, known, strict=True)]
        cell = _flat(cells).astype(np.int64)
        value = _flat([h.order_value[k] for h, k in zip(happened, known, strict=True)])
        size = len(days) * n
        orders = np.bincount(cell, minlength=size).astype(np.float64)
        return orders, np.round(np.bincount(cell, value, minlength=size), 2)

    def _restatements(self, first: date) -> pd.DataFrame:
        """Schema RESTATEMENTS: every morning's export tells each of its days anew."""
        start, today = (first - self.first).days, len(self._days)
        by_lag = np.array(
            [np.bincount(d.happened.order_lag, minlength=EXPORT_DAYS + 1) for d in self._days[start:]]
        )
        known = by_lag.cumsum(axis=1)  # (days, age)
        age_of = today - np.arange(start, today)  # of each day this morning
        ages = np.arange(1, min(EXPORT_DAYS, today - start))
        told_again = age_of[:, None] > ages[None, :]
        return RESTATEMENTS.conform(
            {
                "platform": np.full(len(ages), PLATFORM),
                "age_from": ages,
                "age_to": ages + 1,
                "conversions_from": (known[:, ages] * told_again).sum(axis=0),
                "conversions_to": (known[:, ages + 1] * told_again).sum(axis=0),
            }
        )


def _status(paused: npt.NDArray[np.bool_]) -> Any:  # noqa: ANN401  a text array of pandas
    return _STATUS.take(paused.astype(np.intp))


def _stamp(day: date) -> pd.Timestamp:
    return pd.Timestamp(day).as_unit("s")


def _flat(parts: Sequence[Any]) -> Any:  # noqa: ANN401  arrays of any kind
    return np.concatenate(parts) if parts else np.empty(0)
