"""What the evidence says of small, hand-made shops."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bidopt.domain.changes import KEYWORD_KEY
from bidopt.evidence.evidence import EvidenceSettings, gather
from tests.conftest import AS_OF, FactsOf

SETTINGS = EvidenceSettings()


def test_immature_orders_are_expected_to_grow(facts_of: FactsOf) -> None:
    """The same orders per click mean more when they were clicked yesterday than a month ago."""
    days = [{"impressions": 1e4, "clicks": 1000.0, "cost": 1000.0, "conversions": 50.0, "revenue": 5000.0}]
    old = gather(facts_of([{**d, "age": 20} for d in days]), AS_OF, SETTINGS)
    new = gather(facts_of([{**d, "age": 1} for d in days]), AS_OF, SETTINGS)
    # facts_of reports everything on AS_OF, so the age of the report is the age of the fact
    assert new.cvr.mean[0] == pytest.approx(0.05 / 0.65, rel=0.1)
    assert old.cvr.mean[0] == pytest.approx(0.05, rel=0.1)


def test_a_word_without_clicks_borrows_from_its_product(facts_of: FactsOf) -> None:
    rich = {
        "age": 20,
        "impressions": 1e5,
        "clicks": 2000.0,
        "cost": 2000.0,
        "conversions": 200.0,
        "revenue": 20000.0,
    }
    poor = {**rich, "conversions": 20.0, "revenue": 2000.0, "product_id": "p2"}
    rows = [
        {**rich, "keyword": "a"},
        {"age": 1, "keyword": "new", "impressions": 5.0},
        {**poor, "keyword": "b"},
        {"age": 1, "keyword": "new2", "product_id": "p2", "impressions": 5.0},
    ]
    evidence = gather(facts_of(rows), AS_OF, SETTINGS)
    value = dict(zip(evidence.keywords["keyword"], evidence.value_per_click.mean, strict=True))
    assert value["new"] > 4 * value["new2"]
    # A little less than its neighbour: part of that is the neighbour's own, and a new word may be junk.
    assert 0.7 * value["a"] < value["new"] < value["a"]


def test_row_order_does_not_matter(facts_of: FactsOf) -> None:
    rng = np.random.default_rng(5)
    rows = [
        {"age": a, "keyword": f"k{k}", "impressions": 100.0, "clicks": float(rng.poisson(5)), "cost": 5.0}
        for k in range(7)
        for a in range(1, 9)
    ]
    facts = facts_of(rows)
    shuffled = replace(
        facts,
        keyword_days=facts.keyword_days.sample(frac=1, random_state=1, ignore_index=True),
        current_bids=facts.current_bids.sample(frac=1, random_state=2, ignore_index=True),
    )
    one, two = gather(facts, AS_OF, SETTINGS), gather(shuffled, AS_OF, SETTINGS)
    pd.testing.assert_frame_equal(one.keywords, two.keywords)
    np.testing.assert_allclose(one.value_per_click.mean, two.value_per_click.mean, rtol=1e-12)


def test_no_orders_and_no_price_leave_the_value_unknown(facts_of: FactsOf) -> None:
    evidence = gather(
        facts_of([{"age": 1, "impressions": 10.0, "clicks": 3.0, "cost": 3.0}]), AS_OF, SETTINGS
    )
    assert np.isnan(evidence.value_per_click.mean).all()


def test_a_price_stands_in_for_missing_orders(facts_of: FactsOf) -> None:
    facts = facts_of(
        [{"age": 1, "impressions": 10.0, "clicks": 3.0, "cost": 3.0}], products=[{"price": 99.0}]
    )
    evidence = gather(facts, AS_OF, SETTINGS)
    assert evidence.value_per_click.mean[0] == pytest.approx(99 * evidence.cvr.mean[0])


def test_a_listed_word_counts_from_the_day_it_was_listed(facts_of: FactsOf) -> None:
    today = [{"keyword": word, "seen": 0, "bid": 1.0} for word in ("listed", "茶树精油")]
    facts = facts_of(
        [{"age": 1, "impressions": 10.0}], states=[{"keyword": "listed", "seen": 6, "bid": 1.0}, *today]
    )
    keywords = gather(facts, AS_OF, SETTINGS).keywords.set_index("keyword")
    assert keywords["first_age"].to_dict() == {"listed": 6, "茶树精油": 1}


def test_orders_within_a_shorter_window_mature_sooner(facts_of: FactsOf) -> None:
    day = {
        "age": 7,
        "impressions": 1e4,
        "clicks": 1000.0,
        "cost": 1000.0,
        "conversions": 50.0,
        "revenue": 5000.0,
    }
    facts = facts_of([day])
    week = gather(replace(facts, attribution_windows={"native": 7}), AS_OF, SETTINGS)
    month = gather(replace(facts, attribution_windows={"native": 30}), AS_OF, SETTINGS)
    assert week.matured.tolist() == [1]
    assert month.cvr.mean[0] > week.cvr.mean[0]


def test_a_report_without_sales_columns_is_not_a_report_of_no_sales(facts_of: FactsOf) -> None:
    sold = {"impressions": 1e4, "clicks": 500.0, "cost": 500.0, "conversions": 50.0, "revenue": 5000.0}
    blind = {**sold, "conversions": np.nan, "revenue": np.nan}
    known = gather(facts_of([{**sold, "age": 30}]), AS_OF, SETTINGS)
    both = gather(facts_of([{**sold, "age": 30}, {**blind, "age": 31}]), AS_OF, SETTINGS)
    assert both.cvr.mean[0] == pytest.approx(known.cvr.mean[0])
    assert np.isnan(gather(facts_of([{**blind, "age": 20}]), AS_OF, SETTINGS).keywords["revenue"][0])


def test_campaigns_take_budget_from_the_newest_report(facts_of: FactsOf) -> None:
    facts = facts_of(
        [{"age": 1, "impressions": 10.0}], campaigns=[{"daily_budget": 300.0, "min_budget": 50.0}]
    )
    campaign = gather(facts, AS_OF, SETTINGS).campaigns.iloc[0]
    assert (campaign["current_budget"], campaign["min_budget"]) == (300.0, 50.0)
    assert np.isnan(campaign["max_budget"])


def test_evidence_is_aligned_with_sorted_keywords(facts_of: FactsOf) -> None:
    evidence = gather(facts_of([{"age": 1, "keyword": k} for k in "cab"]), AS_OF, SETTINGS)
    key = evidence.keywords[list(KEYWORD_KEY)]
    pd.testing.assert_frame_equal(key, key.sort_values(list(KEYWORD_KEY), ignore_index=True))


def test_a_better_quality_score_counts_as_a_higher_bid(facts_of: FactsOf) -> None:
    """Days before a score rose from 5 to 10 read as days of a bid lower by as much as 70 % of that rise."""
    less = 0.5**0.7

    def bought(bid: float, cost: float, score: float) -> np.ndarray:
        early = {"impressions": 100.0, "clicks": 5.0, "cost": 4.0 * cost, "bid": bid, "quality_score": score}
        late = {"impressions": 170.0, "clicks": 9.0, "cost": 6.0, "bid": 1.0, "quality_score": 10.0}
        rows = [{"keyword": k, "age": a, **(late if a <= 10 else early)} for k in "abc" for a in range(1, 21)]
        return gather(facts_of(rows), AS_OF, SETTINGS).response.clicks_grid

    risen = bought(bid=1.0, cost=1.0, score=5.0)
    np.testing.assert_allclose(risen, bought(bid=less, cost=less, score=10.0), rtol=1e-9)
    assert not np.allclose(risen, bought(bid=1.0, cost=1.0, score=10.0), rtol=0.02)
