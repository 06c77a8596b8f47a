"""A backtest in the terminal: what to know, a line per policy, and where the page lies."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bidopt.domain.scorecard import Scorecard
from bidopt.reporting.backtest_rows import (
    CHANCE_HEADINGS,
    HEADINGS,
    SUPPORT,
    chance_rows,
    chance_sentence,
    rows,
    sentences,
)
from bidopt.reporting.formats import clean, clip
from bidopt.reporting.policy_names import policy_name

_STYLES: Final = {"更好": "green", "更差": "red"}
_NARROW: Final = ("成交", "投产比", "成交差", "利润差", SUPPORT)
_WIDE: Final = 130
"""Columns from which all figures fit side by side."""


def print_backtest(card: Scorecard, console: Console, *, page: Path) -> None:
    """Print a backtest in short.

    Args:
        card: the scorecard.
        console: where to; its width decides how many figures are shown.
        page: the page, named in the last line.
    """
    console.print(Text(f"{clip(card.shop_name, 40)} 回测 {clean(card.name)}", style="bold"))
    for sentence in sentences(card):
        console.print(Text(sentence))
    shown = HEADINGS if console.width >= _WIDE else _NARROW
    table = Table(
        title=Text(
            f"括号里是 95% 区间；差额是和“{policy_name(card.baseline)}”比，"
            "结论看利润差的区间 (不知道毛利率时看成交差)"
        ),
        title_justify="left",
        title_style="",
        box=box.SIMPLE_HEAD if console.is_terminal else None,
        pad_edge=False,
    )
    table.add_column("策略")
    for heading in shown:
        table.add_column(heading, justify="right")
    table.add_column("结论", no_wrap=True)
    for row in rows(card):
        cells = [(h, c) for h, c in zip(HEADINGS, row.cells, strict=True) if h in shown]
        texts = [Text(f"{c.text}\n({c.sub})" if c.sub and h != SUPPORT else c.text) for h, c in cells]
        said = row.verdict + ("*" if row.doubtful and row.verdict else "")
        table.add_row(Text(row.name), *texts, Text(said, style=_STYLES.get(row.verdict, "")))
    console.print(table)
    if any(row.doubtful for row in rows(card)):
        console.print(
            Text(
                "* 10% 以上的花费，出价比日志里该词出过的价都高或都低：这部分靠模型推算，没有日志作证，结论别当定论"
            )
        )
    _print_chance(card, console)
    console.print(Text.assemble(("报告：", "bold"), clean(str(page))), soft_wrap=True)


def _print_chance(card: Scorecard, console: Console) -> None:
    """What drawn bids say, where they say something."""
    found = chance_rows(card)
    if not found:
        return
    console.print(Text(chance_sentence(card)))
    for name, cells in found:
        if isinstance(cells, str):
            console.print(Text(f"  {name}: 说不了，{cells}"))
            continue
        figures = zip(CHANCE_HEADINGS, cells, strict=True)
        told = [f"{heading} {c.text}" + (f" ({c.sub})" if c.sub else "") for heading, c in figures]
        console.print(Text(f"  {name}: {'；'.join(told)}"))
