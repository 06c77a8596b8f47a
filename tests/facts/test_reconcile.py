"""The totals of a platform's reports, side by side."""

from __future__ import annotations

from typing import Any

from bidopt.facts.fact_tables import FactTables
from bidopt.facts.reconcile import RECONCILIATION, reconcile
from bidopt.facts.schemas import ACCOUNT_DAYS, CAMPAIGN_DAYS, KEYWORD_DAYS, SEARCH_TERM_DAYS
from tests.facts.fact_rows import ago, table

_USUAL = {"impressions": 100.0, "clicks": 10.0, "cost": 5.0, "conversions": 1.0, "revenue": 50.0}


def _facts(**campaign: float) -> FactTables:
    days: list[dict[str, Any]] = [{"date": ago(n)} | _USUAL for n in (3, 2, 1)]
    return FactTables.of(
        keyword_days=table(KEYWORD_DAYS, *days),
        campaign_days=table(CAMPAIGN_DAYS, *(day | campaign for day in days[1:])),
    )


def test_only_the_days_in_common_are_compared() -> None:
    found, issues = reconcile(_facts())
    RECONCILIATION.check(found)
    assert found["report"].tolist() == ["keyword_days", "campaign_days"]
    assert found["clicks"].tolist() == [20.0, 20.0]
    assert found["days"].tolist() == [2, 2]
    assert issues == ()


def test_a_difference_in_clicks_or_cost_is_a_warning_with_both_totals() -> None:
    _, issues = reconcile(_facts(cost=6.0))
    (issue,) = issues
    assert (issue.code, issue.severity) == ("reports_differ", "warn")
    assert "花费" in issue.zh
    assert "10.00" in issue.zh
    assert "12.00" in issue.zh


def test_rounding_is_no_difference_and_impressions_only_inform() -> None:
    assert reconcile(_facts(cost=5.02))[1] == ()
    assert [issue.severity for issue in reconcile(_facts(impressions=99.0))[1]] == ["info"]


def test_impressions_of_search_terms_and_unknown_numbers_are_not_compared() -> None:
    terms = table(SEARCH_TERM_DAYS, {"date": ago(1)} | _USUAL | {"impressions": 20.0}, search_term="裙子")
    account = table(ACCOUNT_DAYS, {"date": ago(1), "clicks": 10.0})
    facts = FactTables.of(
        keyword_days=table(KEYWORD_DAYS, {"date": ago(1)} | _USUAL),
        search_term_days=terms,
        account_days=account,
    )
    found, issues = reconcile(facts)
    assert issues == ()
    assert found.set_index("report").loc["account_days", ["cost"]].isna().all()


def test_nothing_in_common_says_nothing() -> None:
    facts = FactTables.of(
        keyword_days=table(KEYWORD_DAYS, {"date": ago(2)} | _USUAL),
        campaign_days=table(CAMPAIGN_DAYS, {"date": ago(1)} | _USUAL),
    )
    found, issues = reconcile(facts)
    assert found.empty
    assert issues == ()
    assert reconcile(FactTables.of())[0].empty
