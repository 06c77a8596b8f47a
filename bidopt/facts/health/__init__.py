"""What is wrong with the facts of a morning: one file per check."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from datetime import date
from typing import cast

from bidopt.domain.data_issue import DataIssue
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.health.check import HealthCase, HealthCheck, HealthRules
from bidopt.registry import plugins

__all__ = ["HealthCase", "HealthCheck", "HealthRules", "health_issues", "worst_first"]

_WORST_FIRST = {"block": 0, "warn": 1, "info": 2}


def health_issues(
    facts: FactTables,
    as_of: date,
    rules: HealthRules,
    *,
    reported_later: int = 0,
    attribution_windows: Mapping[str, tuple[int, ...]] | None = None,
) -> tuple[DataIssue, ...]:
    """Findings of all checks, worst first.

    Args:
        facts: what was known on the morning of `as_of`.
        as_of: decision day.
        rules: thresholds.
        reported_later: `Warehouse.reported_later(as_of)`.
        attribution_windows: `Warehouse.attribution_windows(as_of)`.
    """
    case = HealthCase(facts, as_of, rules, reported_later, attribution_windows or {})
    checks = [cast("HealthCheck", check()) for check in plugins(sys.modules[__name__], HealthCheck).values()]
    found = [issue for check in checks for issue in check.issues(case)]
    return worst_first(found)


def worst_first(issues: Iterable[DataIssue]) -> tuple[DataIssue, ...]:
    """Findings in the order in which they are shown, whatever order they were found in."""
    return tuple(sorted(issues, key=lambda issue: (_WORST_FIRST[issue.severity], issue.code, issue.zh)))
