"""Days between the first and the last of a report on which a platform says nothing at all."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from bidopt.domain.data_issue import DataIssue
from bidopt.facts.health.check import HealthCase, HealthCheck
from bidopt.facts.schemas import ACCOUNT_DAYS, CAMPAIGN_DAYS, KEYWORD_DAYS, PRODUCT_DAYS

_REPORTS = (KEYWORD_DAYS, CAMPAIGN_DAYS, PRODUCT_DAYS, ACCOUNT_DAYS)
_MOST_NAMED = 10


class MissingDays(HealthCheck):
    """A day without any row is unknown and is never read as zero.

    Search-term and placement reports are left aside: a quiet day may have no row in them.
    """

    def issues(self, case: HealthCase) -> Iterator[DataIssue]:
        """One finding per platform and report."""
        for schema in _REPORTS:
            table = getattr(case.facts, schema.name)
            for platform, dates in table.groupby("platform")["date"]:
                present = dates.unique()
                missing = pd.date_range(present.min(), present.max()).difference(present)
                if len(missing):
                    named = "、".join(f"{day:%Y-%m-%d}" for day in missing[:_MOST_NAMED])
                    more = " 等" if len(missing) > _MOST_NAMED else ""
                    yield DataIssue(
                        "missing_days",
                        "warn",
                        f"{platform} 的{schema.chinese}缺 {len(missing)} 天：{named}{more}。"
                        "缺的日子按未知处理，不当作 0；请补导出这些天。",
                        f"{platform}: {schema.name} lacks {len(missing)} days: {named}. They count as unknown, not 0.",
                        len(missing),
                        tuple(f"{day:%Y-%m-%d}" for day in missing[:5]),
                    )
