"""Platforms whose exports count orders over different attribution windows."""

from __future__ import annotations

from collections.abc import Iterator

from bidopt.domain.data_issue import DataIssue
from bidopt.facts.health.check import HealthCase, HealthCheck


class MixedAttribution(HealthCheck):
    """Orders within 3 days and orders within 15 days are different numbers."""

    def issues(self, case: HealthCase) -> Iterator[DataIssue]:
        """One finding per platform."""
        for platform, windows in case.attribution_windows.items():
            if len(windows) > 1:
                named = "、".join(f"{days} 天" for days in windows)
                yield DataIssue(
                    "mixed_attribution_windows",
                    "warn",
                    f"{platform} 的报表混用了不同的转化周期：{named}。转化率会忽高忽低；"
                    "请统一用同一个转化周期重新导出。",
                    f"{platform}: exports mix attribution windows of {', '.join(map(str, windows))} days.",
                    len(windows),
                )
