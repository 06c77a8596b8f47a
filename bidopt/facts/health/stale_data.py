"""Platforms whose newest keyword data are too old to decide on."""

from __future__ import annotations

from collections.abc import Iterator

from bidopt.domain.data_issue import DataIssue
from bidopt.facts.health.check import HealthCase, HealthCheck


class StaleData(HealthCheck):
    """Yesterday's data should be there in the morning."""

    def issues(self, case: HealthCase) -> Iterator[DataIssue]:
        """One finding per platform."""
        for platform, newest in case.facts.keyword_days.groupby("platform")["date"].max().items():
            late = (case.yesterday - newest.date()).days
            if late > case.rules.stale_after_days:
                yield DataIssue(
                    "stale_data",
                    "warn",
                    f"{platform} 的关键词数据只到 {newest:%Y-%m-%d}，比昨天（{case.yesterday}）晚了 {late} 天。"
                    "请导出最近几天的报表。",
                    f"{platform}: keyword data end on {newest:%Y-%m-%d}, {late} days before {case.yesterday}.",
                    late,
                )
