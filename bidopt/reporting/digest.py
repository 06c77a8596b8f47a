"""The plan in short: today's work, counts and totals, computed in one way for page, workbook and terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from bidopt.decisions.pruning.life import NOT_RUNNING
from bidopt.domain.changes import titles_to_set
from bidopt.domain.metrics import grade_of, ratio
from bidopt.domain.plan import ACTION_TEXTS, WORD_TEXTS, Plan
from bidopt.reporting.plan_rows import budget_rows, keyword_rows, word_rows
from bidopt.reporting.work_list import WorkItem, work_list


@dataclass(frozen=True)
class Totals:
    """The shop now and under the plan; money per day, NaN where unknown.

    Args:
        cost: spent now.
        mature_roas: revenue / cost once late orders are in, over the campaigns' cost.
        revenue: mature revenue now.
        grade: grade of mature_roas.
        roas: revenue / cost of a day now.
        planned_cost: cost if the plan is set, words to add included; rows without a forecast go on as they are.
        planned_revenue: mature revenue likewise.
        test_cost: part of planned_cost that is for words to add.
        planned_roas: planned_revenue / planned_cost.
    """

    cost: float
    mature_roas: float
    revenue: float
    grade: str
    roas: float
    planned_cost: float
    planned_revenue: float
    test_cost: float
    planned_roas: float


_TEST_OVER = (*NOT_RUNNING, "graduated")
"""States of words that are in no test."""


@dataclass(frozen=True)
class Digest:
    """What readers see first.

    Args:
        plan: the plan told of.
        rows: its `keyword_rows`.
        budgets: its `budget_rows`.
        new_words, negatives: its `word_rows`.
        counts: each action of a bid -> rows; raise, cut (of set_bid), budget, new_word, negative, title.
        totals: now against planned.
        work: today's work list.
    """

    plan: Plan
    rows: pd.DataFrame
    budgets: pd.DataFrame
    new_words: pd.DataFrame
    negatives: pd.DataFrame
    counts: Mapping[str, int]
    totals: Totals
    work: tuple[WorkItem, ...]

    @property
    def changed(self) -> pd.DataFrame:
        """Bids to set, resume or add, most money first."""
        return self.rows[self.rows["action"].isin(["set_bid", "resume", "add"])]

    @property
    def dropped(self) -> pd.DataFrame:
        """Words to drop, most money first."""
        return self.rows[self.rows["action"] == "pause"]

    @property
    def in_test(self) -> pd.DataFrame:
        """Words whose test is not over, most money first."""
        code = self.rows["state"].str.split(" ").str[0]
        return self.rows[~code.isin(_TEST_OVER) & (self.rows["action"] != "pause")]

    @property
    def blocked(self) -> bool:
        """Whether a data issue forbids publishing."""
        return any(issue.severity == "block" for issue in self.plan.issues)


def digest(plan: Plan) -> Digest:
    """Read a plan for people; the plan is not changed."""
    rows = keyword_rows(plan)
    budgets = budget_rows(plan)
    words = {kind: word_rows(plan, kind) for kind in WORD_TEXTS}
    return Digest(
        plan=plan,
        rows=rows,
        budgets=budgets,
        new_words=words["add"],
        negatives=words["negative"],
        counts=_counts(plan, rows, budgets),
        totals=_totals(plan, rows, words["add"]),
        work=work_list(plan, rows, budgets, words),
    )


def _counts(plan: Plan, rows: pd.DataFrame, budgets: pd.DataFrame) -> dict[str, int]:
    per_action = rows["action"].value_counts()
    moved = rows.loc[rows["action"] == "set_bid", "change"]
    per_kind = plan.changes.keywords["kind"].value_counts()
    return {action: int(per_action.get(action, 0)) for action in ACTION_TEXTS} | {
        "raise": int((moved > 0).sum()),
        "cut": int((moved < 0).sum()),
        "budget": int(budgets["changed"].sum()),
        "new_word": int(per_kind.get("add", 0)),
        "negative": int(per_kind.get("negative", 0)),
        "title": len(titles_to_set(plan.changes.titles)),
    }


def _totals(plan: Plan, rows: pd.DataFrame, added: pd.DataFrame) -> Totals:
    cost = float(rows["spend"].sum(min_count=1))
    judged = plan.campaigns.loc[plan.campaigns["mature_roas"].notna(), ["mature_roas", "cost"]]
    mature = float(ratio((judged["mature_roas"] * judged["cost"]).sum(), judged["cost"].sum()))
    revenue = float(rows["earned"].sum(min_count=1))
    test_cost, test_revenue = (float(added[f"expected_{name}"].sum()) for name in ("cost", "revenue"))
    planned_cost = float(rows["planned_cost"].sum(min_count=1)) + test_cost
    planned_revenue = float(rows["planned_revenue"].sum(min_count=1)) + test_revenue
    grades = plan.goals.roas_grades
    return Totals(
        cost=cost,
        mature_roas=mature,
        revenue=revenue,
        grade=grade_of(mature, grades.passing, grades.good, grades.excellent),
        roas=float(ratio(revenue, cost)),
        planned_cost=planned_cost,
        planned_revenue=planned_revenue,
        test_cost=test_cost,
        planned_roas=float(ratio(planned_revenue, planned_cost)),
    )
