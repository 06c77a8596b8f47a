"""Today's work: the few changes that move most money, as one list of bids, words and budgets."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from bidopt.domain.plan import ACTION_TEXTS, WORD_TEXTS, Plan
from bidopt.reporting import labels

MOST_WORK: Final = 50
"""Longest list a person is given for one morning."""

_NAN: Final = float("nan")


@dataclass(frozen=True)
class WorkItem:
    """One thing to do today; its texts are as in the data and still to be cleaned or clipped.

    Args:
        kind: block, budget, negative, or the action of a bid or new word (set_bid, pause, resume, add).
        action: the kind in Chinese.
        target: keyword, campaign name of a budget, or name of the check that blocks.
        platform: ad platform; empty for data issues.
        campaign: campaign name; empty for data issues.
        match: match type in Chinese.
        old: bid or daily budget in force; NaN where unknown.
        new: bid or daily budget to set; NaN where nothing is set.
        change: new / old - 1.
        delta: money per day spent more (or less, negative) afterwards; NaN where unknown.
        why: reason in Chinese, `why_en` in English.
        limits: what limited it, in Chinese.
    """

    kind: str
    action: str
    target: str
    why: str
    why_en: str
    platform: str = ""
    campaign: str = ""
    match: str = ""
    old: float = _NAN
    new: float = _NAN
    change: float = _NAN
    delta: float = _NAN
    limits: str = ""


def work_list(
    plan: Plan, rows: pd.DataFrame, budgets: pd.DataFrame, words: Mapping[str, pd.DataFrame]
) -> tuple[WorkItem, ...]:
    """At most MOST_WORK items: blocking data issues first, then by money moved per day.

    Args:
        plan: the plan told of.
        rows: its `keyword_rows`.
        budgets: its `budget_rows`.
        words: its `word_rows` by kind.
    """
    blocks = [
        WorkItem("block", labels.SEVERITIES["block"], issue.code, issue.zh, issue.en)
        for issue in plan.issues
        if issue.severity == "block"
    ]
    moving = rows[rows["action"] != "keep"].head(MOST_WORK)
    shifting = budgets[budgets["changed"]].head(MOST_WORK)
    items = [_of_bid(plan, row) for row in moving.to_dict("records")]
    items += [_of_budget(plan, row) for row in shifting.to_dict("records")]
    items += [
        _of_word(plan, row) for table in words.values() for row in table.head(MOST_WORK).to_dict("records")
    ]
    items.sort(key=lambda item: 0.0 if math.isnan(item.delta) else -abs(item.delta))
    return tuple([*blocks, *items][:MOST_WORK])


def _of_bid(plan: Plan, row: dict[Any, Any]) -> WorkItem:
    action = row["action"]
    return WorkItem(
        kind=action,
        action=ACTION_TEXTS[action].zh,
        target=row["keyword"],
        match=labels.match_type(row["match_type"]),
        new=_NAN if action == "pause" else row["bid"],
        change=_NAN if action == "pause" else row["change"],
        old=row["base_bid"],
        **_shared(plan, row),
    )


def _of_budget(plan: Plan, row: dict[Any, Any]) -> WorkItem:
    return WorkItem(
        kind="budget",
        action=labels.SET_BUDGET,
        target=row["campaign"],
        new=row["budget"],
        change=row["change"],
        old=row["current_budget"],
        **_shared(plan, row),
    )


def _of_word(plan: Plan, row: dict[Any, Any]) -> WorkItem:
    return WorkItem(
        kind=row["kind"],
        action=WORD_TEXTS[row["kind"]].zh,
        target=row["keyword"],
        match=labels.match_type(row["match_type"]),
        new=row["bid"],
        **_shared(plan, {**row, "limited_by": ""}),
    )


def _shared(plan: Plan, row: dict[Any, Any]) -> dict[str, Any]:
    return {
        "platform": row["platform"],
        "campaign": row["campaign"],
        "delta": row["delta"],
        "why": labels.reason(plan, row["reason"]),
        "why_en": labels.reason(plan, row["reason"], "en"),
        "limits": labels.limits(plan, row["limited_by"]),
    }
