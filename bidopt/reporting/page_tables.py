"""The tables of the report page, as cells ready to be shown: cleaned, clipped, formatted, capped."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from bidopt.domain.changes import BIDS, BUDGETS, KEYWORDS, TITLES
from bidopt.domain.plan import CAMPAIGN_SUMMARY, GRADE_TEXTS, KEYWORD_SUMMARY, Plan
from bidopt.domain.subject_tests import CREATIVE, SUBJECT_TESTS
from bidopt.reporting import labels
from bidopt.reporting.differences import Piece, differences
from bidopt.reporting.digest import Digest
from bidopt.reporting.formats import DASH, clip, money, number, percent
from bidopt.reporting.word_funnel import WordFunnel

_MOST_KEYWORDS: Final = 60
_MOST_CAMPAIGNS: Final = 30
_MOST_WORDS: Final = 30
_NAME_WIDTH: Final = 44
_WHY_WIDTH: Final = 150
_TITLE_WIDTH: Final = 130


@dataclass(frozen=True)
class Cell:
    """One cell.

    Args:
        text: what it says.
        sub: a smaller second line.
        look: its style: num, up, down, or grade-<grade>.
        pieces: its text in pieces, where some are to stand out.
    """

    text: str
    sub: str = ""
    look: str = ""
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table of the page.

    Args:
        headings: column heading and style; a `wide` column is left out on a phone.
        rows: cells, one per heading.
        left: rows not shown.
        file: machine file that has them all.
    """

    headings: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    left: int
    file: str


def change_cell(change: float) -> Cell:
    """A relative change with an arrow, so that colour is not needed to read it."""
    text = percent(change, 0, signed=True)
    if text in {DASH, "0%"}:
        return Cell(text, look="num")
    return Cell(f"▲ {text}", look="num up") if change > 0 else Cell(f"▼ {text}", look="num down")


def campaign_table(plan: Plan) -> Table:
    """How campaigns did, largest spenders first."""
    ranked = plan.campaigns.sort_values("cost", ascending=False, kind="stable")
    several_platforms = len(plan.campaigns["platform"].unique()) > 1

    def row(c: dict[Any, Any]) -> tuple[Cell, ...]:
        return (
            Cell(
                clip(c["name"] or c["campaign_id"], _NAME_WIDTH),
                clip(c["platform"], _NAME_WIDTH) if several_platforms else "",
            ),
            _money(plan, c["cost"]),
            _number(c["clicks"]),
            _number(c["conversions"]),
            _money(plan, c["revenue"]),
            _number(c["roas"], 2),
            _number(c["mature_roas"], 2),
            Cell(GRADE_TEXTS[c["grade"]].zh, look=f"grade-{c['grade']}"),
        )

    names = ("name", "cost", "clicks", "conversions", "revenue", "roas", "mature_roas", "grade")
    looks = ("", "num", "num wide", "num wide", "num wide", "num wide", "num", "")
    headings = tuple(
        Cell(labels.heading(CAMPAIGN_SUMMARY, n), look=k) for n, k in zip(names, looks, strict=True)
    )
    return _table(headings, ranked, row, _MOST_CAMPAIGNS, "budgets.csv")


def budget_table(digest: Digest) -> Table:
    """Budgets, those to change first."""
    plan = digest.plan

    def row(b: dict[Any, Any]) -> tuple[Cell, ...]:
        return (
            Cell(clip(b["campaign"], _NAME_WIDTH)),
            _money(plan, b["current_budget"]),
            _money(plan, b["budget"]),
            change_cell(b["change"]) if b["changed"] else Cell("不变", look="num"),
            _why(plan, b),
        )

    headings = (
        Cell(labels.heading(CAMPAIGN_SUMMARY, "name")),
        Cell(labels.heading(BUDGETS, "current_budget"), look="num"),
        Cell(labels.heading(BUDGETS, "budget"), look="num"),
        Cell(labels.CHANGE, look="num"),
        Cell(labels.heading(BUDGETS, "reason")),
    )
    return _table(headings, digest.budgets, row, _MOST_CAMPAIGNS, "budgets.csv")


def bid_table(digest: Digest) -> Table:
    """Bids to change, most money first."""
    plan = digest.plan

    def row(b: dict[Any, Any]) -> tuple[Cell, ...]:
        span = f"{money(b['revenue_low'], plan.currency)} – {money(b['revenue_high'], plan.currency)}"
        return (
            _keyword(b),
            _money(plan, b["base_bid"]),
            _money(plan, b["bid"]),
            change_cell(b["change"]),
            _number(b["clicks"]),
            _money(plan, b["cost"]),
            _number(b["roas"], 2),
            _money(plan, b["expected_cost"]),
            Cell(money(b["expected_revenue"], plan.currency), span, "num"),
            _why(plan, b),
        )

    headings = (
        Cell(labels.heading(BIDS, "keyword")),
        Cell(labels.heading(KEYWORD_SUMMARY, "base_bid"), look="num"),
        Cell(labels.heading(BIDS, "bid"), look="num"),
        Cell(labels.CHANGE, look="num"),
        Cell(labels.heading(KEYWORD_SUMMARY, "clicks"), look="num wide"),
        Cell(labels.heading(KEYWORD_SUMMARY, "cost"), look="num wide"),
        Cell(labels.heading(CAMPAIGN_SUMMARY, "roas"), look="num wide"),
        Cell(labels.heading(BIDS, "expected_cost"), look="num wide"),
        Cell(labels.heading(BIDS, "expected_revenue"), "区间", "num wide"),
        Cell(labels.heading(BIDS, "reason")),
    )
    return _table(headings, digest.changed, row, _MOST_KEYWORDS, "bids.csv")


def dropped_table(digest: Digest) -> Table:
    """Words to drop, most money first."""
    plan = digest.plan

    def row(b: dict[Any, Any]) -> tuple[Cell, ...]:
        return (
            _keyword(b),
            _number(b["quality_score"]),
            _number(b["impressions"]),
            _number(b["clicks"]),
            _money(plan, b["cost"]),
            _number(b["conversions"]),
            _number(b["roas"], 2),
            _why(plan, b),
        )

    names = ("keyword", "quality_score", "impressions", "clicks", "cost", "conversions")
    looks = ("", "num wide", "num wide", "num wide", "num", "num")
    headings = (
        *(Cell(labels.heading(KEYWORD_SUMMARY, n), look=k) for n, k in zip(names, looks, strict=True)),
        Cell(labels.heading(CAMPAIGN_SUMMARY, "roas"), look="num wide"),
        Cell(labels.heading(BIDS, "reason")),
    )
    return _table(headings, digest.dropped, row, _MOST_KEYWORDS, "bids.csv")


def funnel_table(funnel: WordFunnel) -> Table:
    """The funnel of the words in test; shares are of all words in play."""
    every = funnel.stages[0].words
    rows = tuple(
        (
            Cell(stage.name),
            _number(stage.words),
            Cell(percent(stage.words / every if every else float("nan"), 0), look="num"),
            Cell(stage.meaning),
        )
        for stage in funnel.stages
    )
    headings = (Cell("环节"), Cell("词数", look="num"), Cell("占在投", look="num"), Cell("说明"))
    return Table(headings, rows, 0, "")


def open_test_table(digest: Digest) -> Table:
    """Words whose test goes on, and what is still missing; most money first."""
    plan = digest.plan

    def row(b: dict[Any, Any]) -> tuple[Cell, ...]:
        told = Cell(clip(labels.reason(plan, b["state"]), _WHY_WIDTH))
        return (_keyword(b), _number(b["clicks"]), _money(plan, b["cost"]), _number(b["conversions"]), told)

    names, looks = ("keyword", "clicks", "cost", "conversions"), ("", "num", "num wide", "num")
    headings = (
        *(Cell(labels.heading(KEYWORD_SUMMARY, n), look=k) for n, k in zip(names, looks, strict=True)),
        Cell(labels.heading(BIDS, "state")),
    )
    return _table(headings, digest.in_test, row, _MOST_WORDS, "bids.csv")


def subject_table(plan: Plan, kind: str) -> Table:
    """Verdicts on the products or creatives in test."""
    tests = plan.subject_tests[plan.subject_tests["kind"] == kind]

    def row(t: dict[Any, Any]) -> tuple[Cell, ...]:
        name = t["creative_id"] or t["product_id"]
        return (
            Cell(clip(name, _NAME_WIDTH), clip(t["title"], _NAME_WIDTH)),
            _number(t["turn"]),
            _number(t["impressions"]),
            _number(t["clicks"]),
            Cell(percent(t["ctr"], 2), look="num"),
            Cell(percent(t["usual_ctr"], 2), look="num"),
            Cell(percent(t["interest"], 1), look="num"),
            Cell(clip(labels.reason(plan, t["reason"]), _WHY_WIDTH)),
        )

    names = ("turn", "impressions", "clicks", "ctr", "usual_ctr", "interest")
    looks = ("num", "num wide", "num", "num", "num wide", "num wide")
    headings = (
        Cell("创意" if kind == CREATIVE else "宝贝"),
        *(Cell(labels.heading(SUBJECT_TESTS, n), look=k) for n, k in zip(names, looks, strict=True)),
        Cell(labels.heading(SUBJECT_TESTS, "reason")),
    )
    return _table(headings, tests, row, _MOST_CAMPAIGNS, "plan.json")


def title_table(plan: Plan) -> Table:
    """Titles to set and those that are watched: old above new, what differs marked, and the facts of each word."""

    def row(t: dict[Any, Any]) -> tuple[Cell, ...]:
        old, new = (clip(t[name], _TITLE_WIDTH) for name in ("current_title", "title"))
        changed = old != new
        before, after = differences(old, new) if changed else ((), ())
        return (
            Cell(labels.TITLE_KINDS.get(t["kind"], t["kind"]), clip(t["product_id"], _NAME_WIDTH)),
            Cell(old, look="lost", pieces=before),
            Cell(new if changed else DASH, look="gained", pieces=after),
            Cell(number(t["width"]), look="num wide"),
            Cell(number(t["demand_gain"]), look="num"),
            Cell(clip(labels.word_facts(t["gained_facts"]), _WHY_WIDTH) or DASH, look="wide"),
            Cell(clip(labels.word_facts(t["lost_facts"]), _WHY_WIDTH) or DASH, look="wide"),
            Cell(clip(labels.reason(plan, t["reason"]), 2 * _WHY_WIDTH)),
        )

    headings = (
        Cell(labels.heading(TITLES, "kind")),
        Cell(labels.heading(TITLES, "current_title")),
        Cell(labels.heading(TITLES, "title")),
        Cell(labels.heading(TITLES, "width"), look="num wide"),
        Cell(labels.heading(TITLES, "demand_gain"), look="num"),
        Cell(labels.heading(TITLES, "gained_words"), look="wide"),
        Cell(labels.heading(TITLES, "lost_words"), look="wide"),
        Cell(labels.heading(TITLES, "reason")),
    )
    return _table(headings, plan.changes.titles, row, _MOST_CAMPAIGNS, "titles.csv")


def new_word_table(digest: Digest) -> Table:
    """Words to add, those worth most first."""
    plan = digest.plan

    def row(w: dict[Any, Any]) -> tuple[Cell, ...]:
        return (
            _keyword(w),
            _money(plan, w["bid"]),
            _number(w["expected_clicks"], 1),
            _money(plan, w["expected_cost"]),
            _money(plan, w["expected_revenue"]),
            _money(plan, w["expected_gain"]),
            _proposed(plan, w),
        )

    return _table(_word_headings("bid"), digest.new_words, row, _MOST_WORDS, "keywords.csv")


def negative_table(digest: Digest) -> Table:
    """Words to block, those that save most first."""
    plan = digest.plan

    def row(w: dict[Any, Any]) -> tuple[Cell, ...]:
        return (
            _keyword(w),
            _number(w["expected_clicks"], 1),
            _money(plan, w["expected_cost"]),
            _money(plan, w["expected_revenue"]),
            _money(plan, w["expected_gain"]),
            _proposed(plan, w),
        )

    return _table(_word_headings(**_TAKEN_AWAY), digest.negatives, row, _MOST_WORDS, "keywords.csv")


_TAKEN_AWAY: Final = {
    "expected_clicks": "少点击/天",
    "expected_cost": "少花费/天",
    "expected_revenue": "少成交/天",
    "expected_gain": "净省/天",
}
"""What the columns of a word to block hold."""


def _word_headings(*more: str, **called: str) -> tuple[Cell, ...]:
    names = (
        "keyword",
        *more,
        "expected_clicks",
        "expected_cost",
        "expected_revenue",
        "expected_gain",
        "reason",
    )
    looks = {"keyword": "", "reason": "", "expected_clicks": "num wide", "expected_revenue": "num wide"}
    return tuple(
        Cell(called.get(name, labels.heading(KEYWORDS, name)), look=looks.get(name, "num")) for name in names
    )


def _proposed(plan: Plan, row: dict[Any, Any]) -> Cell:
    return Cell(clip(labels.reason(plan, row["reason"]), _WHY_WIDTH), labels.proposed(row["days_proposed"]))


def _table(
    headings: Iterable[Cell],
    source: pd.DataFrame,
    row: Callable[[dict[Any, Any]], tuple[Cell, ...]],
    most: int,
    file: str,
) -> Table:
    rows = tuple(row(record) for record in source.head(most).to_dict("records"))
    return Table(tuple(headings), rows, max(len(source) - most, 0), file)


def _money(plan: Plan, value: float) -> Cell:
    return Cell(money(value, plan.currency), look="num")


def _number(value: float, decimals: int = 0) -> Cell:
    return Cell(number(value, decimals), look="num")


def _keyword(row: dict[Any, Any]) -> Cell:
    where = " · ".join(part for part in (row["campaign"], labels.match_type(row["match_type"])) if part)
    return Cell(clip(row["keyword"], _NAME_WIDTH), clip(where, _NAME_WIDTH))


def _why(plan: Plan, row: dict[Any, Any]) -> Cell:
    limits = labels.limits(plan, row["limited_by"])
    return Cell(
        clip(labels.reason(plan, row["reason"]), _WHY_WIDTH),
        clip(f"{labels.heading(BIDS, 'limited_by')}：{limits}", _NAME_WIDTH) if limits else "",
    )
