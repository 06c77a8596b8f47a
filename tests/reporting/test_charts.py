"""Charts are text-bearing SVG that can stand beside each other in one page."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np

from bidopt.domain.plan import Plan
from bidopt.reporting.charts import campaign_chart, daily_chart, keyword_chart
from bidopt.reporting.digest import digest


def _charts(plan: Plan) -> list[str]:
    return [daily_chart(plan), campaign_chart(plan), keyword_chart(plan, digest(plan).rows)]


def test_text_stays_text_in_the_fonts_of_the_reader(plan: Plan) -> None:
    for svg in _charts(plan):
        assert svg.startswith("<svg ")
        assert "Microsoft YaHei" in svg
        assert "DejaVu" not in svg
    assert "主推毛毯" in campaign_chart(plan)


def test_charts_share_no_id_and_every_reference_is_met(hostile_plan: Plan) -> None:
    svgs = _charts(hostile_plan)
    tags = [re.findall(r"<[^>]*>", svg) for svg in svgs]
    ids = [name for part in tags for tag in part for name in re.findall(r'\bid="([^"]+)"', tag)]
    assert len(ids) == len(set(ids))
    for part in tags:
        named = {name for tag in part for name in re.findall(r'\bid="([^"]+)"', tag)}
        wanted = {n for tag in part for n in re.findall(r'(?:href="#|url\(#)([^")]+)', tag)}
        assert wanted <= named


def test_charts_are_well_formed_whatever_the_names(hostile_plan: Plan) -> None:
    for svg in _charts(hostile_plan):
        names = {element.tag.rpartition("}")[2] for element in ET.fromstring(svg).iter()}  # noqa: S314  our own
        assert names <= {"svg", "g", "path", "defs", "use", "text", "clipPath", "rect", "pattern"}


def test_immature_days_are_hatched(plan: Plan) -> None:
    ripe = replace(plan, days=plan.days.assign(matured=1.0))
    assert "<pattern" in daily_chart(plan)
    assert "<pattern" not in daily_chart(ripe)


def test_unknown_numbers_do_not_break_a_chart(plan: Plan) -> None:
    days = plan.days.assign(revenue=np.nan, matured=np.nan, cost=0.0)
    assert daily_chart(replace(plan, days=days)).startswith("<svg ")
    unjudged = plan.campaigns.assign(mature_roas=np.nan, grade="unknown")
    assert campaign_chart(replace(plan, campaigns=unjudged)) == ""


def test_without_facts_there_is_no_chart(empty_plan: Plan) -> None:
    assert _charts(empty_plan) == ["", "", ""]


def test_the_same_plan_gives_the_same_charts(plan: Plan) -> None:
    assert _charts(plan) == _charts(plan)
