"""plan.json and reasons.csv: the plan's figures, notes, findings and reasons in words, for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from bidopt.domain.changes import ACTIONS
from bidopt.domain.metrics import number_or_none, ratio
from bidopt.domain.plan import GRADE_TEXTS, Plan
from bidopt.domain.reasons import ReasonText, decode, render_both
from bidopt.domain.subject_tests import SUBJECT_TESTS
from bidopt.domain.table_schema import TableSchema, text

SCHEMA_VERSION = 1
"""Version of plan.json's shape; raised when a program that read the old one would fail."""

REASONS = TableSchema(
    "reasons",
    "理由",
    (
        text("reason", "理由", "code and numbers, as in the other tables"),
        text("zh", "中文", "the sentence in Chinese"),
        text("en", "英文", "the sentence in English"),
    ),
    ("reason",),
)


def reasons_table(plan: Plan) -> pd.DataFrame:
    """Every distinct reason of the plan's rows once, sorted, in words; schema REASONS."""
    changes = plan.changes
    tables = (changes.bids, changes.budgets, changes.keywords, changes.titles)
    reasons = sorted({reason for table in tables for reason in table["reason"].unique()} - {""})
    words = [render_both(reason, plan.reasons, f"{plan.currency} ") for reason in reasons]
    return REASONS.conform({"reason": reasons, "zh": [zh for zh, _ in words], "en": [en for _, en in words]})


def plan_document(plan: Plan, sha256: Mapping[str, str]) -> bytes:
    """plan.json.

    Args:
        plan: what to describe.
        sha256: name -> hex digest of the plan folder's other files.
    """
    document = {
        "schema_version": SCHEMA_VERSION,
        "shop": plan.shop,
        "shop_name": plan.shop_name,
        "currency": plan.currency,
        "as_of": plan.as_of.isoformat(),
        "revision": plan.revision,
        "goals": plan.goals.model_dump(mode="json", by_alias=True),
        "totals": _totals(plan),
        "campaigns": _campaigns(plan),
        "notes": [_note(plan, note) for note in plan.notes],
        "subject_tests": _subject_tests(plan),
        "issues": [asdict(issue) for issue in plan.issues],
        "reasons": _texts(plan, plan.reasons),
        "limits": _texts(plan, plan.limits),
        "provenance": dict(plan.provenance),
        "files": dict(sha256),
    }
    return (
        json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False) + "\n"
    ).encode()


def _totals(plan: Plan) -> dict[str, Any]:
    bids, budgets = plan.changes.bids, plan.changes.budgets
    counts = bids["action"].value_counts()
    words = plan.changes.keywords
    added, blocked = (words[words["kind"] == kind] for kind in ("add", "negative"))
    clicks, cost, revenue = (
        _sum(pd.concat([bids[name], added[name]]))
        for name in ("expected_clicks", "expected_cost", "expected_revenue")
    )
    return {
        "keywords": len(bids),
        "actions": {action: int(counts.get(action, 0)) for action in ACTIONS},
        "new_words": _words(added),
        "negative_words": _words(blocked),
        "current_budget": _number(_sum(budgets["current_budget"])),
        "budget": _number(_sum(budgets["budget"])),
        "expected_clicks": _number(clicks),
        "expected_cost": _number(cost),
        "expected_revenue": _number(revenue),
        "expected_roas": _number(float(ratio(revenue, cost)), 4),
    }


def _words(words: pd.DataFrame) -> dict[str, Any]:
    """Number of words and what they bring, or take away, per day."""
    names = ("expected_clicks", "expected_cost", "expected_revenue", "expected_gain")
    return {"words": len(words), **{name: _number(float(words[name].sum())) for name in names}}


def _campaigns(plan: Plan) -> list[dict[str, Any]]:
    budgets = plan.changes.budgets
    table = plan.campaigns.assign(
        current_budget=budgets["current_budget"].to_numpy(), budget=budgets["budget"].to_numpy()
    )
    return [
        {
            "platform": row["platform"],
            "campaign_id": row["campaign_id"],
            "name": row["name"],
            "current_budget": _number(row["current_budget"]),
            "budget": _number(row["budget"]),
            "cost": _number(row["cost"]),
            "revenue": _number(row["revenue"]),
            "roas": _number(row["roas"], 4),
            "mature_roas": _number(row["mature_roas"], 4),
            "grade": {"code": row["grade"], **asdict(GRADE_TEXTS[row["grade"]])},
        }
        for row in table.to_dict("records")
    ]


def _subject_tests(plan: Plan) -> list[dict[str, Any]]:
    """Verdicts on products and creatives, numbers rounded to six digits, unknown ones null."""
    numbers = [column.name for column in SUBJECT_TESTS.columns if column.dtype == "number"]
    return [
        {
            **{str(name): value for name, value in row.items() if name not in {*numbers, "reason"}},
            **{name: _number(row[name], 6) for name in numbers},
            "verdict": _note(plan, row["reason"]),
        }
        for row in plan.subject_tests.to_dict("records")
    ]


def _note(plan: Plan, note: str) -> dict[str, Any]:
    (code, numbers), (zh, en) = decode(note), render_both(note, plan.reasons, f"{plan.currency} ")
    known = {name: number_or_none(value) for name, value in numbers.items()}
    return {"code": code, "numbers": known, "zh": zh, "en": en}


def _texts(plan: Plan, texts: Mapping[str, ReasonText]) -> dict[str, dict[str, str]]:
    """The templates; only numbers of the reason are left to fill in."""
    return {
        code: {
            language: text.replace("{currency}", f"{plan.currency} ")
            for language, text in asdict(both).items()
        }
        for code, both in texts.items()
    }


def _sum(column: pd.Series[Any]) -> float:
    """Sum of the known values; NaN when none is known."""
    return float(column.sum(min_count=1))


def _number(value: float, digits: int = 2) -> float | None:
    return number_or_none(np.round(value, digits))
