"""Words people read: column headings, match types, severities, reasons, notes and limits, all from the plan's own texts."""

from __future__ import annotations

import math
from typing import Final

from bidopt.domain.plan import Plan
from bidopt.domain.reasons import decode, render
from bidopt.domain.table_schema import Column, TableSchema
from bidopt.reporting.formats import currency_sign

MATCH_TYPES: Final = {"exact": "精准", "phrase": "短语", "broad": "广泛", "auto": "自动", "package": "词包"}

SEVERITIES: Final = {"block": "拦截", "warn": "留意", "info": "备查"}

OBJECTIVES: Final = {"revenue": "成交额最大", "profit": "利润最大"}

TARGET_ROAS: Final = "目标投产比"

ACCOUNT: Final = "账户层面"

SET_BUDGET: Final = "调预算"

CHANGE: Final = "变动"

MEANINGS: Final = {
    "current_bid": "报表或关键词列表里的出价；空白表示都没有",
    "base_bid": "当前出价；不知道时用近期平均点击花费代替，调幅从它算起",
    "bid": "今天要设的出价；空白表示不动",
    "budget": "今天要设的日限额",
    "expected_clicks": "按建议出价预计的每天点击",
    "expected_cost": "按建议出价预计的每天花费",
    "expected_revenue": "按建议出价预计的每天成交，已算上还会来的订单",
    "revenue_low": "成交有九成把握落在上下限之间",
    "revenue_high": "成交有九成把握落在上下限之间",
    "roas": "报表里已有的成交 ÷ 花费",
    "mature_roas": "算上还会来的订单的成交 ÷ 花费",
    "grade": "按成熟投产比",
    "gained_facts": "搜索: 只有新标题覆盖的；竞品: 在线商品数；预计访客: 平均每个竞品能分到的点击，不是保证",
    "lost_facts": "搜索: 只有旧标题覆盖的；成交: 含这个词的关键词近 30 天的订单",
    "expected_gain": "对店铺值多少：新词是测试的期望收益，否词是少花的钱减去少卖的",
    "days_proposed": "最近已在几天的计划里建议过，还没在词表或报表里看到",
    "limited_by": "什么限制了它，例如账户日预算、单日最大调幅；空白表示没有",
}
"""What a column holds, where its heading does not say it all."""

TITLE_KINDS: Final = {
    "rewrite": "改标题",
    "best_seller": "爆款，只供参考",
    "watch": "观察中",
    "keep": "保留新标题",
    "adjust": "再调整",
    "roll_back": "换回旧标题",
    "unchanged": "不改",
}

_OF_WORDS: Final = {
    "searches": ("搜索", "{:,.0f}"),
    "orders": ("近30天成交", "{:,.0f} 单"),
    "rivals": ("竞品", "{:,.0f}"),
    "visits": ("预计访客", "{:,.1f}"),
}


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
    return render(encoded, plan.reasons, language, currency_sign(plan.currency))


def word_facts(facts: str) -> str:
    """Facts of words, as titles.csv has them, in Chinese; unknown figures are left out."""
    told = []
    for entry in filter(None, facts.split("|")):
        word, numbers = decode(entry)
        known = ((_OF_WORDS[name], value) for name, value in numbers.items() if math.isfinite(value))
        told.append(f"{word}（{'，'.join(f'{name} {form.format(value)}' for (name, form), value in known)}）")
    return "；".join(told)


def proposed(days: float) -> str:
    """Since when a word is proposed, in Chinese; empty where it is new today."""
    return f"已建议 {days:.0f} 天，还没见效" if days > 0 else ""


def notes(plan: Plan) -> tuple[str, ...]:
    """What holds for the account as a whole, in Chinese sentences."""
    return tuple(reason(plan, note) for note in plan.notes)


def limits(plan: Plan, limited_by: str) -> str:
    """The limits of a `limited_by` text in Chinese; a code without title stands as it is."""
    codes = [code for code in limited_by.split("+") if code]
    return "、".join(plan.limits[code].zh if code in plan.limits else code for code in codes)
