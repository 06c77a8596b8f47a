"""Words people read: column headings, match types, severities, reasons and limits, all from the plan's own texts."""

from __future__ import annotations

import re
from typing import Final

from bidopt.domain.plan import Plan
from bidopt.domain.reasons import render
from bidopt.domain.table_schema import Column, TableSchema
from bidopt.reporting.formats import DASH

MATCH_TYPES: Final = {"exact": "精准", "phrase": "短语", "broad": "广泛", "auto": "自动", "package": "词包"}

SEVERITIES: Final = {"block": "拦截", "warn": "留意", "info": "备查"}

OBJECTIVES: Final = {"revenue": "成交额最大", "profit": "利润最大"}

TARGET_ROAS: Final = "目标投产比"

SET_BUDGET: Final = "调预算"

CHANGE: Final = "变动"

_NOT_A_NUMBER: Final = re.compile(r"(?<![A-Za-z])[+-]?nan%?(?![A-Za-z])")


def heading(schema: TableSchema, name: str) -> str:
    """The Chinese heading of a column; amounts per day say so."""
    return column_heading(schema.column(name))


def column_heading(column: Column) -> str:
    """As `heading`, of a column at hand."""
    per_day = column.unit.endswith("/day") and "日" not in column.chinese
    return f"{column.chinese}/天" if per_day else column.chinese


def match_type(code: str) -> str:
    """A match type in Chinese; an unknown one as it stands."""
    return MATCH_TYPES.get(code, code)


def reason(plan: Plan, encoded: str, language: str = "zh") -> str:
    """The sentence of an encoded reason, unknown numbers as —."""
    return _NOT_A_NUMBER.sub(DASH, render(encoded, plan.reasons, language))


def limits(plan: Plan, limited_by: str) -> str:
    """The guardrails of a `limited_by` text in Chinese; a code without title stands as it is."""
    codes = [code for code in limited_by.split("+") if code]
    return "、".join(plan.limits[code].zh if code in plan.limits else code for code in codes)
