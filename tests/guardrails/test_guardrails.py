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
from bidopt.decisions.draft import Draft, keep_everything
from bidopt.decisions.policy import Situation
from bidopt.domain.changes import KEYWORDS
from bidopt.domain.errors import StoppedError
from bidopt.domain.goals import Goals
from bidopt.domain.reasons import decode, render_both
from bidopt.evidence.belief import Belief
from bidopt.evidence.evidence import EvidenceSettings, gather
from bidopt.evidence.forecast import forecast
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


def run(draft: Draft, situation: Situation, guardrails: tuple[Guardrail, ...]) -> Draft:
    for guardrail in guardrails:
        draft = guardrail.apply(draft, situation)
    return draft


def random_plan(seed: int) -> tuple[Draft, Situation]:
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
        rows.append({**row, "age": int(rng.choice([1, 5])), "bid": bid})
        if rng.random() < 0.7:
            rows.append({**row, "age": 9, "bid": before})
    known = rng.random() < 0.7
    campaigns = [
        {"campaign_id": f"c{c}", "daily_budget": amount() if known else np.nan, "min_budget": 0.5}
        for c in range(3)
    ]
    evidence = gather(_facts_of(rows, campaigns=campaigns), AS_OF, EvidenceSettings())
    goals = Goals(daily_budget=float(rng.uniform(2, 80)) if rng.random() < 0.5 else None)
    situation = Situation(AS_OF, goals, evidence, keep_everything(evidence))
    asked = np.where(rng.random(N) < 0.2, np.nan, 10 ** rng.uniform(-6, 7, N))
    moving = ~np.isnan(asked) & (rng.random(N) < 0.6)
    bids, drops = situation.draft.bids, situation.draft.drops
    bids = bids.assign(
        action=pd.Series(np.where(moving, "set_bid", "keep"), dtype="str"),
        bid=np.where(moving, asked, bids["current_bid"]),
    )
    verdicts = rng.choice(["", "", "poor_value x=1", "poor_click_rate x=1", "no_impressions x=1"], N)
    drops = drops.assign(reason=pd.Series(verdicts, dtype="str"))
    budgets = situation.draft.budgets.assign(budget=rng.uniform(0.5, 1e4, 3))
    return situation.draft.with_bids(bids).with_drops(drops).with_budgets(budgets), situation


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_all_limits_hold_together_and_the_chain_is_idempotent(seed: int) -> None:
    draft, situation = random_plan(seed)
    guardrails = chain(
        share_changed={"share": 0.25, "at_least": 2},
        share_dropped={"share": 0.1, "at_least": 1},
        cooldown={"days": 2},
    )
    once = run(draft, situation, guardrails)
    twice = run(once, situation, guardrails)
    pd.testing.assert_frame_equal(once.bids, twice.bids)
    pd.testing.assert_frame_equal(once.drops, twice.drops)
    pd.testing.assert_frame_equal(once.budgets, twice.budgets)

    bids, keywords = once.settled().bids, situation.evidence.keywords
    base = keywords["base_bid"].to_numpy()
    set_bid = (bids["action"] == "set_bid").to_numpy()
    bid = bids["bid"].to_numpy()[set_bid]
    assert not np.isnan(bid).any()
    assert (bid >= 0.05).all()
    assert (bid <= 99.99).all()
    inside = (base[set_bid] >= 0.1) & (
        base[set_bid] <= 70
    )  # elsewhere the platform's range has the last word
    reach = np.where(keywords["clicks"] > 0, 1.5, 2.0)[set_bid][inside]
    assert (bid[inside] <= base[set_bid][inside] * reach + 1e-9).all()
    assert (bid[inside] >= base[set_bid][inside] * 0.5 - 1e-9).all()
    np.testing.assert_allclose(bid, np.round(bid, 2))
    assert set_bid.sum() <= max(int(0.25 * N), 2)
    assert (bids["action"] == "pause").sum() == once.dropped.sum() <= max(int(0.1 * N), 1)
    looked_at = (keywords["clicks"] >= 5) | (keywords["first_age"] >= 2)
    assert looked_at.to_numpy()[set_bid].all()
    newest = pd.Timestamp(AS_OF) - pd.Timedelta(days=situation.evidence.report_days["native"][0])
    hot = (keywords["changed_on"] >= newest).to_numpy()  # one whole day at most was seen of the new bid
    assert not (set_bid & hot).any()
    account = situation.account_budget
    if account is not None:
        assert once.budgets["budget"].sum() <= account + 1e-6
    known = once.budgets["current_budget"].notna()
    lately = situation.evidence.campaigns["recent_budget"].fillna(0.0)
    most = np.maximum(once.budgets["current_budget"] * 2.0, lately)
    assert (once.budgets["budget"][known] <= most[known] + 1e-9).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32))
def test_rows_that_a_limit_moved_say_so(seed: int) -> None:
    draft, situation = random_plan(seed)
    limited = run(draft, situation, chain())
    near = (draft.bids["bid"] - situation.evidence.keywords["base_bid"]).abs() < 0.011
    held = draft.moving & ~limited.moving & ~near.to_numpy()
    spared = draft.dropped & ~limited.dropped
    assert (limited.bids["limited_by"][held | spared] != "").all()


def situation_of(rows: list[dict[str, Any]], as_of: date = AS_OF, **goals: Any) -> Situation:  # noqa: ANN401
    evidence = gather(_facts_of(rows), AS_OF, EvidenceSettings())
    return Situation(as_of, Goals(**goals), evidence, keep_everything(evidence))


WORD_TEXT = "茶树精油"
WORD = {"age": 1, "impressions": 9000.0, "clicks": 100.0, "cost": 100.0, "bid": 1.0}


def limit(name: str, **fields: Any) -> Guardrail:  # noqa: ANN401
    guardrail = CLASSES[name].model_validate(fields)
    assert isinstance(guardrail, Guardrail)
    return guardrail


def one(situation: Situation, guardrail: Guardrail, bid: float) -> pd.Series[Any]:
    """The first word after one limit, had a policy set it to `bid`."""
    bids = situation.draft.bids.assign(action="set_bid", bid=bid)
    row: pd.Series[Any] = guardrail.apply(situation.draft.with_bids(bids), situation).bids.iloc[0]
    return row


def condemned(situation: Situation, reason: str) -> Draft:
    """All words condemned for one reason."""
    return situation.draft.with_drops(situation.draft.drops.assign(reason=reason, policy="three_day_rule"))


@pytest.mark.parametrize(
    "reason", ["poor_value roas=0", "poor_click_rate ctr=0", "low_quality_score score=3"]
)
def test_a_good_record_protects_from_three_bad_days(reason: str) -> None:
    rows = [
        WORD | {"revenue": 0.0},
        *(WORD | {"age": a, "conversions": 10.0, "revenue": 1000.0} for a in range(4, 30)),
    ]
    situation = situation_of(rows)
    after = limit("drop_evidence").apply(condemned(situation, reason), situation)
    assert not after.dropped.any()
    assert after.bids["limited_by"].tolist() == ["drop_evidence"]


@pytest.mark.parametrize(
    ("first_seen", "shown", "dropped"), [(30, 0.0, [True]), (5, 0.0, [False]), (30, 3.0, [False])]
)
def test_a_word_is_dropped_as_unseen_when_nobody_saw_it_for_weeks(
    first_seen: int, shown: float, dropped: list[bool]
) -> None:
    silent = WORD | {"impressions": 0.0, "clicks": 0.0, "cost": 0.0}
    situation = situation_of([silent | {"age": first_seen, "impressions": shown}, silent])
    after = limit("drop_evidence").apply(condemned(situation, "no_impressions days=3"), situation)
    assert after.dropped.tolist() == dropped


@pytest.mark.parametrize(("doubt", "dropped"), [(0.1, [True]), (0.4, [False])])
def test_a_verdict_is_held_to_the_doubt_it_states(doubt: float, dropped: list[bool]) -> None:
    """Whatever the counts: the word sells well, yet its rule is sure of what it says."""
    situation = situation_of([WORD | {"conversions": 10.0, "revenue": 1000.0}])
    after = limit("drop_evidence").apply(condemned(situation, f"duplicate_word doubt={doubt}"), situation)
    assert after.dropped.tolist() == dropped


def test_late_data_allow_cuts_but_no_raises_and_no_drops() -> None:
    situation = situation_of([WORD | {"age": 6}])
    assert one(situation, limit("stale_data"), 1.2)["action"] == "keep"
    assert one(situation, limit("stale_data"), 0.8)["action"] == "set_bid"
    assert not limit("stale_data").apply(condemned(situation, "poor_value x=1"), situation).dropped.any()


@pytest.mark.parametrize(("age", "words"), [(1, 1), (6, 0)])
def test_late_data_add_and_block_no_words(age: int, words: int) -> None:
    situation = situation_of([WORD | {"age": age}])
    more = KEYWORDS.conform({"platform": ["native"], "keyword": ["新词"], "kind": ["add"]})
    draft = situation.draft.with_keywords(more)
    assert len(limit("stale_data").apply(draft, situation).keywords) == words


def test_new_words_get_what_the_words_in_play_leave_of_the_accounts_budget() -> None:
    """The word in play spends about 100 a day; words are added in their order, and blocked ones cost nothing."""
    situation = situation_of([WORD | {"age": age} for age in range(1, 11)], daily_budget=120.0)
    spent = forecast(situation.draft.settled().bids, situation.evidence)["expected_cost"].sum()
    room = 120.0 - spent
    assert room > 5
    words = KEYWORDS.conform(
        {
            "keyword": ["甲", "免费", "乙"],
            "kind": ["add", "negative", "add"],
            "expected_cost": [0.6 * room, 50.0, 0.6 * room],
        }
    )
    held = limit("account_budget").apply(situation.draft.with_keywords(words), situation)
    assert held.keywords["keyword"].tolist() == ["甲", "免费"]
    (note,) = held.notes
    code, numbers = decode(note)
    assert (code, numbers["words"]) == ("words_beyond_budget", 1)
    assert all(render_both(note, limit("account_budget").reasons))
    assert limit("account_budget").apply(held, situation).notes == held.notes
    enough = words.assign(expected_cost=[0.4 * room, 50.0, 0.6 * room])
    kept = limit("account_budget").apply(situation.draft.with_keywords(enough), situation)
    assert kept.keywords["keyword"].tolist() == ["甲", "免费", "乙"]


def test_a_bid_rests_until_enough_whole_days_at_it_are_reported() -> None:
    """Changed to 1.0 on the day before the morning, which is reported: one whole day was seen."""
    situation = situation_of([WORD | {"age": 2, "bid": 0.9}, WORD])
    assert situation.evidence.keywords["changed_on"][0] == pd.Timestamp(AS_OF) - pd.Timedelta(days=1)
    for days, action in ((0, "set_bid"), (1, "set_bid"), (2, "keep")):
        assert one(situation, limit("cooldown", days=days), 1.2)["action"] == action, days
    assert one(situation, limit("cooldown", days=2), 1.2)["limited_by"] == "cooldown"


def test_a_bid_that_no_report_has_shown_yet_rests() -> None:
    """The list of the morning holds a bid that stood on no reported day; two days later reports are still to come."""
    listed = [{"keyword": WORD_TEXT, "bid": 1.3, "seen": 0}]
    evidence = gather(_facts_of([WORD], states=listed), AS_OF, EvidenceSettings())
    situation = Situation(AS_OF, Goals(), evidence, keep_everything(evidence))
    assert one(situation, limit("cooldown"), 1.2)["limited_by"] == "cooldown"
    late = _facts_of(
        [WORD | {"age": 3}], states=[{**listed[0], "seen": 2}, {**listed[0], "bid": 1.0, "seen": 3}]
    )
    evidence = gather(late, AS_OF, EvidenceSettings())
    situation = Situation(AS_OF, Goals(), evidence, keep_everything(evidence))
    assert one(situation, limit("cooldown"), 1.2)["limited_by"] == "cooldown"


@pytest.mark.parametrize(
    ("clicks", "age", "action"), [(4.0, 1, "keep"), (5.0, 1, "set_bid"), (0.0, 2, "set_bid")]
)
def test_a_bid_moves_after_five_clicks_or_two_days(clicks: float, age: int, action: str) -> None:
    situation = situation_of([WORD | {"clicks": clicks, "cost": clicks, "age": age}])
    row = one(situation, limit("bid_evidence"), 1.2)
    assert (row["action"], row["limited_by"]) == (action, "bid_evidence" if action == "keep" else "")


def test_a_bid_halves_at_most_and_rises_by_half_at_most() -> None:
    situation = situation_of([WORD])
    assert one(situation, limit("bid_step"), 0.1)["bid"] == pytest.approx(0.5)
    assert one(situation, limit("bid_step"), 9.0)["bid"] == pytest.approx(1.5)
    assert one(situation, limit("bid_step"), 0.6)["limited_by"] == ""


@pytest.mark.parametrize(("worth", "most"), [(30.0, 2.0), (5.1, 1.7), (0.3, 1.5)])
def test_a_word_without_clicks_may_rise_faster_up_to_what_its_clicks_are_worth(
    worth: float, most: float
) -> None:
    situation = situation_of([WORD | {"clicks": 0.0, "cost": 0.0}])
    value = Belief(np.array([worth]), np.array([5.0]))
    situation = replace(situation, evidence=replace(situation.evidence, value_per_click=value))
    assert one(situation, limit("bid_step"), 9.0)["bid"] == pytest.approx(most)
    assert one(situation, limit("bid_step", raise_by=1.5), 9.0)["bid"] == pytest.approx(2.5)
    assert one(situation, limit("bid_step"), 0.1)["bid"] == pytest.approx(0.5)


@pytest.mark.parametrize(("rivals", "most"), [(0.5, 0.5 + np.exp(0.5)), (-0.5, 1.5)])
def test_on_event_days_bids_may_follow_the_rivals_up(rivals: float, most: float) -> None:
    situation = situation_of([WORD])
    event = replace(situation, evidence=replace(situation.evidence, rivals_today=rivals))
    assert one(event, limit("bid_step"), 9.0)["bid"] == pytest.approx(most)
    assert one(event, limit("bid_step"), 0.1)["bid"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("current", "lately", "granted"),
    [(100.0, np.nan, 200.0), (100.0, 400.0, 200.0), (1.0, 400.0, 400.0), (1.0, np.nan, 2.0)],
)
def test_a_closed_campaign_may_go_back_to_what_it_had_lately(
    current: float, lately: float, granted: float
) -> None:
    """One that was closed while it was sold out need not climb back step by step; a cut made by hand stands."""
    evidence = gather(_facts_of([WORD], campaigns=[{"daily_budget": current}]), AS_OF, EvidenceSettings())
    evidence = replace(evidence, campaigns=evidence.campaigns.assign(recent_budget=lately))
    situation = Situation(AS_OF, Goals(), evidence, keep_everything(evidence))
    asked = situation.draft.with_budgets(situation.draft.budgets.assign(budget=900.0))
    after = limit("budget_step").apply(asked, situation).budgets
    assert after["budget"].tolist() == pytest.approx([granted])
    assert after["limited_by"].tolist() == ["budget_step"]


def test_at_most_half_of_the_words_change_a_day() -> None:
    situation = situation_of([WORD | {"keyword": f"k{i:02d}"} for i in range(40)])
    bids = situation.draft.bids.assign(action="set_bid", bid=1.2)
    assert limit("share_changed").apply(situation.draft.with_bids(bids), situation).moving.sum() == 20


@pytest.mark.parametrize(
    ("most", "bid", "action", "left"),
    [
        (1.0, 1.2, "keep", 1.0),
        (0.5, 1.2, "keep", 1.0),  # no limit of raises cuts a bid
        (1.1, 1.2, "set_bid", 1.1),
        (1.3, 1.2, "set_bid", 1.2),
        (np.inf, 1.2, "set_bid", 1.2),
        (1.0, 0.8, "set_bid", 0.8),
    ],
)
def test_no_bid_is_raised_beyond_what_is_trusted(most: float, bid: float, action: str, left: float) -> None:
    situation = situation_of([WORD])
    trusting = replace(situation, draft=situation.draft.with_trusted_bids(np.array([most])))
    row = one(trusting, limit("on_trust"), bid)
    assert (row["action"], row["bid"]) == (action, left)
    assert row["limited_by"] == ("on_trust" if left != bid else "")
    assert one(situation, limit("on_trust"), bid)["action"] == "set_bid"


def test_the_shop_narrows_the_range_and_rounding_goes_towards_the_base() -> None:
    situation = situation_of([WORD])
    assert one(situation, limit("bid_range", ceiling=1.1), 1.25)["bid"] == 1.1
    assert one(situation, limit("bid_range"), 1.2599)["bid"] == 1.25
    assert one(situation, limit("bid_range"), 0.7001)["bid"] == 0.71
    tenths = limit("bid_range", platforms={"native": {"floor": 0.1, "ceiling": 9.0, "step": 0.1}})
    assert one(situation, tenths, 1.29)["bid"] == 1.2


def put_back(situation: Situation) -> Draft:
    """The first word is to be put back."""
    reason = np.where(np.arange(len(situation.draft.comebacks)) == 0, "new_season days=99", "")
    return situation.draft.with_comebacks(
        situation.draft.comebacks.assign(reason=pd.array(reason, dtype="str"))
    )


@pytest.mark.parametrize(("ceiling", "bid"), [(0.8, 0.8), (5.0, 1.0)])
def test_a_word_is_put_back_within_the_range(ceiling: float, bid: float) -> None:
    situation = situation_of([WORD])
    limited = limit("bid_range", ceiling=ceiling).apply(put_back(situation), situation)
    row = limited.settled().bids.iloc[0]
    assert (row["action"], row["bid"]) == ("resume", bid)
    assert row["limited_by"] == ("bid_range" if bid < 1 else "")


def test_words_put_back_count_among_the_changes_of_a_day() -> None:
    situation = situation_of([WORD | {"keyword": f"k{i}"} for i in range(5)])
    draft = put_back(situation)
    moves = draft.bids.assign(action=["keep"] + ["set_bid"] * 4, bid=1.2)
    for at_most, actions in ((3, {"resume": 1, "set_bid": 2, "keep": 2}), (0, {"keep": 5})):
        limits = limit("share_changed", share=0.1 if at_most else 0.0, at_least=at_most)
        settled = limits.apply(draft.with_bids(moves), situation).settled().bids
        assert settled["action"].value_counts().to_dict() == actions


def test_the_shops_floor_stops_cuts_and_never_forces_a_raise() -> None:
    situation = situation_of([WORD])
    assert one(situation, limit("bid_range", floor=0.9), 0.7)["bid"] == 0.9
    row = one(situation, limit("bid_range", floor=200.0), 0.7)
    assert (row["action"], row["bid"]) == ("keep", 1.0)


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
        WORD | {"keyword": f"k{i}", "clicks": 100.0 if i else 2.0, "age": 1, "bid": 1.0 + i} for i in range(N)
    ]
    evidence = gather(
        _facts_of(
            rows,
            states=[
                {"keyword": "k1", "bid": 3.0, "seen": 0},
                *({"keyword": f"k{i}", "bid": 1.0 + i, "seen": 0} for i in range(N) if i != 1),
            ],
            campaigns=[{"daily_budget": 90.0}],
        ),
        AS_OF,
        EvidenceSettings(),
    )
    situation = Situation(AS_OF, Goals(daily_budget=50.0), evidence, keep_everything(evidence))
    bids, budgets = situation.draft.bids, situation.draft.budgets
    asked = situation.draft.with_bids(bids.assign(action="set_bid", bid=bids["current_bid"] * 500))
    asked = asked.with_budgets(budgets.assign(budget=900.0)).with_trusted_bids(np.ones(N))
    dropped = condemned(situation, "poor_value x=1")
    late = replace(situation, evidence=replace(evidence, report_days={"native": (9, 10)}))
    for name in ORDER:
        guardrail = limit(name, **({"share": 0.1, "at_least": 0} if name.startswith("share") else {}))
        after = [guardrail.apply(plan, where) for plan in (asked, dropped) for where in (situation, late)]
        marks = [
            (plan.bids["limited_by"] != "").any() or (plan.budgets["limited_by"] != "").any()
            for plan in after
        ]
        assert any(marks), name


def dropped_of(words: int, **fields: Any) -> list[str]:  # noqa: ANN401
    """Words dropped of a shop in which all are condemned and word 0 takes half of the spend."""
    rows = [WORD | {"keyword": f"k{i:02d}", "cost": float(words if i == 0 else 1)} for i in range(words)]
    situation = situation_of(rows)
    after = limit("share_dropped", **fields).apply(condemned(situation, "poor_value x=1"), situation)
    return after.drops.loc[after.dropped, "keyword"].tolist()


def test_a_large_shop_never_drops_more_than_its_shares() -> None:
    assert dropped_of(40) == [
        "k01",
        "k02",
        "k03",
    ]  # a tenth of the words; half of the spend is too much at once
    assert len(dropped_of(40, cost_share=1.0)) == 4
    assert dropped_of(40, share=0.0) == []


def test_a_small_shop_may_drop_a_few_whatever_they_cost() -> None:
    assert dropped_of(8) == ["k00", "k01", "k02"]
    assert dropped_of(8, share=0.0) == []
