"""Mornings before the first export see the days before them as an export of that morning would have told them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bidopt.backtest.told_late import ToldLate
from bidopt.evidence.evidence import EvidenceSettings
from bidopt.facts.fact_history import FactHistory
from bidopt.facts.fact_tables import FactTables, refuse_future
from bidopt.facts.schemas import CAMPAIGNS, PRODUCTS
from bidopt.facts.warehouse import Warehouse
from tests.conftest import AS_OF
from tests.facts.fact_rows import DAY, ago, batch, shop_days, table

FactsOf = Callable[..., FactTables]


class OneExport:
    """A shop that exported once, on `made`; before that it told nothing."""

    def __init__(self, facts: FactTables, made: date) -> None:
        self._facts, self._made = facts, made

    def known_on(self, day: date, window_days: int = 120) -> FactTables:
        del window_days
        return self._facts if day >= self._made else FactTables.of()


@pytest.fixture
def late(facts_of: FactsOf) -> ToldLate:
    rows = [
        {
            "keyword": word,
            "age": age,
            "impressions": 500.0,
            "clicks": 40.0,
            "cost": 40.0,
            "conversions": 20.0,
            "revenue": 1000.0,
            "bid": 1.5,
        }
        for word in ("甲", "乙")
        for age in range(1, 41)
    ]
    facts = facts_of(rows, campaigns=[{"daily_budget": 100.0}], products=[{"price": 50.0, "stock": 3.0}])
    facts = replace(facts, first_campaigns=facts.campaigns, first_products=facts.products)
    return ToldLate(OneExport(facts, AS_OF), AS_OF, 120, EvidenceSettings())


def days_of(late: ToldLate, back: int) -> pd.DataFrame:
    return late.known_on(AS_OF - timedelta(days=back)).keyword_days


def test_nothing_of_the_day_itself_or_later_is_told(late: ToldLate) -> None:
    for back in (0, 5, 20):
        morning = AS_OF - timedelta(days=back)
        facts = late.known_on(morning)
        refuse_future(facts, morning)
        assert facts.keyword_days["date"].max() == pd.Timestamp(morning - timedelta(days=1))
        assert len(facts.keyword_days) == 2 * (40 - back)
    assert late.rewound == {AS_OF - timedelta(days=back) for back in (5, 20)}


def test_orders_arrive_one_by_one_and_never_go_away(late: ToldLate) -> None:
    """Of 800 orders of each age, the shares arrived lie within 4 standard errors of the prior curve."""
    day = pd.Timestamp(AS_OF - timedelta(days=30))
    known = [days_of(late, back).set_index(["date", "keyword"]) for back in (29, 27, 23, 15)]
    orders = [table.xs(day, level="date")["conversions"].to_numpy() for table in known]
    assert (np.diff(orders, axis=0) >= 0).all()
    assert (orders[-1] == 20).all()
    for told in known:
        np.testing.assert_allclose(told["revenue"], told["conversions"] * 50)
    ages = (pd.Timestamp(AS_OF) - days_of(late, 0)["date"]).dt.days
    assert (ages <= 40).all()
    newest = [days_of(late, back).query("date == date.max()")["conversions"].sum() for back in range(16, 36)]
    share = np.sum(newest) / (20 * 40)
    assert abs(share - 0.65) < 4 * np.sqrt(0.65 * 0.35 / 800)


def test_bids_budgets_and_products_stand_though_no_list_was_made(late: ToldLate) -> None:
    facts = late.known_on(AS_OF - timedelta(days=9))
    assert facts.current_bids["current_bid"].tolist() == [1.5, 1.5]
    assert facts.current_budgets["current_budget"].tolist() == [100.0]
    assert facts.products["price"].tolist() == [50.0]
    assert facts.products["stock"].isna().all()  # what is in stock now was not in stock then


def test_what_was_told_stands_as_it_was(late: ToldLate) -> None:
    morning = late.known_on(AS_OF)
    again = OneExport(morning, AS_OF)
    pd.testing.assert_frame_equal(morning.keyword_days, again.known_on(AS_OF).keyword_days)
    assert (morning.keyword_days["conversions"] == 20).all()


@pytest.mark.parametrize("keeper", [Warehouse, FactHistory])
def test_a_morning_before_all_lists_sees_what_the_first_of_them_told(
    keeper: type[Warehouse | FactHistory], tmp_path: Path
) -> None:
    warehouse = Warehouse(tmp_path)
    lists = ((9, 100.0, 50.0, "旧标题", 0.3), (2, 900.0, 80.0, "新标题", 0.6))
    for back, budget, price, title, margin in reversed(lists):  # whatever the order of arrival
        campaigns = table(CAMPAIGNS, {"daily_budget": budget}, reported_on=ago(back))
        offer = {"price": price, "title": title, "gross_margin": margin}
        products = table(PRODUCTS, offer, reported_on=ago(back))
        warehouse.commit(batch(f"list{back}", campaigns=campaigns, products=products), ago(back).date())
    late = ToldLate(keeper(tmp_path), DAY, 60, EvidenceSettings())
    for back, found in ((12, 0), (9, 0), (5, 0), (2, 1)):
        facts = late.known_on(ago(back).date(), 60)
        _, budget, price, title, margin = lists[found]
        assert facts.campaigns["daily_budget"].tolist() == [budget]
        assert facts.current_budgets["current_budget"].tolist() == [budget]
        assert facts.products[["price", "title", "gross_margin"]].to_numpy().tolist() == [
            [price, title, margin]
        ]


def test_where_every_day_was_told_the_next_morning_nothing_need_be_held(tmp_path: Path) -> None:
    """Nor do the days before the log matter: a shorter window knows the same of every morning."""
    warehouse, days = Warehouse(tmp_path), shop_days(days=10, keywords=3)
    for back in range(8, -1, -1):
        told = (
            days[days["date"] < ago(back)].assign(reported_on=ago(back).as_unit("s")).reset_index(drop=True)
        )
        lists = table(CAMPAIGNS, {"daily_budget": 100.0 + back, "campaign_id": f"c{back // 4}"})
        warehouse.commit(batch(f"{back}", keyword_days=told, campaigns=lists), ago(back).date())
    history, settings = FactHistory(tmp_path), EvidenceSettings()
    assert history.told_late(ago(12).date(), ago(8).date()) == frozenset()
    everything = ToldLate(history, DAY, 12, settings)
    little = ToldLate(FactHistory(tmp_path), DAY, 6, settings, frozenset())
    for back in (8, 5, 2):
        expected, found = (told.known_on(ago(back).date(), 5) for told in (everything, little))
        for name, value in vars(expected).items():
            if isinstance(value, pd.DataFrame):
                pd.testing.assert_frame_equal(getattr(found, name), value, obj=name)
            else:
                assert getattr(found, name) == value
    assert everything.rewound == little.rewound == set()
