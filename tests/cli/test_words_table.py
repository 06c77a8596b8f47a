"""Tables of words in a terminal: aligned, cut to its width, and nothing in them is taken for a command."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from rich.cells import cell_len
from rich.console import Console

from bidopt.cli.words_table import print_words

TABLE = pd.DataFrame(
    {
        "product_id": ["100", "100"],
        "keyword": ["女士纯棉睡衣", "[bold]睡衣\x1b[31m"],
        "source": ["market", "combination"],
        "searches": [12_345.0, float("nan")],
        "bid": [1.5, 0.25],
        "today": ["yes", ""],
        "reason_zh": ["市场搜索词，还没买；预计转化率 3.1%，测试 28 天的期望收益 ¥41.20" * 2, "由词根组成"],
        "reason_en": ["a market search term", "roots that go together"],
    }
)


def printed(table: pd.DataFrame, width: int) -> str:
    console = Console(file=io.StringIO(), force_terminal=True, width=width, color_system=None)
    print_words(table, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [80, 120, 200])
def test_no_line_is_longer_than_the_terminal_is_wide(width: int) -> None:
    lines = printed(TABLE, width).splitlines()
    assert max(map(cell_len, lines)) <= width


def test_words_and_numbers_are_told_in_chinese_and_the_english_is_left_to_machines() -> None:
    text = printed(TABLE, 160)
    assert all(
        part in text for part in ("女士纯棉睡衣", "市场词", "词根组合", "12,345", "1.50", "理由", "还没买")
    )
    assert "a market search term" not in text


def test_foreign_text_stays_text() -> None:
    text = printed(TABLE, 160)
    assert "[bold]睡衣" in text
    assert "\x1b" not in text


def test_nothing_to_list_is_said() -> None:
    assert "没有" in printed(TABLE.head(0), 80)
