"""No look-ahead: whatever is told after the decision morning, in any table, changes no belief and no recommendation.

Each property is shown to be able to fail: leaks are planted in the facts, in each table, in the beliefs and in a
policy, and the same comparison must see every one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, timedelta
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bidopt.backtest.baselines
import bidopt.decisions.allocation
import bidopt.decisions.expansion
import bidopt.decisions.pruning
import bidopt.decisions.titles
import bidopt.guardrails
from bidopt.decisions.draft import Draft
from bidopt.decisions.policy import Policy, Situation
from bidopt.domain.errors import SchemaError
from bidopt.domain.goals import Goals
from bidopt.evidence.evidence import Evidence, EvidenceSettings, gather
from bidopt.facts import versions
from bidopt.facts import warehouse as warehouse_module
from bidopt.facts.fact_history import FactHistory
from bidopt.facts.fact_tables import FactTables, refuse_future
from bidopt.facts.schemas import STORED
from bidopt.facts.table_history import TableHistory
from bidopt.facts.warehouse import Warehouse
from bidopt.guardrails.guardrail import Guardrail
from bidopt.recommender import Recommendation, Recommender
from bidopt.registry import plugins
from tests.properties.future_facts import LATER, MORNING, commit, past, with_future

POLICIES = {
    name: policy
    for family in (
        bidopt.decisions.pruning,
        bidopt.decisions.allocation,
        bidopt.decisions.expansion,
        bidopt.decisions.titles,
        bidopt.backtest.baselines,
    )
    for name, policy in plugins(family, Policy).items()
    if issubclass(policy, Policy)
}
GUARDRAILS = tuple(
    guardrail()
    for guardrail in plugins(bidopt.guardrails, Guardrail).values()
    if issubclass(guardrail, Guardrail)
)
LOOKS = {
    "as it comes": EvidenceSettings(),
    "a week": EvidenceSettings(window_days=7, half_life_days=3.0, traffic_days=3),
    "a year": EvidenceSettings(window_days=365, half_life_days=400.0, traffic_days=60, conversion_window=60),
}
WINDOW_DAYS = 366
TABLES = [schema.name for schema in STORED]
TOLD = [field.name for field in fields(FactTables) if field.name not in {"word_lives", "proposed_words"}]
"""Facts that exports tell; the other two are the ledger's, which `tests/ledger` holds to the days before."""


def assert_same(found: Any, expected: Any, where: str = "") -> None:  # noqa: ANN401  whatever evidence holds
    """Equal to the last bit, all the way down; says where not."""
    assert type(found) is type(expected), where
    if isinstance(expected, pd.DataFrame):
        pd.testing.assert_frame_equal(found, expected, check_exact=True, obj=where)
    elif isinstance(expected, np.ndarray):
        np.testing.assert_array_equal(found, expected, err_msg=where)
    elif is_dataclass(expected):
        for field in fields(expected):
            name = field.name
            assert_same(getattr(found, name), getattr(expected, name), f"{where}.{name}")
    elif isinstance(expected, dict):
        assert found.keys() == expected.keys(), where
        for name in expected:
            assert_same(found[name], expected[name], f"{where}[{name!r}]")
    elif isinstance(expected, (list, tuple)):
        assert len(found) == len(expected), where
        for i, (one, other) in enumerate(zip(found, expected, strict=True)):
            assert_same(one, other, f"{where}[{i}]")
    else:
        assert found == expected or found != found, f"{where}: {found} is not {expected}"  # noqa: PLR0124  NaN


@dataclass(frozen=True)
class Worlds:
    """Two shops that are the same up to the morning, and what is known of the second one later."""

    past: Warehouse
    told: Warehouse
    known: FactTables
    later: FactTables


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Worlds:
    folder = tmp_path_factory.mktemp("worlds")
    before, told = commit(folder / "past", past()), commit(folder / "told", with_future(10))
    return Worlds(before, told, before.known_on(MORNING, WINDOW_DAYS), told.known_on(LATER, WINDOW_DAYS))


@dataclass(frozen=True)
class Mornings:
    """Beliefs of the morning in a shop without a future, in the same shop with one, and those of a later day."""

    past: Evidence
    told: Evidence
    later: Evidence


@pytest.fixture(scope="module")
def mornings(worlds: Worlds) -> Mornings:
    look = EvidenceSettings()
    known = worlds.told.known_on(MORNING, WINDOW_DAYS)
    return Mornings(
        *(
            gather(facts, day, look)
            for facts, day in ((worlds.known, MORNING), (known, MORNING), (worlds.later, LATER))
        )
    )


def test_the_shop_tells_every_table(worlds: Worlds) -> None:
    for name in TOLD:
        assert len(getattr(worlds.known, name)), name


# Facts.


@pytest.mark.parametrize("keeper", [Warehouse, FactHistory])
def test_facts_of_the_morning_stay_as_they_were(keeper: type[Warehouse], worlds: Worlds) -> None:
    assert_same(keeper(worlds.told.folder).known_on(MORNING, WINDOW_DAYS), worlds.known)


@settings(max_examples=5, deadline=None)
@given(only=st.sampled_from(TABLES), seed=st.integers(100, 999), back=st.integers(0, 7))
def test_no_table_tells_of_the_future(
    tmp_path_factory: pytest.TempPathFactory, only: str, seed: int, back: int
) -> None:
    folder, morning = tmp_path_factory.mktemp("told"), MORNING - timedelta(days=back)
    expected = commit(folder / "past", past(morning, only)).known_on(morning)
    told = commit(folder / "told", with_future(seed, only))
    assert_same(told.known_on(morning), expected)
    assert_same(FactHistory(told.folder).known_on(morning), expected)


def _without_report_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """A warehouse that takes every report for known."""
    rows, files = versions._rows, warehouse_module._files
    monkeypatch.setattr(versions, "_rows", lambda r, f, s, _: rows(r, f, s, date.max))
    monkeypatch.setattr(
        warehouse_module, "_files", lambda manifest, table, _: files(manifest, table, date.max)
    )


def _a_day_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """A history that learns of reports a day before they are made."""
    learn = TableHistory.learn
    monkeypatch.setattr(TableHistory, "learn", lambda self, day: learn(self, day + timedelta(days=1)))


@pytest.mark.parametrize(("keeper", "leak"), [(Warehouse, _without_report_days), (FactHistory, _a_day_early)])
def test_a_keeper_of_facts_that_sees_later_reports_is_caught(
    keeper: type[Warehouse],
    leak: Callable[[pytest.MonkeyPatch], None],
    worlds: Worlds,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leak(monkeypatch)
    with pytest.raises(AssertionError):
        assert_same(keeper(worlds.told.folder).known_on(MORNING, WINDOW_DAYS), worlds.known)


@pytest.mark.parametrize("name", TOLD)
def test_a_leak_in_one_table_is_caught(name: str, worlds: Worlds) -> None:
    leaking = replace(worlds.known, **{name: getattr(worlds.later, name)})
    with pytest.raises(AssertionError):
        assert_same(leaking, worlds.known)


@pytest.mark.parametrize("name", TABLES)
def test_no_decision_is_made_on_a_stored_table_that_leaks(name: str, worlds: Worlds) -> None:
    leaking = replace(worlds.known, **{name: getattr(worlds.later, name)})
    refuse_future(worlds.known, MORNING)
    with pytest.raises(SchemaError, match=name):
        refuse_future(leaking, MORNING)


# Beliefs.


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_beliefs_of_the_morning_stay_as_they_were(look: EvidenceSettings, worlds: Worlds) -> None:
    """They forget nothing and remember nothing: a later morning in between leaves no trace."""
    known, told = (w.known_on(MORNING, look.window_days + 1) for w in (worlds.past, worlds.told))
    believed = gather(known, MORNING, look)
    gather(worlds.later, LATER, look)
    assert_same(gather(told, MORNING, look), believed)


@pytest.mark.parametrize("name", [field.name for field in fields(Evidence)])
def test_a_belief_that_leaks_is_caught(name: str, mornings: Mornings) -> None:
    with pytest.raises(AssertionError):
        assert_same(replace(mornings.past, **{name: getattr(mornings.later, name)}), mornings.past)


def test_evidence_that_counts_today_among_its_days_is_caught(worlds: Worlds, mornings: Mornings) -> None:
    tomorrow = MORNING + timedelta(days=1)
    foreseen = worlds.told.known_on(tomorrow, WINDOW_DAYS)
    with pytest.raises(AssertionError):
        assert_same(replace(gather(foreseen, tomorrow, EvidenceSettings()), as_of=MORNING), mornings.past)
    with pytest.raises(SchemaError):
        Recommender(Goals(), EvidenceSettings(), (), ()).recommend(foreseen, MORNING)


# Recommendations.


def assert_blind_to_the_future(policy: Policy, mornings: Mornings) -> None:
    """The policy decides alike with and without a future, also after it has decided on a later morning."""

    def decide(evidence: Evidence) -> Recommendation:
        found = Recommender(Goals(), EvidenceSettings(), (policy,), GUARDRAILS).decide(evidence)
        return replace(found, evidence=mornings.past)  # beliefs have their own tests

    before = decide(mornings.past)
    decide(mornings.later)
    assert_same(decide(mornings.told), before)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_a_policy_decides_as_if_the_future_were_not(policy: type[Policy], mornings: Mornings) -> None:
    assert_blind_to_the_future(policy(), mornings)


class RemembersLaterDays(Policy):
    """A mutant: bids what it saw on the latest morning it was ever asked about."""

    reasons: ClassVar[dict[str, Any]] = {}
    seen: ClassVar[list[Evidence]] = []

    def decide(self, situation: Situation) -> Draft:
        self.seen.append(situation.evidence)
        newest = max(self.seen, key=lambda evidence: evidence.as_of)
        share = float(newest.keywords["clicks"].sum() % 7 + 1) / 10
        bids = situation.draft.bids
        return situation.draft.with_bids(bids.assign(action="set_bid", bid=bids["current_bid"] * (1 + share)))


def test_a_policy_that_remembers_later_days_is_caught(mornings: Mornings) -> None:
    with pytest.raises(AssertionError):
        assert_blind_to_the_future(RemembersLaterDays(), mornings)
