"""Every plug-in of every family keeps its contract; a new file is found and tested by itself."""

from __future__ import annotations

import string
from types import ModuleType

import numpy as np
import pytest
from pydantic import BaseModel

import bidopt.backtest.baselines
import bidopt.decisions.allocation
import bidopt.decisions.expansion
import bidopt.decisions.pruning
import bidopt.decisions.titles
import bidopt.guardrails
import bidopt.platforms
from bidopt.decisions.draft import DROPS, keep_everything
from bidopt.decisions.policy import Policy, Situation
from bidopt.decisions.pruning.rule import Rule
from bidopt.decisions.pruning.word_record import word_record
from bidopt.domain.goals import Goals
from bidopt.domain.reasons import ReasonText, decode, render_both
from bidopt.evidence.evidence import EvidenceSettings, gather
from bidopt.guardrails.guardrail import Guardrail
from bidopt.platforms.platform import Platform
from bidopt.registry import plugins
from tests.conftest import AS_OF, _facts_of

FAMILIES: list[tuple[ModuleType, type[BaseModel]]] = [
    (bidopt.decisions.pruning, Policy),
    (bidopt.decisions.pruning, Rule),
    (bidopt.decisions.allocation, Policy),
    (bidopt.decisions.expansion, Policy),
    (bidopt.decisions.titles, Policy),
    (bidopt.backtest.baselines, Policy),
    (bidopt.guardrails, Guardrail),
    (bidopt.platforms, Platform),
]
FOUND = [(name, plugin) for family, base in FAMILIES for name, plugin in plugins(family, base).items()]
ROW = {"impressions": 900.0, "clicks": 30.0, "cost": 40.0, "conversions": 2.0, "revenue": 180.0, "bid": 1.5}


@pytest.mark.parametrize(("name", "plugin"), FOUND, ids=[name for name, _ in FOUND])
def test_a_plugin_is_frozen_described_and_works_without_settings(name: str, plugin: type[BaseModel]) -> None:
    assert plugin.model_config.get("frozen") is True
    assert plugin.model_config.get("extra") == "forbid"
    assert plugin.__doc__
    assert name in plugin.__module__
    assert all(field.description for field in plugin.model_fields.values())
    plugin()


POLICIES = [(n, p) for n, p in FOUND if issubclass(p, Policy)]


@pytest.mark.parametrize(("name", "plugin"), POLICIES, ids=[name for name, _ in POLICIES])
def test_a_policy_keeps_rows_schema_and_its_input(name: str, plugin: type[Policy]) -> None:
    rows = [{**ROW, "keyword": f"k{k}", "age": a, "revenue": 90.0 * k} for k in range(6) for a in range(1, 9)]
    evidence = gather(_facts_of(rows, campaigns=[{"daily_budget": 100.0}]), AS_OF, EvidenceSettings())
    draft = keep_everything(evidence)
    before = draft.bids.copy()
    decided = plugin().decide(Situation(AS_OF, Goals(), evidence, draft))
    DROPS.check(decided.drops)
    settled = decided.settled().check()
    assert draft.bids.equals(before)
    assert decided.bids["keyword"].tolist() == draft.bids["keyword"].tolist()
    codes = {reason.split(" ")[0] for reason in [*settled.bids["reason"], *settled.budgets["reason"]]}
    assert codes <= {*plugin.reasons, "not_judged"}
    changed = settled.bids["action"] != "keep"
    assert (settled.bids["policy"][changed] == name).all()
    limited_by = [*decided.bids["limited_by"], *decided.budgets["limited_by"]]
    assert {code for codes in limited_by for code in codes.split("+") if code} <= set(plugin.limits)
    for note in decided.notes:
        assert all(render_both(note, plugin.reasons)), note


@pytest.mark.parametrize(("name", "plugin"), POLICIES, ids=[name for name, _ in POLICIES])
def test_limits_of_a_policy_can_be_joined_and_told_from_guardrails(name: str, plugin: type[Policy]) -> None:
    assert not set(plugin.limits) & set(plugins(bidopt.guardrails, Guardrail)), name
    assert not [code for code in plugin.limits if not code.isidentifier()], name


@pytest.mark.parametrize(("name", "plugin"), POLICIES, ids=[name for name, _ in POLICIES])
def test_both_languages_of_a_reason_use_the_same_numbers(name: str, plugin: type[Policy]) -> None:
    for code, text in plugin.reasons.items():
        zh, en = (
            {field for _, field, _, _ in string.Formatter().parse(t) if field} for t in (text.zh, text.en)
        )
        assert zh == en, (name, code)


MONEY = {"cost", "revenue", "cpc", "saving", "money", "account", "room", "most", "bid", "base", "wanted"}


@pytest.mark.parametrize(("name", "plugin"), POLICIES, ids=[name for name, _ in POLICIES])
def test_money_in_sentences_carries_its_currency(name: str, plugin: type[Policy]) -> None:
    """Numbers with cents that are named as money; counts and shares of the same name are written otherwise."""
    for code, text in plugin.reasons.items():
        for sentence in (text.zh, text.en):
            parts = list(string.Formatter().parse(sentence))
            fields = [
                (before[1], literal, field)
                for before, (literal, field, spec, _) in zip([("", "", "", ""), *parts], parts, strict=False)
                if field in MONEY and (spec or "").endswith(".2f")
            ]
            bare = [field for earlier, literal, field in fields if earlier != "currency" or literal]
            assert not bare, (name, code, bare)


RULES = [(n, p) for n, p in FOUND if issubclass(p, Rule)]


@pytest.mark.parametrize(("name", "plugin"), RULES, ids=[name for name, _ in RULES])
def test_a_rule_tells_its_doubt_in_both_languages(name: str, plugin: type[Rule]) -> None:
    rows = [{**ROW, "keyword": f"k{k}", "age": a, "revenue": 90.0 * k} for k in range(6) for a in range(1, 9)]
    evidence = gather(_facts_of(rows), AS_OF, EvidenceSettings())
    situation = Situation(AS_OF, Goals(), evidence, keep_everything(evidence))
    verdict = plugin().judge(word_record(situation, price_share=0.5), situation)
    everyone = np.ones(6, dtype=bool)
    assert verdict.condemned.shape == verdict.doubt.shape == (6,), name
    for reason in verdict.reasons(everyone):
        assert all(render_both(reason, plugin.reasons))
        assert "doubt" in decode(reason)[1]


def test_no_code_of_a_policy_means_something_else_in_another() -> None:
    """Policies stand side by side in a shop, and their sentences in one table."""
    seen: dict[str, ReasonText] = {}
    for _, policy in POLICIES:
        if policy.__module__.startswith("bidopt.decisions.pruning"):
            assert not [code for code, text in policy.reasons.items() if seen.get(code, text) != text]
            seen |= policy.reasons
