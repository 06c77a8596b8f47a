"""Products and creatives in test: when enough is known, what is still missing, and who comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bidopt.decisions.draft import Draft, keep_everything
from bidopt.decisions.policy import Situation
from bidopt.decisions.pruning.test_and_prune import TestAndPrune
from bidopt.domain.goals import Goals
from bidopt.domain.reasons import decode, render_both
from bidopt.evidence.evidence import EvidenceSettings, gather
from bidopt.facts.schemas import CREATIVE_DAYS, PRODUCT_TEST_DAYS
from tests.conftest import AS_OF, FactsOf

Rows = Sequence[Mapping[str, Any]]
WORDS = [
    {"keyword": "水杯", "age": age, "impressions": 500.0, "clicks": 20.0, "cost": 20.0} for age in range(1, 8)
]


def decided(
    facts_of: FactsOf, *, products: Rows = (), days: Rows = (), creatives: Rows = (), **fields: object
) -> Draft:
    """The plan of a shop of one word and the given product and creative days, yesterday's unless said otherwise."""
    facts = facts_of(WORDS, products=products)
    morning = pd.Timestamp(AS_OF)

    def table(rows: Rows) -> pd.DataFrame:
        place = {"platform": "native", "campaign_id": "c1", "reported_on": morning}
        dated = [{**place, **row, "date": morning - pd.Timedelta(days=row.get("age", 1))} for row in rows]
        return pd.DataFrame([{k: v for k, v in row.items() if k != "age"} for row in dated])

    facts = replace(
        facts,
        product_test_days=PRODUCT_TEST_DAYS.conform(table(days)),
        creative_days=CREATIVE_DAYS.conform(table(creatives)),
    )
    evidence = gather(facts, AS_OF, EvidenceSettings())
    goals = Goals(daily_budget=500.0)
    return TestAndPrune.model_validate(fields).decide(
        Situation(AS_OF, goals, evidence, keep_everything(evidence))
    )


def product(
    product_id: str, clicks: float, ctr: float, interest: float | None = None, **more: object
) -> dict[str, Any]:
    told = (
        {} if interest is None else {"favourites": 0.5 * interest * clicks, "carts": 0.5 * interest * clicks}
    )
    return {
        "product_id": product_id,
        "impressions": clicks / ctr,
        "clicks": clicks,
        "cost": clicks,
        "category_ctr": 0.04,
        **told,
        **more,
    }


def verdicts(draft: Draft) -> dict[str, str]:
    table = draft.subject_tests
    names = table["creative_id"].where(table["creative_id"] != "", table["product_id"])
    return {name: decode(reason)[0] for name, reason in zip(names, table["reason"], strict=True)}


def test_products_pass_or_fail_by_click_rate_and_interest_once_they_have_their_clicks(
    facts_of: FactsOf,
) -> None:
    draft = decided(
        facts_of,
        days=[
            product("good", 400.0, 0.07, 0.16),
            product("seldom-clicked", 400.0, 0.03, 0.16),
            product("never-kept", 400.0, 0.07, 0.03),
            product("new", 40.0, 0.05, 0.10),
        ],
    )
    assert verdicts(draft) == {
        "new": "product_in_test",
        "good": "product_passes",
        "seldom-clicked": "product_fails",
        "never-kept": "product_fails",
    }
    new = draft.subject_tests.iloc[0]
    assert (new["turn"], new["needed_clicks"], new["needed_cost"], new["days"]) == (1, 160, 160, 4)
    assert "还差 160 次点击，约 4 天、¥160.00" in render_both(new["reason"], TestAndPrune.reasons, "¥")[0]


def test_carts_without_favourites_fail_nobody(facts_of: FactsOf) -> None:
    """The line is drawn for both together: what only one of them reaches is no verdict."""
    days = [
        product(name, 100.0, 0.05, carts=0.0, favourites=np.nan, category_ctr=np.nan) for name in ("a", "b")
    ]
    draft = decided(facts_of, days=days)
    assert set(verdicts(draft).values()) == {"product_in_test"}
    assert "no_interest_known" in draft.notes


def test_a_report_of_one_day_hides_no_clicks_of_the_keywords(facts_of: FactsOf) -> None:
    days = [product("p1", 10.0, 0.05, 0.2), product("p2", 400.0, 0.05, 0.2)]
    table = decided(facts_of, days=days).subject_tests
    found = table[table["product_id"] == "p1"].iloc[0]
    assert (found["impressions"], found["clicks"]) == (3500, 140)
    assert found["interest"] == pytest.approx(0.2)


def test_clear_cases_need_fewer_clicks_and_unclear_ones_wait(facts_of: FactsOf) -> None:
    found = verdicts(
        decided(facts_of, days=[product("bright", 60.0, 0.12, 0.3), product("middling", 60.0, 0.048, 0.1)])
    )
    assert found == {"bright": "product_passes", "middling": "product_in_test"}


def test_only_so_many_are_tested_at_once_and_the_money_is_told(facts_of: FactsOf) -> None:
    days = [product(f"p{i:02}", 20.0 + i, 0.05, 0.1) for i in range(30)]
    draft = decided(facts_of, days=days, product_test={"at_once": 12})
    turns = draft.subject_tests["turn"].dropna()
    assert turns.tolist() == list(range(1, 13))
    note = next(note for note in draft.notes if note.startswith("product_tests"))
    numbers = decode(note)[1]
    assert (numbers["waiting"], numbers["now"], numbers["money"]) == (30, 12, 100)
    assert numbers["affordable"] == 100 // (numbers["daily"] / 12)


def test_without_category_and_interest_only_clicks_are_planned(facts_of: FactsOf) -> None:
    days = [
        product("many", 400.0, 0.05, category_ctr=np.nan),
        product("few", 30.0, 0.05, category_ctr=np.nan),
    ]
    draft = decided(facts_of, days=days)
    assert verdicts(draft) == {"few": "product_in_test", "many": "product_counted"}
    assert {"no_interest_known", "no_category_known"} <= set(draft.notes)


def test_a_listed_product_without_ads_waits_for_its_test_unless_it_is_sold_out(facts_of: FactsOf) -> None:
    products: Rows = [{"product_id": "p1"}, {"product_id": "unseen"}, {"product_id": "gone", "stock": 0.0}]
    found = decided(facts_of, products=products).subject_tests
    assert set(found["product_id"]) == {"p1", "unseen"}
    unseen = found[found["product_id"] == "unseen"].iloc[0]
    assert unseen["needed_clicks"] == 200
    assert np.isnan(unseen["days"])


def creative(name: str, impressions: float, clicks: float, days: int = 8) -> Rows:
    return [
        {
            "product_id": "p1",
            "creative_id": name,
            "age": age,
            "impressions": impressions / days,
            "clicks": clicks / days,
            "cost": clicks / days,
        }
        for age in range(1, days + 1)
    ]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (creative("b", 4000.0, 120.0), {"a": "creative_wins", "b": "creative_loses"}),
        (creative("b", 4000.0, 195.0), {"a": "creative_equal", "b": "creative_equal"}),
        (creative("b", 3000.0, 140.0, 4), {"a": "creative_in_test", "b": "creative_in_test"}),
        (creative("b", 300.0, 12.0), {"a": "creative_equal", "b": "creative_hidden"}),
    ],
)
def test_creatives_win_lose_wait_or_are_hidden(
    facts_of: FactsOf, other: Rows, expected: dict[str, str]
) -> None:
    days = {"a": 4 if expected["a"] == "creative_in_test" else 8}
    found = decided(facts_of, creatives=[*creative("a", 4000.0, 200.0, days["a"]), *other])
    assert verdicts(found) == expected


def test_chances_of_being_the_best_add_up(facts_of: FactsOf) -> None:
    rows = [*creative("a", 900.0, 30.0), *creative("b", 900.0, 40.0), *creative("c", 900.0, 36.0)]
    found = decided(facts_of, creatives=rows).subject_tests
    assert found["chance"].sum() == pytest.approx(1.0, abs=0.01)
    assert found["creative_id"].tolist() == ["b", "c", "a"]
    assert found["needed_clicks"].tolist() == [60, 64, 70]


def test_a_single_creative_is_no_test(facts_of: FactsOf) -> None:
    assert decided(facts_of, creatives=creative("a", 4000.0, 200.0)).subject_tests.empty


def test_tests_of_products_and_creatives_can_be_switched_off(facts_of: FactsOf) -> None:
    days = [product("a", 400.0, 0.07, 0.16), product("b", 40.0, 0.05, 0.10)]
    pictures = [*creative("a", 4000.0, 200.0), *creative("b", 4000.0, 120.0)]
    for off, kind in (("product_test", "creative"), ("creative_test", "product")):
        fields: dict[str, Any] = {off: {"enabled": False}}
        draft = decided(facts_of, days=days, creatives=pictures, **fields)
        assert set(draft.subject_tests["kind"]) == {kind}
        assert any(note.startswith("product_tests") for note in draft.notes) == (kind == "product")
