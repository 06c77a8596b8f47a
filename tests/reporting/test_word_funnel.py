"""The funnel and the tests of products and creatives, on the page and in the workbook."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from bidopt.decisions.pruning.test_and_prune import TestAndPrune
from bidopt.domain.plan import Plan
from bidopt.domain.reasons import encode
from bidopt.domain.subject_tests import CREATIVE, PRODUCT, SUBJECT_TESTS
from bidopt.reporting.digest import digest
from bidopt.reporting.page import render_page
from bidopt.reporting.word_funnel import word_funnel
from bidopt.reporting.workbook import write_workbook

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def tested(plan: Plan) -> Plan:
    """The shown plan, of a shop that tests words, products and creatives."""
    dropped = int((plan.changes.bids["action"] == "pause").sum())
    notes = (
        *encode(
            "test_funnel",
            1,
            running=100,
            tested=80,
            judged=60,
            passed=40,
            dropped=20,
            wrong=0.5,
            extended=30,
            to_raise=2,
        ),
        *encode("drops_save", 1, dropped=20, saved=700, low=500, high=980, lost=30),
    )
    told = {"clicks": 90, "chance": 0.4, "needed": 110, "days": 3, "cost": 132.5}
    tests = SUBJECT_TESTS.conform(
        {
            "kind": [PRODUCT, CREATIVE],
            "product_id": ["68", "68"],
            "creative_id": ["", HOSTILE],
            "title": [HOSTILE, ""],
            "turn": [1.0, float("nan")],
            "ctr": [0.05, 0.04],
            "reason": [
                *encode("product_in_test", 1, **told),
                *encode("creative_in_test", 1, impressions=300, clicks=20, days=4, chance=0.3),
            ],
        }
    )
    assert dropped > 0
    reasons = {**plan.reasons, **TestAndPrune.reasons}
    return replace(plan, notes=notes, subject_tests=tests, reasons=reasons)


def test_the_funnel_counts_what_became_of_the_words(tested: Plan) -> None:
    short = digest(tested)
    funnel = word_funnel(short)
    assert funnel is not None
    words = {stage.name: stage.words for stage in funnel.stages}
    assert (words["在投"], words["测满天数"], words["数据够判断"], words["判为该删"]) == (100, 80, 60, 20)
    assert words["今天删"] == short.counts["pause"]
    assert words["通过，保留"] + words["通过，降价"] == 40
    saved = 7 * short.dropped["spend"].sum()
    assert f"¥{saved:,.2f}（九成把握在 ¥{saved * 5 / 7:,.2f} 到 ¥{saved * 1.4:,.2f} 之间）" in funnel.told[0]


def test_the_page_tells_of_each_word_in_test_what_is_still_missing(tested: Plan) -> None:
    bids = tested.changes.bids
    state = [""] * len(bids)
    kept = [i for i, action in enumerate(bids["action"]) if action != "pause"]
    off = next(i for i, action in enumerate(bids["action"]) if action == "pause")
    state[kept[0]] = encode("undecided", 1, worth=0.4, needed=60, days=5, cost=66)[0]
    state[kept[1]] = encode("graduated", 1, worth=0.95, clicks=400, orders=9, value=3)[0]
    state[kept[2]] = encode("asked_back", 1, days=20, asked=2)[0]
    state[kept[3]] = encode("retired", 1, days=20)[0]
    state[off] = encode("undecided", 1, worth=0.1, needed=9, days=1, cost=9)[0]
    told = replace(tested, changes=tested.changes.with_bids(bids.assign(state=state)))
    assert digest(told).in_test["keyword"].tolist() == [bids["keyword"].iloc[kept[0]]]
    page = render_page(told)
    assert "还没有结论的词" in page
    assert "再要约 60 次没有成交的点击（约 5 天" in page
    assert "还没有结论的词" not in render_page(tested)


def test_a_plan_that_tests_nothing_has_no_funnel(plan: Plan) -> None:
    assert word_funnel(digest(plan)) is None
    assert "测词漏斗" not in render_page(plan)


def test_the_page_shows_funnel_and_tests_and_no_text_becomes_markup(tested: Plan) -> None:
    page = render_page(tested)
    assert page.count("测词漏斗") == 1  # its notes stand there and nowhere else
    assert "还差 110 次点击，约 3 天、¥132.50" in page
    assert "还差 300 次展现、20 次点击，约 4 天" in page
    assert HOSTILE not in page


def test_the_workbook_has_a_sheet_for_each(tested: Plan, tmp_path: Path) -> None:
    write_workbook(tested, tmp_path / "review.xlsx")
    book = openpyxl.load_workbook(tmp_path / "review.xlsx")
    assert {"测词漏斗", "测款", "测图"} <= set(book.sheetnames)
    headings = [cell.value for cell in book["测款"][1]]
    row = dict(zip(headings, (cell.value for cell in book["测款"][2]), strict=True))
    assert row["宝贝ID"] == "68"
    assert row["先测次序"] == 1
    assert str(row["结论"]).startswith("还差 110 次点击")
    assert "先测次序" not in [cell.value for cell in book["测图"][1]]
