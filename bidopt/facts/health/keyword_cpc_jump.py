"""Keywords whose cost per click left its usual height at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from bidopt.domain.changes import KEYWORD_KEY
from bidopt.domain.data_issue import DataIssue
from bidopt.facts.health.check import HISTORY_DAYS, RECENT_DAYS, HealthCase, HealthCheck, samples
from bidopt.facts.schemas import KEYWORD_DAYS

_LEAST_DAYS = 5
"""Earlier days with clicks that make a median."""

_LEAST_CLICKS = 3
"""Clicks that make a recent cost per click; single clicks vary widely."""


class KeywordCpcJump(HealthCheck):
    """The cost per click of a keyword's newest days against the median of its 28 days before."""

    def issues(self, case: HealthCase) -> Iterator[DataIssue]:
        """At most one finding, for all keywords."""
        table, key = case.facts.keyword_days, list(KEYWORD_KEY)
        age = (table.groupby("platform")["date"].transform("max") - table["date"]).dt.days
        clicked = (table["clicks"] > 0) & table["cost"].notna()
        columns = [*key, "date", "clicks", "cost"]
        now = table.loc[clicked & (age < RECENT_DAYS) & (table["clicks"] >= _LEAST_CLICKS), columns]
        if now.empty:
            return
        earlier = clicked & (age >= RECENT_DAYS) & (age < RECENT_DAYS + HISTORY_DAYS)
        before = table.loc[earlier & table["keyword"].isin(now["keyword"].unique()), columns]
        spread = (
            before.assign(cpc=before["cost"] / before["clicks"]).groupby(key)["cpc"].agg(["median", "size"])
        )
        usual = spread.loc[(spread["size"] >= _LEAST_DAYS) & (spread["median"] > 0), "median"].rename("usual")
        found = _jumps(now.merge(usual.reset_index(), on=key), case.rules.unit_slip_ratio)
        if len(found):
            ratio = case.rules.unit_slip_ratio
            yield DataIssue(
                "keyword_cpc_jump",
                "warn",
                f"{len(found)} 行关键词的点击花费比它自己近 {HISTORY_DAYS} 天的中位数高或低 {ratio:g} 倍以上，"
                "可能是花费的单位错了（元/分）。请核对这些行。",
                f"{len(found)} keyword rows cost {ratio:g}x more or less per click than usual; unit slip suspected.",
                len(found),
                samples(KEYWORD_DAYS, found, ("clicks", "cost", "点击花费", "平时点击花费")),
            )


def _jumps(rows: pd.DataFrame, ratio: float) -> pd.DataFrame:
    """Rows that are `ratio` times off, worst first, with headings for people."""
    cpc = rows["cost"] / rows["clicks"]
    off = np.abs(np.log(np.maximum(cpc, 1e-9) / rows["usual"]))
    rows = rows.assign(点击花费=cpc.round(4), 平时点击花费=rows["usual"].round(4), _off=off)
    found: pd.DataFrame = rows[off >= np.log(ratio)].sort_values("_off", ascending=False, kind="stable")
    return found
