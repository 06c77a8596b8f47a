"""When a dropped word is tested again, and what its new test counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from bidopt.decisions.draft import Draft, keep_everything
from bidopt.decisions.policy import Situation
from bidopt.decisions.pruning.test_and_prune import TestAndPrune
from bidopt.domain.goals import Goals
from bidopt.domain.reasons import decode, render_both
from bidopt.evidence.evidence import EvidenceSettings, gather
from bidopt.evidence.forecast import forecast
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.schemas import OFFER_CHANGES, WORD_LIVES
from bidopt.guardrails.guardrail import left_off
from bidopt.guardrails.stale_data import StaleData
from tests.conftest import AS_OF, FactsOf

WORDS = ("茶树精油", "祛痘精油", "控油精油", "单方精油")
SELLS = {
    "impressions": 1000.0,
    "clicks": 40.0,
    "cost": 40.0,
    "conversions": 3.0,
    "revenue": 360.0,
    "bid": 1.2,
}
NEVER = {**SELLS, "conversions": 0.0, "revenue": 0.0}
KEY = {"platform": "native", "campaign_id": "c1", "product_id": "p1"}
MORNING = pd.Timestamp(AS_OF)


def ago(days: float) -> pd.Timestamp:
    return MORNING - pd.Timedelta(days=days)


def facts(
    facts_of: FactsOf,
    *,
    dropped: int | None = 30,
    resumed: int | None = None,
    offer: int | None = None,
    status: str = "paused",
    reason: str = "spent_without_order doubt=0.01",
) -> FactTables:
    """Four words that sell, and 精油套装, which had 400 clicks and no order before it was dropped."""
    rows: list[Mapping[str, Any]] = [
        {**SELLS, "keyword": word, "age": age} for word in WORDS for age in range(1, 41)
    ]
    began = (dropped or 30) + 1
    rows += [{**NEVER, "keyword": "精油套装", "age": age} for age in range(began, began + 10)]
    if resumed:
        few = {**NEVER, "clicks": 4.0, "cost": 4.0, "impressions": 100.0}
        rows += [{**few, "keyword": "精油套装", "age": age} for age in range(1, resumed + 1)]
    listed = [{"keyword": "精油套装", "status": status, "bid": 1.0}]
    found = facts_of(rows, states=listed, products=[{"price": 120.0}], campaigns=[{"daily_budget": 900.0}])
    if dropped is not None:
        life = {
            **KEY,
            "keyword": "精油套装",
            "dropped_on": ago(dropped),
            "reason": reason,
            "resumed_on": ago(resumed) if resumed else pd.NaT,
        }
        found = replace(found, word_lives=WORD_LIVES.conform(pd.DataFrame([life])))
    if offer is not None:
        told = pd.DataFrame({"product_id": ["p1"], "changed_on": [ago(offer)]})
        found = replace(found, offer_changes=OFFER_CHANGES.conform(told))
    return found


def situation(known: FactTables) -> Situation:
    evidence = gather(known, AS_OF, EvidenceSettings())
    return Situation(AS_OF, Goals(), evidence, keep_everything(evidence))


def row(draft: Draft) -> dict[Any, Any]:
    bids = draft.settled().bids
    return bids[bids["keyword"] == "精油套装"].to_dict("records")[0]


def test_a_new_price_or_title_brings_a_dropped_word_back_with_a_test_budget(facts_of: FactsOf) -> None:
    found = row(TestAndPrune().decide(situation(facts(facts_of, offer=5))))
    assert (found["action"], found["policy"]) == ("resume", "test_and_prune")
    code, numbers = decode(found["reason"])
    assert code == "new_offer"
    assert (numbers["days"], numbers["offer"]) == (30, 5)
    assert numbers["needed"] > 0
    assert numbers["cost"] > 0
    assert (numbers["month"], numbers["date"]) > (11, 21)
    assert decode(found["state"])[0] == "called_back"
    assert "测词预算" in render_both(found["reason"], TestAndPrune.reasons)[0]


def test_a_new_season_brings_it_back(facts_of: FactsOf) -> None:
    found = row(TestAndPrune().decide(situation(facts(facts_of, dropped=95))))
    assert decode(found["reason"])[0] == "new_season"


@pytest.mark.parametrize(
    "told",
    [
        {},  # nothing has changed
        {"offer": 33},  # changed before it was dropped
        {"offer": 5, "dropped": None},  # paused by hand
        {"offer": 5, "reason": "duplicate_word doubt=0"},
    ],
)
def test_without_a_change_since_its_drop_a_word_stays_off(facts_of: FactsOf, told: dict[str, Any]) -> None:
    found = row(TestAndPrune().decide(situation(facts(facts_of, **told))))
    assert found["action"] == "keep"
    assert decode(found["state"])[0] == ("retired" if told.get("dropped", 30) else "")


@pytest.mark.parametrize("resumed", [1, 10])
def test_a_word_that_ran_again_and_is_off_all_the_same_stays_off(facts_of: FactsOf, resumed: int) -> None:
    """Its price changed after the drop; somebody paused it by hand since it was put back."""
    found = row(TestAndPrune().decide(situation(facts(facts_of, resumed=resumed, offer=20))))
    assert (found["action"], found["state"]) == ("keep", "")


@pytest.mark.parametrize(("asked", "action"), [(1, "keep"), (6, "keep"), (7, "resume"), (10, "resume")])
def test_a_word_that_nobody_put_back_is_proposed_again_a_week_later(
    facts_of: FactsOf, asked: int, action: str
) -> None:
    known = facts(facts_of, resumed=asked, offer=20)
    unseen = known.keyword_days["keyword"].ne("精油套装") | (known.keyword_days["date"] < ago(asked))
    known = replace(known, keyword_days=known.keyword_days[unseen].reset_index(drop=True))
    found = row(TestAndPrune().decide(situation(known)))
    assert found["action"] == action
    code, numbers = decode(found["state"])
    assert code == ("called_back" if action == "resume" else "asked_back")
    if action == "keep":
        assert (numbers["days"], numbers["asked"]) == (30, asked)


def test_a_word_listed_as_enabled_since_counts_as_put_back(facts_of: FactsOf) -> None:
    """It was switched on without a single impression, and off again."""
    known = facts(facts_of, resumed=10, offer=20)
    unseen = known.keyword_days["keyword"].ne("精油套装") | (known.keyword_days["date"] < ago(10))
    on = known.keyword_states.assign(date=ago(8), status=pd.array(["enabled"], dtype="str"))
    known = replace(
        known,
        keyword_days=known.keyword_days[unseen].reset_index(drop=True),
        keyword_states=pd.concat([on, known.keyword_states], ignore_index=True),
    )
    found = row(TestAndPrune().decide(situation(known)))
    assert (found["action"], found["state"]) == ("keep", "")


def test_a_word_that_a_limit_leaves_off_keeps_its_state(facts_of: FactsOf) -> None:
    draft = TestAndPrune().decide(situation(facts(facts_of, offer=5)))
    found = row(left_off(draft, draft.coming_back, "share_changed"))
    assert (found["action"], found["limited_by"]) == ("keep", "share_changed")
    assert decode(found["state"]) == ("retired", {"days": 30})


def test_comebacks_keep_within_their_number_and_can_be_switched_off(facts_of: FactsOf) -> None:
    known = situation(facts(facts_of, offer=5))
    for fields in ({"most_per_day": 0}, {"enabled": False}, {"least_chance": 0.999}):
        policy = TestAndPrune.model_validate({"comeback": fields})
        assert row(policy.decide(known))["action"] == "keep"
    assert row(TestAndPrune(test_share=0.0).decide(known))["action"] == "keep"


def test_money_is_kept_for_the_words_put_back(facts_of: FactsOf) -> None:
    morning = situation(facts(facts_of, offer=5))
    draft = TestAndPrune().decide(morning)
    told = forecast(draft.settled().bids, morning.evidence)
    again = told.loc[told["action"] == "resume", "expected_cost"].sum()
    assert again > 0
    assert morning.with_draft(draft).words_cost.sum() == pytest.approx(again)


def test_old_data_brings_nobody_back(facts_of: FactsOf) -> None:
    known = situation(facts(facts_of, offer=5))
    old = replace(known, evidence=replace(known.evidence, report_days={"native": (9, 10)}))
    draft = TestAndPrune().decide(old)
    assert row(draft)["action"] == "resume"
    assert row(StaleData().apply(draft, old))["action"] == "keep"


def test_the_new_test_counts_no_click_from_before(facts_of: FactsOf) -> None:
    """Its 400 old clicks without an order would condemn it on the morning after it came back."""
    known = facts(facts_of, resumed=4, status="enabled")
    found = row(TestAndPrune().decide(situation(known)))
    assert found["action"] == "keep"
    code, numbers = decode(found["state"])
    assert code == "retesting"
    assert (numbers["day"], numbers["clicks"]) == (4, 16)
    forgotten = replace(known, word_lives=WORD_LIVES.empty())
    assert row(TestAndPrune().decide(situation(forgotten)))["action"] == "pause"


def test_a_word_that_was_kept_in_spite_of_its_verdict_is_judged_by_all_it_has_shown(
    facts_of: FactsOf,
) -> None:
    """Its price changed 9 days ago: of a word that is off, only later days would count."""
    known = facts(facts_of, offer=9, status="enabled")
    found = row(TestAndPrune().decide(situation(known)))
    assert found["action"] == "pause"
    assert decode(found["reason"])[1]["clicks"] == 400
