"""Every limit holds on random plans, none undoes another, and applying the chain twice changes nothing more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bidopt.guardrails
from bidopt.decisions.policy import Situation, keep_everything
from bidopt.domain.changes import Changes
from bidopt.domain.errors import StoppedError
from bidopt.domain.goals import Goals
from bidopt.evidence.evidence import EvidenceSettings, gather
from bidopt.guardrails.guardrail import ORDER, Guardrail
from bidopt.registry import plugins
from tests.conftest import AS_OF, _facts_of

CLASSES = plugins(bidopt.guardrails, Guardrail)
N = 12


def test_every_file_has_its_place_in_the_order() -> None:
    assert sorted(CLASSES) == sorted(ORDER)


def chain(**own: dict[str, Any]) -> tuple[Guardrail, ...]:
    made = [CLASSES[name].model_validate(own.get(name, {})) for name in ORDER]
    return tuple(g for g in made if isinstance(g, Guardrail))


def run(changes: Changes, situation: Situation, guardrails: tuple[Guardrail, ...]) -> Changes:
    for guardrail in guardrails:
        changes = guardrail.apply(changes, situation)
    return changes


def random_plan(seed: int) -> tuple[Changes, Situation]:
    """A random shop of N words in three campaigns, and a policy that asked for anything."""
    rng = np.random.default_rng(seed)

    def amount() -> float:
        return float(np.round(rng.uniform(0.01, 50), 2))

    rows: list[dict[str, Any]] = []
    for k in range(N):
        clicks = float(rng.choice([0, 1, 4, 30, 400]))
        row = {
            "keyword": f"k{k}",
            "campaign_id": f"c{k % 3}",
            "impressions": clicks * float(rng.choice([2, 100])),
            "clicks": clicks,
            "cost": clicks * amount(),
            "conversions": float(rng.choice([0, 1, 20])),
            "revenue": float(rng.choice([0, 100, 9000])),
        }
        bid = amount() if rng.random() < 0.8 else np.nan
        before = bid if rng.random() < 0.5 else 0.33
        rows += [{**row, "age": int(rng.choice([1, 5])), "bid": bid}, {**row, "age": 9, "bid": before}]
    known = rng.random() < 0.7
    campaigns = [
        {"campaign_id": f"c{c}", "daily_budget": amount() if known else np.nan, "min_budget": 0.5}
        for c in range(3)
    ]
    evidence = gather(_facts_of(rows, campaigns=campaigns), AS_OF, EvidenceSettings())
    goals = Goals(daily_budget=float(rng.uniform(2, 80)) if rng.random() < 0.5 else None)
    situation = Situation(AS_OF, goals, evidence, keep_everything(evidence))
    asked = np.where(rng.random(N) < 0.2, np.nan, 10 ** rng.uniform(-6, 7, N))
    action = rng.choice(["keep", "set_bid", "pause"], N)
    action[np.isnan(asked) & (action == "set_bid")] = "keep"
    bids = situation.draft.bids.assign(
        action=pd.Series(action, dtype="str"),
        reason=pd.Series(rng.choice(["poor_value x=1", "poor_click_rate x=1", "other"], N), dtype="str"),
    )
    moving = (action != "keep") & ~np.isnan(asked)
    bids = bids.assign(bid=np.where(moving, asked, bids["current_bid"]))
    budgets = situation.draft.budgets.assign(budget=rng.uniform(0.5, 1e4, 3))
    return situation.draft.with_bids(bids).with_budgets(budgets), situation


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_all_limits_hold_together_and_the_chain_is_idempotent(seed: int) -> None:
    changes, situation = random_plan(seed)
    guardrails = chain(
        share_changed={"share": 0.25, "at_least": 2}, share_dropped={"share": 0.1, "at_least": 1}
    )
    once = run(changes, situation, guardrails)
    twice = run(once, situation, guardrails)
    pd.testing.assert_frame_equal(once.bids, twice.bids)
    pd.testing.assert_frame_equal(once.budgets, twice.budgets)

    bids, keywords = once.bids, situation.evidence.keywords
    base = keywords["base_bid"].to_numpy()
    set_bid = (bids["action"] == "set_bid").to_numpy()
    bid = bids["bid"].to_numpy()[set_bid]
    assert not np.isnan(bid).any()
    assert (bid >= 0.05).all()
    assert (bid <= 99.99).all()
    inside = (base[set_bid] >= 0.1) & (
        base[set_bid] <= 70
    )  # elsewhere the platform's range has the last word
    assert (bid[inside] <= base[set_bid][inside] * 1.3 + 1e-9).all()
    assert (bid[inside] >= base[set_bid][inside] * 0.7 - 1e-9).all()
    np.testing.assert_allclose(bid, np.round(bid, 2))
    assert set_bid.sum() <= max(int(0.25 * N), 2)
    assert (bids["action"] == "pause").sum() <= max(int(0.1 * N), 1)
    assert (keywords["clicks"].to_numpy()[set_bid] >= 5).all()
    hot = (pd.Timestamp(AS_OF) - keywords["changed_on"] < pd.Timedelta(days=2)).to_numpy()
    assert not (set_bid & hot).any()
    account = situation.account_budget
    if account is not None:
        assert once.budgets["budget"].sum() <= account + 1e-6
    known = once.budgets["current_budget"].notna()
    assert (once.budgets["budget"][known] <= once.budgets["current_budget"][known] * 1.3 + 1e-9).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32))
def test_rows_that_a_limit_moved_say_so(seed: int) -> None:
    changes, situation = random_plan(seed)
    limited = run(changes, situation, chain()).bids
    reverted = (changes.bids["action"] != "keep") & (limited["action"] == "keep")
    same = (changes.bids["bid"] - situation.evidence.keywords["base_bid"]).abs() < 0.011
    unknown = changes.bids["bid"].isna()
    assert (limited["limited_by"][reverted & ~same & ~unknown] != "").all()


def situation_of(rows: list[dict[str, Any]], as_of: date = AS_OF, **goals: Any) -> Situation:  # noqa: ANN401
    evidence = gather(_facts_of(rows), AS_OF, EvidenceSettings())
    return Situation(as_of, Goals(**goals), evidence, keep_everything(evidence))


WORD = {"age": 1, "impressions": 9000.0, "clicks": 100.0, "cost": 100.0, "bid": 1.0}


def one(
    situation: Situation, name: str, *, fields: dict[str, Any] | None = None, **row: str | float
) -> pd.Series[Any]:
    guardrail = CLASSES[name].model_validate(fields or {})
    assert isinstance(guardrail, Guardrail)
    changes = situation.draft.with_bids(situation.draft.bids.assign(**row))
    bids: pd.Series[Any] = guardrail.apply(changes, situation).bids.iloc[0]
    return bids


def test_a_good_record_protects_from_three_bad_days() -> None:
    rows = [
        WORD | {"revenue": 0.0},
        *(WORD | {"age": a, "conversions": 10.0, "revenue": 1000.0} for a in range(4, 30)),
    ]
    row = one(situation_of(rows), "drop_evidence", action="pause", reason="poor_value roas=0", bid=0.8)
    assert (row["action"], row["limited_by"]) == ("set_bid", "drop_evidence")


def test_late_data_allow_cuts_but_no_raises() -> None:
    situation = situation_of([WORD | {"age": 6}])
    assert one(situation, "stale_data", action="set_bid", bid=1.2)["action"] == "keep"
    assert one(situation, "stale_data", action="set_bid", bid=0.8)["action"] == "set_bid"
    assert one(situation, "stale_data", action="pause")["action"] == "keep"


def test_a_bid_changed_yesterday_rests() -> None:
    situation = situation_of([WORD | {"age": 2, "bid": 0.9}, WORD])
    assert situation.evidence.keywords["changed_on"][0] == pd.Timestamp(AS_OF)
    assert one(situation, "cooldown", action="set_bid", bid=1.2)["limited_by"] == "cooldown"
    assert one(situation, "cooldown", fields={"days": 0}, action="set_bid", bid=1.2)["action"] == "set_bid"


def test_the_shop_narrows_the_range_and_rounding_goes_towards_the_base() -> None:
    situation = situation_of([WORD])
    assert one(situation, "bid_range", fields={"ceiling": 1.1}, action="set_bid", bid=1.25)["bid"] == 1.1
    assert one(situation, "bid_range", action="set_bid", bid=1.2599)["bid"] == 1.25
    assert one(situation, "bid_range", action="set_bid", bid=0.7001)["bid"] == 0.71
    limits = {"platforms": {"native": {"floor": 0.1, "ceiling": 9.0, "step": 0.1}}}
    assert one(situation, "bid_range", fields=limits, action="set_bid", bid=1.29)["bid"] == 1.2


def test_minimum_budgets_beyond_the_account_are_named() -> None:
    evidence = gather(
        _facts_of([WORD], campaigns=[{"daily_budget": 90.0, "min_budget": 80.0}]), AS_OF, EvidenceSettings()
    )
    situation = Situation(AS_OF, Goals(daily_budget=50.0), evidence, keep_everything(evidence))
    with pytest.raises(StoppedError, match=r"80\.00 超过账户日预算 50\.00"):
        CLASSES["account_budget"]().apply(situation.draft, situation)  # type: ignore[attr-defined]


def test_deleting_any_limit_is_noticed() -> None:
    """Each limit alone changes at least one of these plans: none is without effect."""
    rows: list[dict[str, Any]] = [
        WORD | {"keyword": f"k{i}", "clicks": 2.0 if i == 0 else 100.0, "age": 1 if i else 2, "bid": 1.0 + i}
        for i in range(N)
    ]
    evidence = gather(
        _facts_of([*rows, WORD | {"keyword": "k1", "age": 2}], campaigns=[{"daily_budget": 90.0}]),
        AS_OF,
        EvidenceSettings(),
    )
    situation = Situation(AS_OF, Goals(daily_budget=50.0), evidence, keep_everything(evidence))
    bids, budgets = situation.draft.bids, situation.draft.budgets
    asked = situation.draft.with_bids(
        bids.assign(action="set_bid", bid=bids["current_bid"] * 500, reason="poor_value x=1")
    ).with_budgets(budgets.assign(budget=900.0))
    dropped = asked.with_bids(asked.bids.assign(action="pause"))
    late = replace(situation, evidence=replace(evidence, report_days={"native": (9, 10)}))
    for name in ORDER:
        guardrail = CLASSES[name].model_validate(
            {"share": 0.1, "at_least": 0} if name.startswith("share") else {}
        )
        assert isinstance(guardrail, Guardrail)
        effects = [
            not run(plan, where, (guardrail,)).bids["limited_by"].eq("").all()
            or not run(plan, where, (guardrail,)).budgets["limited_by"].eq("").all()
            for plan in (asked, dropped)
            for where in (situation, late)
        ]
        assert any(effects), name
