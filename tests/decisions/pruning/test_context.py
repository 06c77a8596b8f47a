"""What is no fault of a word condemns it under none of the rules: each rule alone, on a word that it drops otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from bidopt.decisions.pruning.test_and_prune import TestAndPrune
from bidopt.evidence.evidence import Evidence
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.schemas import SEARCH_TERM_DAYS
from tests.conftest import FactsOf
from tests.decisions.pruning.conftest import NEVER, Row, decide, evidence_of, offer_changed
from tests.decisions.pruning.conftest import SELLS as DAY

GOODS = ("茶树精油", "祛痘精油", "控油精油", "单方精油", "澳洲精油")
SELLS: Row = {**DAY, "match_type": "broad"}
POOR: Row = {**SELLS, "conversions": 0.1, "revenue": 10.0}
RULES = (
    "no_impressions",
    "spend_without_sales",
    "poor_value",
    "low_quality_score",
    "low_click_rate",
    "duplicate_keyword",
    "off_topic_search_term",
)


@dataclass(frozen=True)
class Case:
    """A word that one rule drops: its text, its days, the rule's own settings, and whether it draws foreign searches."""

    word: str
    day: Row
    settings: Mapping[str, float] | None = None
    searches: bool = False


CASES = {
    "no_impressions": Case(
        "精油杯子", {**SELLS, **dict.fromkeys(("impressions", "clicks", "cost"), 0.0)}, {"highest_raise": 0.0}
    ),
    "spend_without_sales": Case("精油图片", {**SELLS, **NEVER}),
    "poor_value": Case("精油图片", POOR),
    "low_quality_score": Case("精油图片", {**POOR, "quality_score": 3.0}),
    "low_click_rate": Case("精油图片", {**SELLS, "clicks": 2.0, "cost": 2.0, **NEVER}),
    "duplicate_keyword": Case("精油茶树", {**POOR, "clicks": 20.0, "cost": 20.0}),
    "off_topic_search_term": Case("香薰", {**SELLS, **NEVER}, searches=True),
}

Told = Callable[[FactTables], FactTables]
Believed = Callable[[Evidence], Evidence]


def verdict(
    facts_of: FactsOf,
    rule: str,
    *,
    ages: Sequence[int] = tuple(range(1, 31)),
    told: Told = lambda facts: facts,
    believed: Believed = lambda evidence: evidence,
    day: Row | None = None,
    **known: Sequence[Mapping[str, Any]],
) -> bool:
    """Whether the rule alone drops its word on the morning."""
    case = CASES[rule]
    days = dict.fromkeys(GOODS, SELLS) | {case.word: day or case.day}
    rows = [{**row, "keyword": word, "age": age} for word, row in days.items() for age in ages]
    listed = [{"keyword": word, "match_type": "broad", "status": "enabled", "bid": 1.2} for word in days]
    product = {"title": "沐禾茶树精油祛痘控油单方澳洲进口10ml", "category": "精油", "price": 100.0}
    known = {"products": [product], "campaigns": [{"daily_budget": 900.0}], "states": listed, **known}
    known = {**known, "products": [product | dict(row) for row in known["products"]]}
    facts = facts_of(rows, **known)
    if case.searches:
        drawn = facts.keyword_days[facts.keyword_days["keyword"] == case.word].assign(search_term="加湿器")
        columns = [name for name in SEARCH_TERM_DAYS.names if name in drawn.columns]
        facts = replace(facts, search_term_days=SEARCH_TERM_DAYS.conform(drawn[columns]))
    evidence = believed(evidence_of(told(facts)))
    settings: dict[str, Any] = {name: {"enabled": name == rule} for name in RULES}
    settings[rule] |= case.settings or {}
    draft = decide(evidence, TestAndPrune.model_validate(settings))
    return bool((draft.drops.loc[draft.drops["keyword"] == case.word, "reason"] != "").all())


def campaign_paused(evidence: Evidence) -> Evidence:
    return replace(evidence, campaigns=evidence.campaigns.assign(running=False))


def out_of_money_by_ten(evidence: Evidence) -> Evidence:
    return replace(evidence, lasted=np.full(len(evidence.lasted), 10 / 24))


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_drops_its_word_where_nothing_speaks_for_it(facts_of: FactsOf, rule: str) -> None:
    assert verdict(facts_of, rule)


@pytest.mark.parametrize("rule", RULES)
def test_sold_out_paused_or_with_a_new_offer_no_word_is_dropped(facts_of: FactsOf, rule: str) -> None:
    word = CASES[rule].word
    listed = [{"keyword": word, "match_type": "broad", "status": "paused", "bid": 1.2}]
    assert not verdict(facts_of, rule, products=[{"stock": 0.0}])
    assert not verdict(facts_of, rule, states=listed)
    assert not verdict(facts_of, rule, believed=campaign_paused)
    assert not verdict(facts_of, rule, told=lambda facts: offer_changed(facts, 2))


@pytest.mark.parametrize("rule", RULES)
def test_days_without_money_or_without_a_report_are_no_days_of_the_test(facts_of: FactsOf, rule: str) -> None:
    """A campaign whose budget is gone every morning, and a word of which two days of the last nine were reported."""
    assert not verdict(facts_of, rule, ages=(1, 2, 3), campaigns=[{"daily_budget": 150.0}])
    assert not verdict(facts_of, rule, ages=(1, 9))
    assert verdict(facts_of, rule, ages=tuple(range(1, 31, 2)))  # every other day is many days all the same


@pytest.mark.parametrize("rule", RULES)
def test_a_word_that_eats_its_campaigns_money_for_weeks_is_judged_by_its_clicks_alone(
    facts_of: FactsOf, rule: str
) -> None:
    """Days cut short count by the share they ran; what a word missed on them, and where it stood, nobody knows."""
    by_clicks = rule not in {"no_impressions", "low_click_rate"}
    assert verdict(facts_of, rule, campaigns=[{"daily_budget": 150.0}]) == by_clicks
    assert verdict(facts_of, rule, believed=out_of_money_by_ten) == by_clicks


def test_a_silent_word_is_not_judged_on_days_that_a_campaign_seldom_cut_seems_to_have_lasted(
    facts_of: FactsOf,
) -> None:
    """Of fourteen days four were cut short; they count as nine tenths each, but at what hour the money went is a guess."""

    def seldom_cut(evidence: Evidence) -> Evidence:
        return replace(evidence, lasted=np.where(evidence.days.age % 4 == 1, 0.92, 1.0))

    fortnight = tuple(range(1, 15))
    assert verdict(facts_of, "no_impressions", ages=fortnight)
    assert not verdict(facts_of, "no_impressions", ages=fortnight, believed=seldom_cut)


@pytest.mark.parametrize("rule", RULES)
def test_the_days_before_an_event_drop_no_word_that_is_kept_on_others(facts_of: FactsOf, rule: str) -> None:
    """Buyers wait: today's value per click is a third, the word is as good as ever."""

    def waiting(evidence: Evidence) -> Evidence:
        value = evidence.value_per_click.scaled(0.3)
        return replace(evidence, value_per_click=value, conversion_today=float(np.log(0.3)))

    fair: dict[str, float | str] = {
        **CASES[rule].day,
        **{name: SELLS[name] for name in ("impressions", "clicks", "cost")},
    }
    fair |= {"conversions": 0.8, "revenue": 80.0}  # pays at the target's half, not at a third of it
    assert not verdict(facts_of, rule, day=fair)
    assert not verdict(facts_of, rule, day=fair, believed=waiting)
