"""Facts that are stored but were reported after the decision day."""

from __future__ import annotations

from collections.abc import Iterator

from bidopt.domain.data_issue import DataIssue
from bidopt.facts.health.check import HealthCase, HealthCheck


class LateReports(HealthCheck):
    """A plan of a past day must not see what was reported later; it is said how much that was."""

    def issues(self, case: HealthCase) -> Iterator[DataIssue]:
        """At most one finding."""
        if case.reported_later:
            yield DataIssue(
                "reported_later",
                "info",
                f"有 {case.reported_later} 行数据的报表日晚于 {case.as_of}，当天还不知道，没有使用。",
                f"{case.reported_later} rows were reported after {case.as_of} and were not used.",
                case.reported_later,
            )
