"""How far the words in test have come, and what dropping saves: one reading for page and workbook."""

from __future__ import annotations

from dataclasses import dataclass

from bidopt.domain.reasons import decode
from bidopt.reporting import labels
from bidopt.reporting.digest import Digest
from bidopt.reporting.formats import money

_FUNNEL, _SAVINGS = "test_funnel", "drops_save"
_NOTES = (_SAVINGS, "test_budget", "product_tests", "no_interest_known", "no_category_known")
_WEEK = 7


@dataclass(frozen=True)
class Stage:
    """A step of the funnel.

    Args:
        name: what it is called.
        words: that got there.
        meaning: one line about it.
    """

    name: str
    words: float
    meaning: str


@dataclass(frozen=True)
class WordFunnel:
    """The funnel of a plan.

    Args:
        stages: from all words in play to what becomes of them today.
        told: sentences on money and on what is still to be tested.
    """

    stages: tuple[Stage, ...]
    told: tuple[str, ...]


def word_funnel(short: Digest) -> WordFunnel | None:
    """The funnel of a plan whose policies test words; None for others."""
    numbers = {code: told for code, told in map(decode, short.plan.notes) if code in {_FUNNEL, _SAVINGS}}
    if _FUNNEL not in numbers:
        return None
    seen = numbers[_FUNNEL]
    dropped, passed = short.counts["pause"], seen["passed"]
    lowered = _lowered(short)
    stages = (
        Stage("在投", seen["running"], "今天在投的词"),
        Stage("测满天数", seen["tested"], "完整投放日够了"),
        Stage("数据够判断", seen["judged"], "通过或该删"),
        Stage("通过，保留", passed - lowered, "划算的把握够高，不降价"),
        Stage("通过，降价", lowered, "词留下，出价今天降"),
        Stage("判为该删", seen["dropped"], f"护栏之前；估计误删 {seen['wrong']:.2f} 个"),
        Stage("今天删", dropped, "护栏之后"),
        Stage("延长", seen["extended"], "数据还不够，接着测"),
        Stage("先加价", seen["to_raise"], "没有展现，先加价再判断"),
    )
    notes = tuple(labels.reason(short.plan, note) for note in short.plan.notes if decode(note)[0] in _NOTES)
    return WordFunnel(stages, (*_saved_today(short, numbers.get(_SAVINGS)), *notes))


def is_of_tests(note: str) -> bool:
    """Whether the section on tests tells an encoded note."""
    return decode(note)[0] in {_FUNNEL, *_NOTES}


def _lowered(short: Digest) -> int:
    """Words that passed and whose bid falls today."""
    rows = short.rows
    passed = rows["state"].str.startswith("graduated")
    return int((passed & (rows["action"] == "set_bid") & (rows["change"] < 0)).sum())


def _saved_today(short: Digest, before: dict[str, float] | None) -> tuple[str, ...]:
    """What today's drops save in a week after limits, its interval as wide as that of all verdicts."""
    saved = _WEEK * float(short.dropped["spend"].sum())
    if before is None or not saved > 0 or not before["saved"] > 0:
        return ()
    sums = (saved * before[name] / before["saved"] for name in ("saved", "low", "high"))
    total, low, high = (money(value, short.plan.currency) for value in sums)
    return (
        f"今天真正删的 {len(short.dropped)} 词（护栏之后）预计每周省 {total}（九成把握在 {low} 到 {high} 之间）",
    )
