"""Finds a keyword in the newest plan and spells out its reasons."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from bidopt.domain.errors import StoppedError, UsageError, did_you_mean
from bidopt.domain.plan import ACTION_TEXTS, WORD_TEXTS
from bidopt.domain.reasons import ReasonText, render
from bidopt.jobs.shop import open_shop
from bidopt.publishing.plan_folder import newest
from bidopt.reporting.formats import currency_sign

MOST = 20


def explain_keyword(folder: Path, keyword: str) -> list[dict[str, str]]:
    """Rows of the newest plan whose keyword is `keyword`, or else contains it; at most MOST.

    Returns:
        Rows of bids.csv and keywords.csv as text, with file (which of the two), reason_zh, reason_en, state_zh,
        state_en, action_zh and limited_by_zh added.

    Raises:
        StoppedError: there is no plan yet.
        UsageError: the plan has no such keyword.
    """
    shop = open_shop(folder)
    plan = newest(shop.plans)
    if plan is None:
        raise StoppedError(f"{folder} 还没有计划", f"先运行 bidopt run {folder}")
    document = json.loads((plan / "plan.json").read_text(encoding="utf-8"))
    texts = {code: ReasonText(zh=text["zh"], en=text["en"]) for code, text in document["reasons"].items()}
    sign = currency_sign(document.get("currency", shop.settings.currency))
    rows = [{"file": name, **row} for name in ("bids.csv", "keywords.csv") for row in _rows(plan / name)]
    found = [row for row in rows if row["keyword"] == keyword] or [
        row for row in rows if keyword in row["keyword"]
    ]
    if not found:
        raise UsageError(
            f"{plan.name} 的计划里没有 {keyword!r}",
            did_you_mean(keyword, sorted({row["keyword"] for row in rows})),
        )
    return [
        {
            **row,
            "action_zh": (ACTION_TEXTS | WORD_TEXTS)[row.get("action") or row["kind"]].zh,
            "reason_zh": render(row["reason"], texts, "zh", sign),
            "reason_en": render(row["reason"], texts, "en", sign),
            "state_zh": render(row.get("state", ""), texts, "zh", sign),
            "state_en": render(row.get("state", ""), texts, "en", sign),
            "limited_by_zh": "、".join(
                document["limits"][name]["zh"] for name in row.get("limited_by", "").split("+") if name
            ),
        }
        for row in found[:MOST]
    ]


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))
