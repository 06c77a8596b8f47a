"""Keywords whose bid no export carries, so that their bids start from a guess."""

from __future__ import annotations

from collections.abc import Iterator

from bidopt.domain.data_issue import DataIssue
from bidopt.facts.health.check import HealthCase, HealthCheck, samples
from bidopt.facts.schemas import CURRENT_BIDS

_FEW = 0.1
"""Share of a platform's keywords below which it is for the record only."""


class UnknownBids(HealthCheck):
    """A bid that starts from the cost per click lies below the bid in force, since a click costs less than its bid."""

    def issues(self, case: HealthCase) -> Iterator[DataIssue]:
        """One finding per platform."""
        for platform, rows in case.facts.current_bids.groupby("platform"):
            unknown = rows[rows["current_bid"].isna()]
            if unknown.empty:
                continue
            yield DataIssue(
                "unknown_bids",
                "info" if len(unknown) < _FEW * len(rows) else "warn",
                f"{platform} 有 {len(unknown)} 个关键词（共 {len(rows)} 个）不知道当前出价：报表里没有出价，"
                "按近期点击花费起算，会低于真实出价。请放入关键词列表后重新运行（Amazon：批量表格 bulk sheet；没有它，上传文件缺少 ID，会被平台拒绝）。",
                f"{platform}: the bids of {len(unknown)} of {len(rows)} keywords are unknown; "
                "their recent cost per click stands in. Import the keyword list (Amazon: the bulk sheet; without it the upload file lacks ids and is rejected).",
                len(unknown),
                samples(CURRENT_BIDS, unknown, ()),
            )
