"""Shows tables of words in a terminal: the columns that a person decides by, in Chinese, numbers to the right."""

from __future__ import annotations

from typing import Final

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bidopt.reporting.formats import DASH, cells, clean, clip, number

_HEADINGS: Final = {
    "keyword": "词",
    "product_id": "宝贝",
    "campaign_id": "计划",
    "match_type": "匹配",
    "source": "来源",
    "searches": "搜索人气",
    "bid": "出价",
    "expected_clicks": "点击/天",
    "expected_cost": "花费/天",
    "expected_revenue": "成交额/天",
    "test_value": "测试收益",
    "today": "今天",
    "why": "原因",
    "reason_zh": "理由",
}
"""Columns shown, in this order; the others are for machines."""

_SOURCES: Final = {
    "market": "市场词",
    "listed": "市场词",
    "search_term": "买家搜过",
    "combination": "词根组合",
}
_WORDS: Final = {
    "source": _SOURCES,
    "today": {"yes": "加"},
    "match_type": {"exact": "精准", "phrase": "短语"},
}
_WHOLE: Final = frozenset({"searches"})
_WHY: Final = ("why", "reason_zh")
_GIVE_WAY: Final = (
    *("source", "campaign_id", "expected_clicks", "product_id", "test_value"),
    *("expected_revenue", "searches", "expected_cost"),
)
"""Columns left out of narrow terminals, first of all the first."""

_LONGEST: Final = 24
"""Half-width cells of a word or a name."""

_GAP: Final = 3
"""Cells between two columns."""

_LEAST_WHY: Final = 30
"""Cells below which a reason is left out: a narrow terminal has no room for it."""


def print_words(table: pd.DataFrame, console: Console) -> None:
    """Print a table of words; a narrow terminal shows fewer columns.

    Args:
        table: any of the columns of `bidopt words`.
        console: a terminal.
    """
    if table.empty:
        console.print("没有。")
        return
    shown = _fitting({name: _texts(table[name], name) for name in _HEADINGS if name in table}, console.width)
    room = console.width - _width(shown)
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    columns = []
    for name, texts in shown.items():
        if name in _WHY and room < _LEAST_WHY:
            continue
        right = pd.api.types.is_numeric_dtype(table[name])
        grid.add_column(_HEADINGS[name], justify="right" if right else "left", no_wrap=True)
        columns.append([clip(text, room) for text in texts] if name in _WHY else texts)
    for row in zip(*columns, strict=True):
        grid.add_row(*map(Text, row))
    console.print(grid)


def _fitting(shown: dict[str, list[str]], width: int) -> dict[str, list[str]]:
    """The columns that fit side by side, with a word and a bid at least: a figure that is cut is another figure."""
    kept = dict(shown)
    for name in _GIVE_WAY:
        if _width(kept) > width:
            kept.pop(name, None)
    return kept


def _width(shown: dict[str, list[str]]) -> int:
    """Cells that the columns take but for the reasons, gaps included."""
    widths = [
        max(cells(_HEADINGS[name]), *map(cells, texts)) for name, texts in shown.items() if name not in _WHY
    ]
    return sum(widths) + _GAP * (len(widths) + 1)


def print_counts(counts: dict[str, int], console: Console) -> None:
    """Print how many words are in each state."""
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    grid.add_column("状态")
    grid.add_column("词数", justify="right")
    for state, count in counts.items():
        grid.add_row(state, f"{count:,}")
    console.print(grid)


def _texts(column: pd.Series[str], name: str) -> list[str]:
    if pd.api.types.is_numeric_dtype(column):
        return [number(float(value), 0 if name in _WHOLE else 2) for value in column]
    words = _WORDS.get(name, {})
    texts = [words.get(str(text), str(text)) for text in column]
    return (
        [clean(text) for text in texts]
        if name in _WHY
        else [clip(text or ("" if words else DASH), _LONGEST) for text in texts]
    )
