"""What a click is worth today: mature orders times their value; sold-out days say nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bidopt.evidence.evidence import Evidence, EvidenceSettings, gather
from bidopt.evidence.keyword_index import index_days
from bidopt.evidence.value import sold_out
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.schemas import STOCK_DAYS
from tests.conftest import AS_OF, FactsOf

SOLD = {"impressions": 4000.0, "clicks": 200.0, "cost": 200.0, "conversions": 20.0, "revenue": 2000.0}
EMPTY_HANDED = {**SOLD, "conversions": 0.0, "revenue": 0.0}
GONE = range(22, 27)
"""Ages of the days without stock."""


def stocked(facts: FactTables, stock: dict[int, float], product: str = "p1") -> FactTables:
    """The facts with what lists told of the stock left at the end of days of those ages."""
    rows = pd.DataFrame(
        {
            "date": [pd.Timestamp(AS_OF) - pd.Timedelta(days=age) for age in stock],
            "product_id": product,
            "stock": list(stock.values()),
        }
    )
    return replace(facts, stock_days=STOCK_DAYS.conform(rows))


def learn(facts: FactTables) -> Evidence:
    return gather(facts, AS_OF, EvidenceSettings())


def shop(facts_of: FactsOf, on_gone_days: dict[str, float]) -> FactTables:
    return facts_of(
        [
            *({**SOLD, "age": age} for age in range(30, 40)),
            *({**on_gone_days, "age": age} for age in GONE),
        ]
    )


def test_sold_out_days_say_nothing_of_value(facts_of: FactsOf) -> None:
    unsold = shop(facts_of, EMPTY_HANDED)
    told = learn(stocked(unsold, dict.fromkeys(GONE, 0.0)))
    blind = learn(unsold)
    unknown = learn(shop(facts_of, {**SOLD, "conversions": np.nan, "revenue": np.nan}))
    assert told.cvr.mean[0] == pytest.approx(0.1, rel=0.1)
    assert blind.cvr.mean[0] < 0.8 * told.cvr.mean[0]
    np.testing.assert_allclose(told.value_per_click.mean, unknown.value_per_click.mean, rtol=1e-9)
    np.testing.assert_allclose(told.value_per_click.shape, unknown.value_per_click.shape, rtol=1e-9)


def test_days_with_stock_left_count(facts_of: FactsOf) -> None:
    unsold = shop(facts_of, EMPTY_HANDED)
    left = learn(stocked(unsold, dict.fromkeys(GONE, 3.0)))
    np.testing.assert_allclose(left.cvr.mean, learn(unsold).cvr.mean)


def test_only_the_words_of_the_product_are_sold_out(facts_of: FactsOf) -> None:
    facts = facts_of(
        [{**SOLD, "age": 22, "product_id": p, "keyword": p} for p in ("p1", "p2")]
        + [{**SOLD, "age": 23, "product_id": "p1", "keyword": "p1"}]
    )
    morning = pd.Timestamp(AS_OF)
    keywords = facts.current_bids
    days = index_days(facts.keyword_days, keywords, morning)
    share = sold_out(stocked(facts, {22: 0.0, 90: 0.0}).stock_days, keywords, days, morning)
    product = keywords["product_id"].to_numpy()[days.keyword]
    assert share.tolist() == [
        float(p == "p1" and age == 22) for p, age in zip(product, days.age, strict=True)
    ]


def test_a_product_nobody_advertises_may_be_sold_out(facts_of: FactsOf) -> None:
    facts = shop(facts_of, SOLD)
    other = stocked(facts, {22: 0.0}, product="not advertised")
    np.testing.assert_allclose(learn(other).cvr.mean, learn(facts).cvr.mean)


@pytest.mark.parametrize("factor", [100.0, 0.01])
def test_currency_scales_the_value_and_nothing_else(facts_of: FactsOf, factor: float) -> None:
    one = learn(facts_of([{**SOLD, "age": 30}]))
    scaled = {**SOLD, "cost": 200.0 * factor, "revenue": 2000.0 * factor}
    other = learn(facts_of([{**scaled, "age": 30}]))
    np.testing.assert_allclose(other.cvr.mean, one.cvr.mean)
    np.testing.assert_allclose(other.value_per_click.mean, one.value_per_click.mean * factor)


def test_what_sold_dearer_is_worth_more(facts_of: FactsOf) -> None:
    cheap, dear = (learn(facts_of([{**SOLD, "age": 30, "revenue": r}])) for r in (1000.0, 4000.0))
    assert dear.value_per_click.mean[0] == pytest.approx(4 * cheap.value_per_click.mean[0], rel=0.01)
    assert dear.value_per_click.low[0] < dear.value_per_click.mean[0] < dear.value_per_click.high[0]
