"""Today's work, counts and totals are what the plan says."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bidopt.domain.plan import Plan
from bidopt.reporting.digest import digest
from bidopt.reporting.formats import clean, clip, currency_sign, money, number, percent
from bidopt.reporting.labels import limits, match_type, reason


def test_work_starts_with_blocking_issues_and_then_goes_by_money(hostile_plan: Plan) -> None:
    work = digest(hostile_plan).work
    assert len(work) == 50
    assert work[0].kind == "block"
    moved = [abs(item.delta) for item in work[1:]]
    assert moved == sorted(moved, reverse=True)
    assert {item.kind for item in work} >= {"set_bid", "pause", "budget"}


def test_a_dropped_word_saves_what_it_spends(plan: Plan) -> None:
    dropped = digest(plan).dropped
    assert np.allclose(dropped["delta"], -dropped["cost"] / len(plan.days))
    assert all(math.isnan(item.new) for item in digest(plan).work if item.kind == "pause")


def test_counts_add_up_to_the_plan(plan: Plan) -> None:
    counts = digest(plan).counts
    assert counts["set_bid"] + counts["pause"] + counts["resume"] + counts["keep"] == len(plan.changes.bids)
    assert counts["raise"] + counts["cut"] <= counts["set_bid"]
    assert counts["budget"] == len(plan.campaigns) - 1
    assert (counts["new_word"], counts["negative"]) == (1, 1)


def test_rows_without_a_forecast_go_on_as_they_are(plan: Plan) -> None:
    bids = plan.changes.bids.assign(action="keep", expected_cost=np.nan, expected_revenue=np.nan)
    totals = digest(
        replace(plan, changes=plan.changes.with_bids(bids.assign(bid=bids["current_bid"])))
    ).totals
    assert totals.planned_cost == pytest.approx(totals.cost + 12.4)  # what testing new words costs
    assert totals.test_cost == 12.4


def test_mature_roas_is_weighted_by_cost(plan: Plan) -> None:
    campaigns = plan.campaigns
    expected = (campaigns["mature_roas"] * campaigns["cost"]).sum() / campaigns["cost"].sum()
    assert digest(plan).totals.mature_roas == pytest.approx(expected)
    assert digest(plan).totals.grade == "pass"


def test_the_plan_is_not_changed(plan: Plan) -> None:
    before = plan.changes.bids.copy()
    digest(plan)
    pd.testing.assert_frame_equal(before, plan.changes.bids)


def test_row_order_of_the_plan_does_not_matter(plan: Plan) -> None:
    order = np.random.default_rng(1).permutation(len(plan.keywords))
    shuffled = replace(
        plan,
        changes=plan.changes.with_bids(plan.changes.bids.iloc[order].reset_index(drop=True)),
        keywords=plan.keywords.iloc[order].reset_index(drop=True),
    )
    assert [item.target for item in digest(plan).work[:20]] == [
        item.target for item in digest(shuffled).work[:20]
    ]


def test_an_empty_plan_has_no_work(empty_plan: Plan) -> None:
    short = digest(empty_plan)
    assert short.work == ()
    assert math.isnan(short.totals.mature_roas)
    assert math.isnan(short.totals.cost)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (money(1234.5, "CNY"), "¥1,234.50"),
        (money(-3, "USD", signed=True), "-$3.00"),
        (money(3, "AUD", signed=True), "+A$3.00"),
        (money(-0.001, "INR"), "₹0.00"),
        (money(2, "GBP", 0), "GBP 2"),
        (money(math.nan, "EUR"), "—"),
        (percent(0.256), "25.6%"),
        (percent(-0.3, 0, signed=True), "-30%"),
        (percent(math.nan), "—"),
        (number(12345.678, 1), "12,345.7"),
        (number(math.inf), "—"),
        (currency_sign("EUR"), "€"),
        (clean("a\u202eb\x00c\ud800"), "a\ufffdb\ufffdc\ufffd"),
        (clip("珊瑚绒毛毯加厚", 9), "珊瑚绒毛…"),
        (clip("short", 9), "short"),
        (match_type("exact"), "精准"),
        (match_type("other"), "other"),
    ],
)
def test_numbers_and_texts_read_well(shown: str, expected: str) -> None:
    assert shown == expected


def test_limits_and_reasons_are_told_in_words(plan: Plan) -> None:
    assert limits(plan, "bid_step+new_limit") == "单日最大调幅、new_limit"
    assert limits(plan, "") == ""
    assert reason(plan, "poor cost=12 roas=nan floor=3") == "3 天花费 12.00，投产比 —，低于 3"
