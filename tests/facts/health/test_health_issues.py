"""Health checks find what is wrong and nothing else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bidopt.domain.data_issue import DataIssue, Severity
from bidopt.facts.current_bids import current_bids
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.health import HealthRules, health_issues, worst_first
from bidopt.facts.schemas import KEYWORD_DAYS, KEYWORD_STATES
from tests.facts.fact_rows import DAY, ago, shop_days, table

RULES = HealthRules()


def _facts(days: pd.DataFrame, states: pd.DataFrame | None = None) -> FactTables:
    listed = KEYWORD_STATES.empty() if states is None else states
    return FactTables.of(
        keyword_days=days, keyword_states=listed, current_bids=current_bids(days, listed, DAY)
    )


def _issues(days: pd.DataFrame, code: str) -> list[DataIssue]:
    return [issue for issue in health_issues(_facts(days), DAY, RULES) if issue.code == code]


def _only(days: pd.DataFrame, code: str) -> DataIssue:
    (issue,) = _issues(days, code)
    return issue


def _scaled(column: str, factor: float, newest: int, *, seed: int = 0) -> pd.DataFrame:
    days = shop_days(seed=seed)
    return days.assign(**{column: days[column].where(days["date"] < ago(newest), days[column] * factor)})


@pytest.mark.parametrize("seed", range(25))
def test_clean_days_raise_no_alarm(seed: int) -> None:
    keywords = [1, 3, 30][seed % 3]
    found = health_issues(_facts(shop_days(days=20 + seed, keywords=keywords, seed=seed)), DAY, RULES)
    assert [issue.code for issue in found if issue.severity != "info"] == []


def test_no_facts_raise_no_alarm() -> None:
    assert health_issues(FactTables.of(), DAY, RULES) == ()


@pytest.mark.parametrize("factor", [100.0, 0.01, 1000.0])
@pytest.mark.parametrize("newest", [1, 2, 3])
@pytest.mark.parametrize(("column", "heading"), [("cost", "花费"), ("revenue", "成交金额"), ("bid", "出价")])
def test_a_unit_slip_of_the_newest_days_blocks_and_names_the_column(
    column: str, heading: str, newest: int, factor: float
) -> None:
    issue = _only(_scaled(column, factor, newest), "unit_slip")
    assert issue.severity == "block"
    assert f"“{heading}”" in issue.zh
    assert issue.count == newest


def test_a_slip_that_began_ten_days_ago_still_blocks() -> None:
    assert _only(_scaled("cost", 100.0, 10), "unit_slip").severity == "block"


def test_a_slip_mended_long_ago_does_not_block() -> None:
    days = shop_days()
    old = days["date"].isin([ago(20), ago(21)])
    assert _issues(days.assign(cost=days["cost"].where(~old, days["cost"] * 100)), "unit_slip") == []


def test_one_keyword_that_slips_is_shown_with_its_usual_cost() -> None:
    days = shop_days()
    one = (days["keyword"] == "词3") & (days["date"] >= ago(3))
    issue = _only(days.assign(cost=days["cost"].where(~one, days["cost"] * 100)), "keyword_cpc_jump")
    assert issue.severity == "warn"
    assert all("词3" in text and "平时点击花费" in text for text in issue.sample)


def test_missing_days_are_named() -> None:
    days = shop_days()
    issue = _only(days[~days["date"].isin([ago(5), ago(9)])], "missing_days")
    assert (issue.severity, issue.count) == ("warn", 2)
    assert "2026-02-20、2026-02-24" in issue.zh


@pytest.mark.parametrize(("newest", "count"), [(1, 0), (3, 0), (4, 1)])
def test_old_data_are_stale_after_the_days_allowed(newest: int, count: int) -> None:
    days = shop_days()
    assert len(_issues(days[days["date"] <= ago(newest)], "stale_data")) == count


def test_each_contradiction_is_counted_and_shown_worst_first() -> None:
    rows = [{"date": ago(1), "keyword": f"词{n}", "impressions": 1.0, "clicks": 2.0 + n} for n in range(7)]
    issue = _only(table(KEYWORD_DAYS, *rows), "clicks_above_impressions")
    assert (issue.count, len(issue.sample)) == (7, 5)
    assert "词6" in issue.sample[0]
    assert "点击量 8" in issue.sample[0]
    for code, row in {
        "cost_without_clicks": {"clicks": 0.0, "cost": 1.0},
        "orders_without_revenue": {"conversions": 1.0, "revenue": 0.0},
        "revenue_without_orders": {"conversions": 0.0, "revenue": 9.0},
        "negative_sales": {"revenue": -9.0},
        "orders_above_clicks": {"clicks": 1.0, "conversions": 2.0},
    }.items():
        assert _only(table(KEYWORD_DAYS, {"date": ago(1)} | row), code).count == 1


def test_unknown_numbers_contradict_nothing() -> None:
    days = table(KEYWORD_DAYS, {"date": ago(1), "clicks": 3.0, "bid": 1.0})
    assert health_issues(_facts(days), DAY, RULES) == ()


def test_unknown_bids_are_counted_per_platform_and_a_few_are_for_the_record_only() -> None:
    def days(platform: str, words: int, unknown: int) -> pd.DataFrame:
        bids = [np.nan if n < unknown else 1.0 for n in range(words)]
        rows = [{"date": ago(1), "keyword": f"词{n}", "bid": bid} for n, bid in enumerate(bids)]
        return table(KEYWORD_DAYS, *rows, platform=platform)

    many = pd.concat([days("a", 20, 1), days("b", 20, 2), days("c", 20, 0)], ignore_index=True)
    found = {i.severity: i for i in _issues(many, "unknown_bids")}
    assert {severity: issue.count for severity, issue in found.items()} == {"info": 1, "warn": 2}
    assert "b 有 2 个关键词（共 20 个）" in found["warn"].zh
    assert "bulk sheet" in found["warn"].zh


def test_a_keyword_list_in_another_unit_blocks_and_one_odd_bid_warns() -> None:
    clean = shop_days()
    days, newest = clean.assign(bid=np.nan), clean[clean["date"] == ago(1)]
    shared = [name for name in KEYWORD_STATES.names if name in newest.columns]
    states = KEYWORD_STATES.conform(newest[shared].assign(date=pd.Timestamp(DAY)))
    for factor, severity in ((1.0, None), (100.0, "block"), (0.01, "block")):
        facts = _facts(days, states.assign(bid=states["bid"] * factor))
        found = [i.severity for i in health_issues(facts, DAY, RULES) if i.code == "bid_against_cpc"]
        assert found == ([severity] if severity else [])
    one = states.assign(bid=states["bid"].where(states["keyword"] != "词1", 500.0))
    (issue,) = (i for i in health_issues(_facts(days, one), DAY, RULES) if i.code == "bid_against_cpc")
    assert (issue.severity, issue.count) == ("warn", 1)
    assert "词1" in issue.sample[0]


def test_findings_are_shown_worst_first_whatever_order_they_were_found_in() -> None:
    severities: dict[str, Severity] = {"b": "info", "z": "block", "c": "warn", "a": "warn"}
    found = [DataIssue(code, severity, "", "", 1) for code, severity in severities.items()]
    for order in (found, found[::-1]):
        assert [issue.code for issue in worst_first(order)] == ["z", "a", "c", "b"]


def test_what_the_warehouse_tells_is_passed_on_worst_first() -> None:
    days = shop_days()
    facts = _facts(days[days["date"] < ago(9)])
    found = health_issues(
        facts, DAY, RULES, reported_later=7, attribution_windows={"native": (3, 15), "other": (7,)}
    )
    codes = [issue.code for issue in found]
    assert codes[-1] == "reported_later"
    assert codes.count("mixed_attribution_windows") == 1
    severities = [["block", "warn", "info"].index(issue.severity) for issue in found]
    assert severities == sorted(severities)
