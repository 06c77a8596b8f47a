"""The columns of the workbook's sheets on tests: the funnel of words, products and creatives."""

from __future__ import annotations

import pandas as pd

from bidopt.domain.plan import Plan
from bidopt.domain.subject_tests import CREATIVE, SUBJECT_TESTS
from bidopt.reporting import labels
from bidopt.reporting.sheet import Kind, SheetColumn
from bidopt.reporting.word_funnel import WordFunnel

_KINDS: dict[str, Kind] = {
    "": "text",
    "count": "count",
    "currency": "money",
    "fraction": "share",
    "days": "count",
}


def funnel_columns(funnel: WordFunnel) -> tuple[SheetColumn, ...]:
    """测词漏斗: the stages, then what there is to say about money."""
    blank = [float("nan")] * len(funnel.told)
    return (
        SheetColumn("环节", "text", [*(stage.name for stage in funnel.stages), *([""] * len(blank))]),
        SheetColumn("词数", "count", [*(stage.words for stage in funnel.stages), *blank]),
        SheetColumn("说明", "long", [*(stage.meaning for stage in funnel.stages), *funnel.told]),
    )


def subject_columns(plan: Plan, rows: pd.DataFrame, kind: str) -> tuple[SheetColumn, ...]:
    """测款, 测图: one row per product or creative.

    Args:
        plan: the plan told of.
        rows: of its `subject_tests`, all of one kind.
        kind: PRODUCT or CREATIVE.
    """
    unused = {
        "kind",
        "reason",
        *(("turn", "interest") if kind == CREATIVE else ("creative_id", "needed_impressions")),
    }
    shown = (column for column in SUBJECT_TESTS.columns if column.name not in unused)
    return (
        *(
            SheetColumn(
                labels.column_heading(column), _kind(column.name, column.unit), rows[column.name].tolist()
            )
            for column in shown
        ),
        SheetColumn(
            SUBJECT_TESTS.column("reason").chinese,
            "long",
            [labels.reason(plan, reason) for reason in rows["reason"]],
            "够了，还是还差多少、约几天",
        ),
        SheetColumn("Verdict", "long", [labels.reason(plan, reason, "en") for reason in rows["reason"]]),
    )


def _kind(name: str, unit: str) -> Kind:
    return "cost" if name == "cost" else _KINDS.get(unit, "ratio")
