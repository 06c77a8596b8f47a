"""Days cut short by a budget: more was asked for than was seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from bidopt.domain.metrics import Array
from bidopt.evidence.budget_cuts import budgets_by_age, lasted
from bidopt.evidence.evidence import EvidenceSettings, gather
from bidopt.evidence.keyword_index import KeywordDays
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.schemas import BUDGET_DAYS
from tests.conftest import AS_OF, FactsOf

DAYS = 20
NAN = float("nan")


def days_of(cost: Array, bid: Array | float = 1.0, keyword: Array | None = None) -> KeywordDays:
    """Keyword-days of age 1, 2, ... for each word, at a price per click of 1."""
    word = np.zeros(len(cost)) if keyword is None else keyword
    age = np.concatenate([np.arange(1, count + 1) for count in np.bincount(word.astype(np.int64))])
    none, known = np.zeros(len(cost)), np.ones(len(cost), dtype=np.bool_)
    return KeywordDays(
        keyword=word.astype(np.int64),
        age=age,
        reported_age=age,
        impressions=20 * cost,
        clicks=cost,
        cost=cost,
        conversions=none,
        revenue=none,
        sales_known=known,
        bid=np.broadcast_to(bid, len(cost)).astype(np.float64),
        quality=none + 1,
        rank=none,
    )


def shares(spent: Array, budget: float = 100.0, bid: Array | float = 1.0) -> Array:
    """Share of each day that one campaign of one word ran, which spent `spent` on days of age 1, 2, ...; shape (days,)."""
    days = days_of(spent, bid)
    return lasted(days.keyword, days, np.full((1, DAYS + 1), budget))


def test_days_that_keep_within_the_budget_last_to_the_end() -> None:
    assert shares(np.full(DAYS, 90.0)).tolist() == [1.0] * DAYS


def test_a_day_that_uses_up_the_budget_was_cut_and_only_that_day() -> None:
    share = shares(np.where(np.arange(DAYS) == 4, 100.0, 60.0))
    assert share[4] < 1.0
    assert (np.delete(share, 4) == 1.0).all()


def test_the_more_often_a_campaign_is_cut_the_less_of_a_day_it_lasts() -> None:
    often = [shares(np.where(np.arange(DAYS) % every == 1, 100.0, 60.0))[1] for every in (20, 5, 2)]
    assert often == sorted(often, reverse=True)
    always = shares(np.full(DAYS, 100.0))
    assert always[1] < often[-1]
    assert (always >= 0.25).all()


def test_a_campaign_cut_in_spite_of_lower_bids_lasted_less_of_its_earlier_days() -> None:
    full = np.full(DAYS, 100.0)
    lowered = np.where(np.arange(DAYS) < 3, 0.6, 1.0)
    assert shares(full, bid=lowered)[10] < 0.8 * shares(full)[10]
    assert shares(full, bid=lowered)[1] > shares(full, bid=lowered)[10]


def test_what_a_day_within_the_budget_cost_tells_how_much_was_asked_for_on_days_cut_short() -> None:
    """At bids of 0.7 the campaign spends a half of its budget: at 1.0 it would have spent about all of it, and no more."""
    lowered = np.where(np.arange(DAYS) < 5, 0.7, 1.0)
    spent = np.where(np.arange(DAYS) < 5, 50.0, 100.0)
    assert 0.7 < shares(spent, bid=lowered)[10] < 1.0
    much = shares(np.where(np.arange(DAYS) < 5, 95.0, 100.0), bid=lowered)[10]
    assert 0.4 < much < 0.65  # 95 at a bid of 0.7 are some 190 at 1.0


def test_a_day_on_which_no_further_click_could_be_paid_was_cut() -> None:
    """Six clicks of 15 leave 10 of a budget of 100."""
    dear = replace(days_of(np.full(DAYS, 90.0)), clicks=np.full(DAYS, 6.0))
    assert (lasted(dear.keyword, dear, np.full((1, DAYS + 1), 100.0)) < 1).all()
    assert (shares(np.full(DAYS, 90.0)) == 1).all()


def test_an_unknown_or_zero_budget_cuts_nothing() -> None:
    for budget in (NAN, 0.0):
        assert shares(np.full(DAYS, 100.0), budget).tolist() == [1.0] * DAYS


def test_campaigns_are_judged_on_their_own() -> None:
    days = days_of(np.full(2 * DAYS, 100.0), keyword=np.repeat([0, 1], DAYS))
    share = lasted(days.keyword, days, np.array([[100.0], [500.0]]).repeat(DAYS + 1, axis=1))
    assert (share[:DAYS] < 1).all()
    assert (share[DAYS:] == 1).all()


def facts_with(facts_of: FactsOf, budget: float, told: dict[int, float] | None = None) -> FactTables:
    """A word that spends 100 a day in a campaign of the given budget, which was told on some days."""
    word = {"impressions": 2000.0, "clicks": 100.0, "cost": 100.0, "bid": 1.2}
    facts = facts_of([{**word, "age": age} for age in range(22, 42)], campaigns=[{"daily_budget": budget}])
    rows = pd.DataFrame(
        {
            "date": [pd.Timestamp(AS_OF) - pd.Timedelta(days=age) for age in told or {}],
            "platform": "native",
            "campaign_id": "c1",
            "daily_budget": list((told or {}).values()),
        }
    )
    return replace(facts, budget_days=BUDGET_DAYS.conform(rows) if told else BUDGET_DAYS.empty())


def test_a_campaign_that_is_always_cut_is_believed_to_have_more_demand(facts_of: FactsOf) -> None:
    cut, free = (
        gather(facts_with(facts_of, budget), AS_OF, EvidenceSettings()).response.clicks[0]
        for budget in (100.0, 500.0)
    )
    assert cut > 1.1 * free


def test_the_budget_of_the_day_counts_and_not_todays(facts_of: FactsOf) -> None:
    """The budget was raised yesterday; the days before were cut."""
    then = dict.fromkeys(range(2, 42), 100.0)
    raised = facts_with(facts_of, 500.0, then)
    cut = gather(raised, AS_OF, EvidenceSettings()).response.clicks[0]
    free = gather(facts_with(facts_of, 500.0), AS_OF, EvidenceSettings()).response.clicks[0]
    assert cut > 1.1 * free


def test_a_day_that_told_no_budget_takes_the_nearest_earlier_one(facts_of: FactsOf) -> None:
    facts = facts_with(facts_of, NAN, {9: 30.0, 5: 70.0})
    table = budgets_by_age(facts, pd.Timestamp(AS_OF), 12)[0]
    assert table[1:].tolist() == [70.0] * 5 + [30.0] * 3 + [30.0] * 3
    assert np.isnan(budgets_by_age(facts_with(facts_of, NAN), pd.Timestamp(AS_OF), 12)).all()


def test_the_budget_known_now_stands_in_for_yesterdays(facts_of: FactsOf) -> None:
    table = budgets_by_age(facts_with(facts_of, 80.0, {5: 70.0}), pd.Timestamp(AS_OF), 8)[0]
    assert table[1:].tolist() == [80.0, 70.0, 70.0, 70.0, 70.0, 70.0, 70.0]
