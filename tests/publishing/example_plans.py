"""A plan of a few rows, for the tests of publishing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bidopt.domain.changes import BIDS, BUDGETS, KEYWORDS, TITLES, Changes
from bidopt.domain.data_issue import DataIssue
from bidopt.domain.goals import Goals
from bidopt.domain.plan import CAMPAIGN_SUMMARY, DAY_SUMMARY, KEYWORD_SUMMARY, Plan
from bidopt.domain.reasons import ReasonText

NAN = float("nan")
FILES = {"report.html": "<p>报告</p>".encode(), "upload/native.csv": b"a,b\n"}


def tiny_plan(revision: int = 1, bid: float = 1.25) -> Plan:
    """Two keywords and two campaigns; `bid` tells plans apart."""
    keys = {"platform": "native", "campaign_id": ["c1", "c2"], "keyword": ["茶树精油", '=1+1,"x"']}
    bids = BIDS.conform(
        {
            **keys,
            "action": ["set_bid", "keep"],
            "current_bid": [1.0, NAN],
            "bid": [bid, NAN],
            "reason": ["raise clicks=7", ""],
            "policy": ["target_roas", ""],
            "expected_clicks": [7.123456, NAN],
            "expected_cost": [8.0, NAN],
            "expected_revenue": [31.0, NAN],
            "revenue_low": [20.0, NAN],
            "revenue_high": [45.5, NAN],
            "limited_by": ["bid_step+bid_floor", ""],
        }
    )
    budgets = BUDGETS.conform(
        {
            "platform": "native",
            "campaign_id": ["c1", "c2"],
            "current_budget": [100.0, NAN],
            "budget": [120.0, 50.0],
            "reason": ["share part=0.7", "raise clicks=7"],
            "policy": "target_roas",
        }
    )
    campaigns = CAMPAIGN_SUMMARY.conform(
        {
            "platform": "native",
            "campaign_id": ["c1", "c2"],
            "name": ["精油", "推车"],
            "cost": [80.0, 0.0],
            "revenue": [321.0, 0.0],
            "roas": [4.0125, NAN],
            "mature_roas": [5.5, NAN],
            "grade": ["excellent", "unknown"],
        }
    )
    return Plan(
        shop="demo",
        shop_name="示例店",
        currency="CNY",
        as_of=date(2026, 11, 21),
        revision=revision,
        goals=Goals(daily_budget=170.0),
        changes=Changes(bids, budgets, KEYWORDS.empty(), TITLES.empty()).check(),
        notes=("more_budget step=100 gain=430", "unpriced gain=nan"),
        keywords=KEYWORD_SUMMARY.conform(keys),
        campaigns=campaigns,
        days=DAY_SUMMARY.empty(),
        issues=(DataIssue("missing_days", "warn", "缺 1 天", "1 day missing", 1, ("2026-11-03",)),),
        reasons={
            "raise": ReasonText("{clicks:.0f} 次点击，提价", "{clicks:.0f} clicks, bid up"),
            "share": ReasonText("占 {part:.0%}", "{part:.0%} of the budget"),
            "more_budget": ReasonText(
                "日预算再加 {step:.0f}，多成交 {gain:.0f}", "{step:.0f} more budget brings {gain:.0f}"
            ),
            "unpriced": ReasonText("还说不出再加预算值多少", "what more budget brings is not known yet"),
        },
        limits={"bid_step": ReasonText("单次调幅", "bid step")},
        provenance={"bidopt": "0.1.0", "inputs": "abc"},
    )


def without_rows(plan: Plan) -> Plan:
    """The plan of a shop in which nothing is in play."""
    empty = Changes(BIDS.empty(), BUDGETS.empty(), KEYWORDS.empty(), TITLES.empty())
    return replace(plan, changes=empty, keywords=KEYWORD_SUMMARY.empty(), campaigns=CAMPAIGN_SUMMARY.empty())
