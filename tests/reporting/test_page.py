"""The page is complete, small, the same every time, and no text in it becomes markup."""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import replace
from functools import cache

import html5lib
from hypothesis import given, settings
from hypothesis import strategies as st

from bidopt.domain.data_issue import DataIssue
from bidopt.domain.plan import Plan
from bidopt.domain.reasons import ReasonText, encode
from bidopt.reporting.page import render_page
from tests.reporting.shown_plans import make_plan

CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
LIMIT = 300_000


def _elements(page: str) -> Counter[str]:
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    return Counter(str(element.tag) for element in tree.iter())


@cache
def _plain_elements() -> Counter[str]:
    return _elements(render_page(_with_texts(make_plan(keywords=12, campaigns=2, days=4), "x")))


def _with_texts(plan: Plan, text: str) -> Plan:
    """The plan with `text` wherever a shop's own words can stand."""
    bids = plan.changes.bids.assign(keyword=text, campaign_id=text, match_type=text)
    keywords = plan.keywords.assign(keyword=text)
    campaigns = plan.campaigns.assign(name=text)
    issues = (DataIssue("x", "warn", text, text, 1, (text,)),)
    return replace(
        plan,
        shop_name=text,
        changes=replace(
            plan.changes, bids=bids, keywords=plan.changes.keywords.assign(keyword=text, roots=text)
        ),
        keywords=keywords,
        campaigns=campaigns,
        issues=issues,
        provenance={text: text},
    )


def test_page_says_what_the_plan_says(plan: Plan) -> None:
    page = render_page(plan)
    for text in (
        "暖冬家纺旗舰店",
        "2026-11-21",
        "第 2 版",
        "目标投产比",
        "今日要做",
        "数据问题",
        "成熟投产比",
        "及格",
    ):
        assert text in page
    assert "缺 2 天的关键词报表" in page
    assert "nan" not in re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)


def test_page_shows_words_to_add_and_to_block_with_money_and_days_proposed(plan: Plan) -> None:
    page = render_page(plan)
    for text in ("法兰绒毛毯 加厚", "已建议 2 天，还没见效", "¥12.40", "¥3.50", "净省/天", "免费", "¥4.20"):
        assert text in page
    without = replace(plan, changes=replace(plan.changes, keywords=plan.changes.keywords.head(0)))
    assert "<h2>新词" not in render_page(without)


def test_page_forbids_everything_but_itself(hostile_plan: Plan) -> None:
    tree = html5lib.parse(render_page(hostile_plan), namespaceHTMLElements=False)
    policies = [
        e.get("content") for e in tree.iter("meta") if e.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policies == [CSP]
    forbidden = {"script", "a", "link", "img", "iframe", "object", "embed", "form", "base", "image"}
    for element in tree.iter():
        assert str(element.tag).rpartition("}")[2] not in forbidden
        for name, value in element.attrib.items():
            plain = str(name).rpartition("}")[2]
            assert not plain.startswith("on")
            assert plain != "src"
            assert plain != "href" or value.startswith("#")


def test_hostile_texts_are_shown_as_text(hostile_plan: Plan) -> None:
    page = render_page(hostile_plan)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page
    assert "{{ 7*7 }}" in page
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e]", page)


@settings(max_examples=20, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=30))
def test_no_text_changes_the_elements_of_the_page(text: str) -> None:
    strange = _with_texts(make_plan(keywords=12, campaigns=2, days=4), text)
    assert _elements(render_page(strange)) == _plain_elements()


def test_a_blocked_plan_says_so_before_anything_else(hostile_plan: Plan) -> None:
    page = render_page(hostile_plan)
    assert page.index("今天的计划不能执行") < page.index("数据问题") < page.index("今日要做")


def test_warnings_come_before_the_work_and_mere_notes_after(plan: Plan) -> None:
    notes = replace(plan, issues=tuple(i for i in plan.issues if i.severity == "info"))
    warned, noted = render_page(plan), render_page(notes)
    assert warned.index("<h2>数据问题") < warned.index("<h2>今日要做")
    assert noted.index("<h2>数据问题") > noted.index("<h2>今日要做")


def test_what_holds_for_the_account_stands_before_warnings_and_work(plan: Plan) -> None:
    page = render_page(plan)
    said = page.index("<li>账户日预算再加 100，预计每天多成交 430</li>")
    assert page.index("<h2>账户层面") < said < page.index("<h2>数据问题") < page.index("<h2>今日要做")
    assert "今天最多做到 2.62，每天差 760 成交额" in page
    assert "账户层面" not in render_page(replace(plan, notes=()))


def test_notes_are_shown_as_text_with_unknown_numbers_as_a_dash(plan: Plan) -> None:
    reasons = {**plan.reasons, "odd": ReasonText("<script>x</script>\u202e & {gain:.0f}", "{gain:.0f}")}
    plain, odd = (
        render_page(replace(plan, notes=(note,), reasons=reasons))
        for note in (plan.notes[0], *encode("odd", 1, gain=float("nan")))
    )
    assert _elements(odd) == _elements(plain)
    assert "<li>&lt;script&gt;x&lt;/script&gt;\ufffd &amp; —</li>" in odd


def test_many_notes_are_capped(plan: Plan) -> None:
    page = render_page(replace(plan, notes=plan.notes * 500))
    assert len(page.encode()) < LIMIT
    assert "其余 980 条见 review.xlsx" in page


def test_an_empty_plan_renders(empty_plan: Plan) -> None:
    page = render_page(empty_plan)
    assert "今天没有要改的" in page
    assert "—" in page


def test_the_same_plan_gives_the_same_page(plan: Plan) -> None:
    assert render_page(plan) == render_page(plan)


def test_a_large_shop_keeps_the_page_small_and_quick(large_plan: Plan) -> None:
    start = time.process_time()
    page = render_page(large_plan)
    assert time.process_time() - start < 10
    assert len(page.encode()) < LIMIT
    assert re.search(r"其余 [\d,]+ 行见 bids\.csv", page)


def test_long_texts_keep_the_page_small(large_plan: Plan) -> None:
    page = render_page(_with_texts(replace(large_plan, issues=large_plan.issues * 20), "关键词&" * 200))
    assert len(page.encode()) < LIMIT
