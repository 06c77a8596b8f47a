"""Bids that cannot belong to the clicks they bought."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from bidopt.domain.changes import KEYWORD_KEY
from bidopt.domain.data_issue import DataIssue
from bidopt.domain.metrics import ratio
from bidopt.facts.health.check import HealthCase, HealthCheck, samples
from bidopt.facts.schemas import CURRENT_BIDS

_RECENT = pd.Timedelta(days=14)
_LEAST_CLICKS = 5
_LEAST_KEYWORDS = 5


class BidAgainstCpc(HealthCheck):
    """The current bid of each keyword against its cost per click over the newest 14 days.

    Single keywords may be odd (a bid changed, a premium on top). When most of a platform's bids are far off in
    the same direction the bid column is in another unit, and the finding blocks.
    """

    def issues(self, case: HealthCase) -> Iterator[DataIssue]:
        """One finding per platform."""
        judged = _judged(case)
        rules = case.rules
        high = judged["current_bid"] > rules.bid_above_cpc_ratio * judged["点击花费"]
        low = judged["current_bid"] < rules.bid_below_cpc_ratio * judged["点击花费"]
        far_low = judged["current_bid"] < judged["点击花费"] / rules.bid_above_cpc_ratio
        for platform, rows in judged.groupby("platform"):
            odd = rows[(high | low)[rows.index]]
            if odd.empty:
                continue
            most = max(high[rows.index].mean(), far_low[rows.index].mean()) > 1 / 2
            block = most and len(rows) >= _LEAST_KEYWORDS
            yield DataIssue(
                "bid_against_cpc",
                "block" if block else "warn",
                f"{platform} 有 {len(odd)} 个关键词（共核对 {len(rows)} 个）的“出价”和实际点击花费对不上，"
                f"疑似出价单位错误（元/分混用）。{'已停止出价；' if block else ''}请核对关键词列表里的出价。",
                f"{platform}: bids of {len(odd)} of {len(rows)} keywords do not fit their cost per click; "
                "unit slip of the bid suspected.",
                len(odd),
                samples(CURRENT_BIDS, odd, ("current_bid", "点击花费")),
            )


def _judged(case: HealthCase) -> pd.DataFrame:
    """Keywords with a bid and enough recent clicks, with their cost per click, highest cost first."""
    days, bids, key = case.facts.keyword_days, case.facts.current_bids, list(KEYWORD_KEY)
    recent = days[
        (days["date"] >= pd.Timestamp(case.as_of) - _RECENT) & days["cost"].notna() & (days["clicks"] > 0)
    ]
    sums = recent.groupby(key, as_index=False)[["clicks", "cost"]].sum()
    sums = sums[(sums["clicks"] >= _LEAST_CLICKS) & (sums["cost"] > 0)]
    found = bids[bids["current_bid"].notna()].merge(sums, on=key)
    found = found.assign(点击花费=ratio(found["cost"], found["clicks"]).round(4))
    return found.sort_values("cost", ascending=False, kind="stable", ignore_index=True)
