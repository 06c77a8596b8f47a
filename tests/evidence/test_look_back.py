"""Whatever is in force, a shared look back lets believe exactly what the facts with it in force let believe anew."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

from bidopt.evidence.evidence import Evidence, EvidenceSettings, believe, gather, look_back
from bidopt.evidence.words import Words
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.schemas import WORD_LIVES
from tests.conftest import AS_OF, FactsOf

SETTINGS = EvidenceSettings()
WORDS, DAYS = 12, 20


@pytest.fixture
def facts(facts_of: FactsOf) -> FactTables:
    """Words in two campaigns; some are left out of reports on some days, and of some no bid was ever told."""
    rng = np.random.default_rng(3)
    rows = []
    for word in range(WORDS):
        for age in range(1, DAYS + 1):
            if word % 3 == 0 and rng.random() < 0.4:
                continue
            clicks = float(rng.poisson(6))
            orders = float(rng.binomial(int(clicks), 0.2))
            rows.append(
                {
                    "age": age,
                    "keyword": f"词{word}",
                    "campaign_id": f"c{word % 2}",
                    "impressions": 30 * clicks,
                    "clicks": clicks,
                    "cost": 0.8 * clicks,
                    "conversions": orders,
                    "revenue": 20 * orders,
                    "bid": np.nan if word % 4 == 0 else 1.0 + 0.1 * (age > 9),
                }
            )
    campaigns = [{"campaign_id": f"c{c}", "daily_budget": 60.0} for c in range(2)]
    return facts_of(rows, campaigns=campaigns, products=[{"price": 20.0, "stock": 5.0}])


def with_in_force(facts: FactTables, seed: int) -> FactTables:
    """Other bids, pauses, budgets and drops, as a policy may have set them."""
    rng, bids = np.random.default_rng(seed), facts.current_bids
    n, now = len(bids), pd.Timestamp(AS_OF).as_unit("s")
    own = np.where(rng.random(n) < 0.8, rng.uniform(0.3, 3.0, n), np.nan)
    base = np.where(np.isnan(own) & (rng.random(n) < 0.5), np.nan, np.where(np.isnan(own), 0.9, own))
    lives = bids.loc[rng.random(n) < 0.3, list(WORD_LIVES.key)].reset_index(drop=True)
    resumed = pd.Series(now - pd.Timedelta(days=2), index=lives.index).where(rng.random(len(lives)) < 0.5)
    lives = lives.assign(dropped_on=now - pd.Timedelta(days=6), resumed_on=resumed, reason="poor_value")
    status = np.where(rng.random(n) < 0.3, "paused", "enabled")
    budgets = facts.current_budgets.assign(current_budget=rng.uniform(1.0, 90.0, len(facts.current_budgets)))
    return replace(
        facts,
        current_bids=bids.assign(
            status=pd.array(status, dtype="str"), current_bid=own, base_bid=base, changed_on=now
        ),
        current_budgets=budgets,
        word_lives=WORD_LIVES.conform(lives),
    )


def assert_same(found: Evidence, expected: Evidence) -> None:
    pd.testing.assert_frame_equal(found.keywords, expected.keywords, check_exact=True)
    pd.testing.assert_frame_equal(found.campaigns, expected.campaigns, check_exact=True)
    for of_one, of_other in (
        (found.response, expected.response),
        (found.value_per_click, expected.value_per_click),
        (found.cvr, expected.cvr),
        (found.counts, expected.counts),
        (found.days, expected.days),
    ):
        for field in fields(of_one):
            np.testing.assert_array_equal(getattr(of_one, field.name), getattr(of_other, field.name))
    for name in ("group_ctr", "matured", "lasted", "campaign_of", "rivals_today", "conversion_today"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
    for table in (field.name for field in fields(Words)):
        one, other = getattr(found.words, table), getattr(expected.words, table)
        assert one.equals(other) if isinstance(one, pd.DataFrame) else one == other or one is other


@pytest.mark.parametrize("seed", range(8))
def test_what_is_in_force_is_believed_as_if_learned_anew(facts: FactTables, seed: int) -> None:
    own = with_in_force(facts, seed)
    assert_same(believe(look_back(facts, AS_OF, SETTINGS), own), gather(own, AS_OF, SETTINGS))


@pytest.mark.parametrize(
    ("column", "value"),
    [("status", "paused"), ("base_bid", 2.5), ("base_bid", np.nan), ("current_bid", np.nan)],
)
def test_each_thing_in_force_counts(facts: FactTables, column: str, value: str | float) -> None:
    own = replace(facts, current_bids=facts.current_bids.assign(**{column: value}).astype({"status": "str"}))
    assert_same(believe(look_back(facts, AS_OF, SETTINGS), own), gather(own, AS_OF, SETTINGS))


def test_bids_that_only_moved_cost_no_second_reading(facts_of: FactsOf) -> None:
    """All words in all reports with their bids, as most platforms tell them: nothing of the past reads otherwise."""
    rows = [
        {"age": age, "keyword": word, "bid": 1.0, "impressions": 90.0, "clicks": 9.0, "cost": 7.0}
        for word in "甲乙丙"
        for age in range(1, 9)
    ]
    facts = facts_of(rows, campaigns=[{"daily_budget": 100.0}])
    own = replace(facts, current_bids=facts.current_bids.assign(current_bid=1.5, base_bid=1.5))
    back = look_back(facts, AS_OF, SETTINGS)
    evidence = believe(back, own)
    assert evidence.response.clicks_grid is back.reading.traffic.response.clicks_grid
    assert evidence.value_per_click is back.reading.value.per_click
    assert evidence.response.base_bid.tolist() == [1.5, 1.5, 1.5]
