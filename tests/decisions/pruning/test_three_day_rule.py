"""The three-day rule as operators state it, and the cases in which it must not judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from bidopt.decisions.draft import keep_everything
from bidopt.decisions.policy import Situation
from bidopt.decisions.pruning.three_day_rule import ThreeDayRule
from bidopt.domain.goals import Goals
from bidopt.domain.reasons import decode, render
from bidopt.evidence.evidence import EvidenceSettings, gather
from bidopt.facts.fact_tables import FactTables
from tests.conftest import AS_OF, FactsOf

GOOD = {
    "impressions": 1000.0,
    "clicks": 50.0,
    "cost": 50.0,
    "conversions": 5.0,
    "revenue": 500.0,
    "quality_score": 8.0,
}


def verdicts(facts: FactTables, rule: ThreeDayRule | None = None) -> dict[str, str]:
    evidence = gather(facts, AS_OF, EvidenceSettings())
    situation = Situation(AS_OF, Goals(), evidence, keep_everything(evidence))
    drops = (rule or ThreeDayRule()).decide(situation).drops
    dropped = drops[drops["reason"] != ""]
    return dict(zip(dropped["keyword"], dropped["reason"], strict=True))


def three_days(keyword: str, **row: float | str) -> list[Mapping[str, Any]]:
    return [{**GOOD, "keyword": keyword, "age": age, **row} for age in (1, 2, 3)]


def code(reason: str) -> str:
    return decode(reason)[0]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            {"impressions": 0.0, "clicks": 0.0, "cost": 0.0, "conversions": 0.0, "revenue": 0.0},
            "no_impressions",
        ),
        ({"quality_score": 4.0}, "low_quality_score"),
        ({"clicks": 1.0, "cost": 1.0, "conversions": 1.0, "revenue": 90.0}, "poor_click_rate"),
        ({"revenue": 149.0}, "poor_value"),
    ],
)
def test_each_weakness_drops_the_word_and_says_why(
    facts_of: FactsOf, row: dict[str, float], expected: str
) -> None:
    found = verdicts(facts_of([*three_days("good"), *three_days("weak", **row)]))
    assert {k: code(v) for k, v in found.items()} == {"weak": expected}


def test_the_first_failing_test_gives_the_reason(facts_of: FactsOf) -> None:
    found = verdicts(facts_of([*three_days("good"), *three_days("weak", quality_score=2.0, revenue=0.0)]))
    assert code(found["weak"]) == "low_quality_score"


def test_value_is_judged_against_the_roi_target_by_the_three_days_alone(facts_of: FactsOf) -> None:
    earlier = [{**GOOD, "keyword": "weak", "age": age, "revenue": 1e5} for age in range(4, 20)]
    found = verdicts(facts_of([*three_days("good"), *three_days("weak", revenue=100.0), *earlier]))
    assert decode(found["weak"]) == (
        "poor_value",
        {"days": 3, "cost": 150, "clicks": 150, "revenue": 300, "roas": 2, "floor": 3},
    )


def test_two_days_of_display_are_no_test_yet(facts_of: FactsOf) -> None:
    new = [{**GOOD, "keyword": "new", "age": age, "revenue": 0.0} for age in (1, 2)]
    assert verdicts(facts_of([*three_days("good"), *new])) == {}


def test_a_day_without_a_report_is_no_day_of_the_test(facts_of: FactsOf) -> None:
    """Day 2 is missing for the whole shop: a word seen on days 1 and 3 has been tested for two days only."""
    rows: Sequence[Mapping[str, Any]] = [
        {**GOOD, "keyword": word, "age": age, **row}
        for word, row in (("good", {}), ("weak", {"revenue": 0.0}))
        for age in (1, 3)
    ]
    assert verdicts(facts_of(rows)) == {}


def test_absence_from_the_reports_is_not_zero(facts_of: FactsOf) -> None:
    gone = [
        {**GOOD, "keyword": "gone", "age": age, "impressions": 0.0, "clicks": 0.0, "cost": 0.0}
        for age in (8, 9)
    ]
    assert verdicts(facts_of([*three_days("good"), *gone])) == {}


def test_an_enabled_listed_word_that_never_shows_is_dropped_after_three_days(facts_of: FactsOf) -> None:
    def listed(word: str, seen: int) -> list[dict[str, Any]]:
        return [{"keyword": word, "seen": s, "status": "enabled", "bid": 1.0} for s in range(seen + 1)]

    facts = facts_of(
        [*three_days("good")], states=[*listed("good", 3), *listed("old", 3), *listed("fresh", 1)]
    )
    assert {k: code(v) for k, v in verdicts(facts).items()} == {"old": "no_impressions"}


def test_a_paused_word_is_left_alone(facts_of: FactsOf) -> None:
    assert verdicts(facts_of([*three_days("good"), *three_days("off", revenue=0.0, status="paused")])) == {}


def test_days_without_sales_columns_say_nothing_about_value(facts_of: FactsOf) -> None:
    blind = three_days("blind", conversions=float("nan"), revenue=float("nan"))
    assert verdicts(facts_of([*three_days("good"), *blind])) == {}


def test_thresholds_are_settings(facts_of: FactsOf) -> None:
    facts = facts_of([*three_days("good"), *three_days("weak", revenue=100.0)])
    assert verdicts(facts, ThreeDayRule(min_roas=1.5)) == {}
    assert set(verdicts(facts, ThreeDayRule(min_roas=1.5, min_ctr=0.06))) == {"good", "weak"}


def test_reasons_read_in_both_languages(facts_of: FactsOf) -> None:
    reason = verdicts(facts_of([*three_days("good"), *three_days("weak", revenue=0.0)]))["weak"]
    assert (
        render(reason, ThreeDayRule.reasons, "zh")
        == "3 天花费 150.00、150 次点击、成交 0.00，投产比 0.00，低于 3"
    )
    assert "ROAS 0.00, below 3" in render(reason, ThreeDayRule.reasons, "en")
