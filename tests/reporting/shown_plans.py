"""Makes plans to show, from a seed: small or large, plain or full of hostile texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from bidopt.domain.changes import BIDS, BUDGETS, KEYWORDS, TITLES, Changes
from bidopt.domain.data_issue import DataIssue
from bidopt.domain.goals import Goals
from bidopt.domain.metrics import grade_of, ratio
from bidopt.domain.plan import CAMPAIGN_SUMMARY, DAY_SUMMARY, KEYWORD_SUMMARY, Plan
from bidopt.domain.reasons import ReasonText, encode

REASONS = {
    "worth": ReasonText(
        "点击价值 {value:.2f} ÷ 目标投产 {target:g} = {wanted:.2f}，现 {base:.2f}（{clicks:.0f} 次点击的经验）",
        "value per click {value:.2f} / target {target:g} = {wanted:.2f}, now {base:.2f} (from {clicks:.0f} clicks)",
    ),
    "poor": ReasonText(
        "3 天花费 {cost:.2f}，投产比 {roas:.2f}，低于 {floor:g}",
        "cost {cost:.2f}, ROAS {roas:.2f} below {floor:g}",
    ),
    "unseen": ReasonText("连续 3 天没有展现", "no impressions for 3 days"),
    "right": ReasonText("出价已接近点击价值", "the bid is right"),
    "funded": ReasonText("投产比 {roas:.2f} 达标，加预算", "ROAS {roas:.2f} meets the target: raised"),
    "starved": ReasonText("投产比 {roas:.2f} 不达标，收预算", "ROAS {roas:.2f} misses the target: cut"),
    "more_budget": ReasonText(
        "账户日预算再加 {step:.0f}，预计每天多成交 {gain:.0f}",
        "{step:.0f} more account budget would bring {gain:.0f} more revenue a day",
    ),
    "target_out_of_reach": ReasonText(
        "目标投产比 {target:.2f} 与各计划的最低日限额冲突：今天最多做到 {reached:.2f}，每天差 {missing:.0f} 成交额",
        "target ROAS {target:.2f} and the campaigns' minimum budgets conflict: {reached:.2f} at most, "
        "{missing:.0f} revenue a day short",
    ),
}
NOTES = (
    *encode("more_budget", 1, step=100, gain=430),
    *encode("target_out_of_reach", 1, target=3, reached=2.62, missing=760),
)
LIMITS = {
    "bid_step": ReasonText("单日最大调幅", "bid step"),
    "bid_floor": ReasonText("最低出价", "bid floor"),
}
HOSTILE = (
    "=1+1",
    '=HYPERLINK("http://x")',
    "<script>alert(1)</script>",
    "[bold]x[/]",
    "＝cmd",
    "http://evil",
    "\u202eabc",
    "a\x00b\x1b[31m\x1f",
    "<r><t>rich</t></r>",
    "</svg><img src=http://x onerror=alert(1)>",
    "$x^2$ & {{ 7*7 }} {% endif %}",
    "_x0041_",
    "@SUM(A1)",
    "-2+3",
)


def make_plan(
    keywords: int = 120, campaigns: int = 6, days: int = 30, seed: int = 7, names: Sequence[str] = ()
) -> Plan:
    """A plan with every action in it; `names` are put in as the costliest keywords, campaigns and samples."""
    rng = np.random.default_rng(seed)
    goals = Goals(target_roas=3.0, daily_budget=2000.0)
    bids, seen = _bids(rng, goals, keywords, campaigns, days, names)
    budgets, summary = _budgets(rng, goals, seen, campaigns, days, names)
    words = KEYWORDS.conform(
        {
            "product_id": ["710000000000001"] * 2,
            "keyword": ["法兰绒毛毯 加厚", "免费"],
            "kind": ["add", "negative"],
            "match_type": ["exact", "phrase"],
            "bid": [0.62, np.nan],
            "reason": bids["reason"].iloc[0],
            "expected_clicks": [20.0, 6.0],
            "expected_cost": [12.4, 5.0],
            "expected_revenue": [40.0, 1.6],
            "expected_gain": [3.5, 4.2],
            "days_proposed": [2.0, 0.0],
        }
    )
    return Plan(
        shop="demo",
        shop_name="暖冬家纺旗舰店",
        currency="CNY",
        as_of=date(2026, 11, 21),
        revision=2,
        goals=goals,
        changes=Changes(bids, budgets, words, TITLES.empty()).check(),
        notes=NOTES,
        keywords=KEYWORD_SUMMARY.check(seen),
        campaigns=CAMPAIGN_SUMMARY.check(summary),
        days=_days(rng, days),
        issues=_issues(names),
        reasons=REASONS,
        limits=LIMITS,
        provenance={
            "bidopt": "0.1.0",
            "输入": "keyword_days 2026-10-22 – 2026-11-20",
            **{f"文件 {i}": n for i, n in enumerate(names)},
        },
    )


def _bids(
    rng: np.random.Generator, goals: Goals, n: int, campaigns: int, days: int, names: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    heads, tails = (
        ["珊瑚绒", "法兰绒", "羊羔绒", "毛毯", "床上四件套", "空调被"],
        ["加厚", "双人", "冬季保暖", "学生宿舍", "午睡", "北欧风"],
    )
    words = [f"{heads[i % 6]}{tails[(i // 6) % 6]} {i}" for i in range(n)]
    words[: len(names)] = list(names)[:n]
    impressions = np.floor(rng.pareto(1.1, n) * 200)
    impressions[: len(names)] = 1e6
    clicks = np.floor(impressions * rng.beta(3, 80, n))
    bid = np.round(rng.uniform(0.4, 3.5, n), 2)
    cost = clicks * bid * 0.85
    orders = rng.binomial(clicks.astype(int), 0.05).astype(float)
    revenue = orders * rng.uniform(60, 140, n)
    value = np.round(rng.gamma(6, 0.9, n), 2)
    wanted = np.round(np.clip(value / goals.target_roas, bid * 0.7, bid * 1.3), 2)
    draw = rng.random(n)
    action = np.select([draw < 0.12, draw < 0.15, draw < 0.6], ["pause", "resume", "set_bid"], "keep")
    bid_now = np.where(draw > 0.95, np.nan, bid)
    worth = encode("worth", n, value=value, target=3, wanted=wanted, base=bid_now, clicks=clicks)
    poor = encode("poor", n, cost=cost, roas=ratio(revenue, cost), floor=3)
    key = {
        "platform": ["alimama_wanxiangtai"] * n,
        "campaign_id": [_campaign(i % campaigns) for i in range(n)],
        "ad_group_id": ["6400000000000012345"] * n,
        "product_id": [f"71000000000{i % 3}" for i in range(n)],
        "keyword": words,
        "match_type": [("exact", "broad", "phrase", "")[i % 4] for i in range(n)],
    }
    expected = clicks / days
    table: dict[str, Any] = {
        **key,
        "action": action.tolist(),
        "current_bid": bid_now,
        "bid": np.where(action == "keep", bid_now, wanted),
        "reason": np.select(
            [(action == "pause") & (cost > 0), action == "pause", action == "keep"],
            [poor, "unseen", "right"],
            worth,
        ).tolist(),
        "policy": ["target_roas"] * n,
        "expected_clicks": expected,
        "expected_cost": expected * wanted * 0.85,
        "expected_revenue": expected * value,
        "revenue_low": expected * value * 0.6,
        "revenue_high": expected * value * 1.5,
        "limited_by": ["bid_step+bid_floor" if i % 5 == 0 else "" for i in range(n)],
    }
    seen = {
        **key,
        "impressions": impressions,
        "clicks": clicks,
        "cost": cost,
        "conversions": orders,
        "revenue": revenue,
        "quality_score": np.where(rng.random(n) < 0.1, np.nan, rng.integers(3, 11, n)),
        "base_bid": bid,
        "daily_cost": cost / days,
        "daily_revenue": clicks * value / days,
        "cvr": np.full(n, 0.05),
        "value_per_click": value,
        "value_low": value * 0.6,
        "value_high": value * 1.5,
    }
    return BIDS.conform(table), KEYWORD_SUMMARY.conform(seen)


def _campaign(index: int) -> str:
    return f"58{index:017d}"


def _budgets(
    rng: np.random.Generator,
    goals: Goals,
    seen: pd.DataFrame,
    n: int,
    days: int,
    names: Sequence[str],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    totals = seen.groupby("campaign_id", sort=True)[
        ["impressions", "clicks", "cost", "conversions", "revenue"]
    ].sum()
    totals = totals.reindex([_campaign(i) for i in range(n)])
    roas = ratio(totals["revenue"], totals["cost"])
    mature = roas * rng.uniform(1.05, 1.3, n)
    now = np.round(np.nan_to_num(totals["cost"].to_numpy()) / days * 1.2, 0) + 50
    factor = np.where(mature >= goals.target_roas, 1.3, 0.8)
    titles = (["主推毛毯 · 精准", "四件套 · 冬季", "长尾测款", "新品测试", "品牌词", "清仓"] * (n // 6 + 1))[
        :n
    ]
    titles[: len(names)] = list(names)[:n]
    grades = goals.roas_grades
    budgets = {
        "platform": ["alimama_wanxiangtai"] * n,
        "campaign_id": totals.index.tolist(),
        "current_budget": now,
        "budget": np.where(np.arange(n) == n - 1, now, np.round(now * factor)),
        "reason": np.where(
            mature >= goals.target_roas, encode("funded", n, roas=mature), encode("starved", n, roas=mature)
        ).tolist(),
        "policy": ["target_roas"] * n,
        "limited_by": [""] * n,
    }
    summary = {
        "platform": ["alimama_wanxiangtai"] * n,
        "campaign_id": totals.index.tolist(),
        "name": titles,
        **{str(name): totals[name].to_numpy() for name in totals},
        "roas": roas,
        "mature_roas": mature,
        "grade": [grade_of(value, grades.passing, grades.good, grades.excellent) for value in mature],
    }
    return BUDGETS.conform(budgets), CAMPAIGN_SUMMARY.conform(summary)


def _days(rng: np.random.Generator, n: int) -> pd.DataFrame:
    matured = 1 - 0.6 * np.exp(-np.arange(n)[::-1] / 3)
    cost = np.round(900 + 150 * np.sin(np.arange(n) / 3.5) + rng.normal(0, 40, n), 2)
    revenue = np.round(cost * rng.uniform(2.6, 3.8, n) * matured, 2)
    table: dict[str, Any] = {
        "date": pd.date_range("2026-11-20", periods=n, freq="-1D")[::-1],
        "impressions": np.round(cost * 40),
        "clicks": np.round(cost * 1.1),
        "cost": cost,
        "conversions": np.round(revenue / 90),
        "revenue": revenue,
        "matured": matured,
    }
    return DAY_SUMMARY.check(DAY_SUMMARY.conform(table))


def _issues(names: Sequence[str]) -> tuple[DataIssue, ...]:
    return (
        DataIssue(
            "missing_days",
            "warn",
            "缺 2 天的关键词报表：2026-11-08、2026-11-09。请补导这两天",
            "2 days are missing",
            2,
        ),
        DataIssue(
            "clicks_above_impressions",
            "warn",
            "点击量大于展现量的行已剔除",
            "clicks above impressions",
            3,
            ("2026-11-03 毛毯 展现 5 点击 9", *names)[:5],
        ),
        DataIssue("no_bids", "info", "关键词列表没有出价的词按平均点击花费估计", "words without a bid", 5),
    )


def blocked(plan: Plan) -> Plan:
    """The same plan, stopped by its data."""
    issue = DataIssue(
        "unit_slip",
        "block",
        "平均点击花费比 28 天中位数高 98 倍，疑似把分当成元",
        "CPC jumped 98x",
        412,
        ("2026-11-20 毛毯 98.00",),
    )
    return replace(plan, issues=(issue, *plan.issues))
