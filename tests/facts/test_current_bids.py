"""Every keyword in play has one row with its newest bid, status and quality score."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bidopt.facts.current_bids import current_bids
from bidopt.facts.schemas import CURRENT_BIDS, KEYWORD_DAYS, KEYWORD_STATES
from tests.facts.fact_rows import DAY, ago, shop_days, table

NO_DAYS, NO_STATES = KEYWORD_DAYS.empty(), KEYWORD_STATES.empty()
NAN = float("nan")


def _days(*rows: dict[str, Any]) -> pd.DataFrame:
    return table(KEYWORD_DAYS, *rows)


def _states(*rows: dict[str, Any]) -> pd.DataFrame:
    return table(KEYWORD_STATES, *rows)


def _bids(days: pd.DataFrame, states: pd.DataFrame) -> pd.DataFrame:
    return CURRENT_BIDS.check(current_bids(days, states, DAY))


def test_without_facts_there_are_no_keywords() -> None:
    assert _bids(NO_DAYS, NO_STATES).equals(CURRENT_BIDS.empty())


def test_the_newer_morning_wins_and_the_list_wins_a_tie() -> None:
    days = _days({"date": ago(3), "bid": 1.0}, {"date": ago(1), "bid": 2.0})
    assert _bids(days, NO_STATES)["current_bid"].tolist() == [2.0]
    assert _bids(days, _states({"date": ago(1), "bid": 3.0}))["current_bid"].tolist() == [2.0]
    assert _bids(days, _states({"date": ago(0), "bid": 3.0}))["current_bid"].tolist() == [3.0]


def test_status_and_quality_are_the_newest_that_were_given() -> None:
    days = _days(
        {"date": ago(5), "status": "enabled", "quality_score": 7.0},
        {"date": ago(4), "status": "paused"},
        {"date": ago(2)},
    )
    row = _bids(days, NO_STATES).iloc[0]
    assert (row["status"], row["quality_score"]) == ("paused", 7.0)
    assert np.isnan(row["current_bid"])


def test_a_bid_change_is_dated_by_the_first_day_of_the_new_bid() -> None:
    days = _days(*({"date": ago(n), "bid": 1.0 if n > 5 else 1.2} for n in range(9, 0, -1)))
    assert _bids(days, NO_STATES)["changed_on"].tolist() == [ago(5)]
    assert _bids(days.head(3), NO_STATES)["changed_on"].isna().all()
    assert _bids(days, _states({"date": ago(0), "bid": 1.3}))["changed_on"].tolist() == [ago(0)]


def test_the_base_bid_falls_back_to_the_cost_of_the_newest_14_days_with_clicks() -> None:
    days = _days(
        *({"date": ago(n), "clicks": 2.0, "cost": 2.0} for n in range(1, 14)),
        {"date": ago(14), "clicks": 0.0, "cost": 0.0},
        {"date": ago(15), "clicks": 4.0, "cost": 8.0},
        {"date": ago(16), "clicks": 9.0, "cost": 90.0},
        {"date": ago(1), "keyword": "没有点击", "clicks": 0.0, "cost": 0.0},
        {"date": ago(1), "keyword": "有出价", "clicks": 1.0, "cost": 0.7, "bid": 2.5},
    )
    base = _bids(days, NO_STATES).set_index("keyword")["base_bid"]
    assert base["连衣裙"] == pytest.approx((13 * 2 + 8) / (13 * 2 + 4))
    assert np.isnan(base["没有点击"])
    assert base["有出价"] == 2.5


class TestJoins:
    def test_a_listed_keyword_without_reports_is_in_play(self) -> None:
        found = _bids(_days({"date": ago(1)}), _states({"date": ago(1), "keyword": "新词", "bid": 0.5}))
        assert dict(zip(found["keyword"], found["current_bid"].fillna(-1), strict=True)) == {
            "新词": 0.5,
            "连衣裙": -1,
        }

    def test_a_keyword_that_left_the_list_and_has_no_reports_is_not_in_play(self) -> None:
        states = _states(
            {"date": ago(5), "keyword": "旧词", "bid": 1.0}, {"date": ago(0), "keyword": "新词", "bid": 1.0}
        )
        assert _bids(NO_DAYS, states)["keyword"].tolist() == ["新词"]
        other = states.assign(ad_group_id=["other", "g1"]).astype({"ad_group_id": "str"})
        assert len(_bids(NO_DAYS, other)) == 2

    @pytest.mark.parametrize(
        ("report", "listed"),
        [
            ({"match_type": ""}, {"match_type": "exact"}),
            ({"match_type": "", "product_id": ""}, {"match_type": "exact", "product_id": "p1"}),
            ({"match_type": "exact"}, {"match_type": "exact", "product_id": ""}),
        ],
    )
    def test_what_one_side_leaves_out_does_not_make_a_second_keyword(
        self, report: dict[str, str], listed: dict[str, str]
    ) -> None:
        states = _states({"date": ago(3), "bid": 1.0} | listed, {"date": ago(0), "bid": 2.0} | listed)
        (row,) = _bids(_days({"date": ago(1)} | report), states).to_dict("records")
        assert {name: row[name] for name in report} == report
        assert (row["current_bid"], row["changed_on"]) == (2.0, ago(0))

    def test_two_listed_match_types_are_ambiguous_for_a_report_without_one(self) -> None:
        states = _states(*({"date": ago(0), "bid": 1.0, "match_type": m} for m in ("exact", "broad")))
        found = _bids(_days({"date": ago(1), "match_type": ""}), states)
        assert found[["match_type", "current_bid"]].fillna(-1).to_numpy().tolist() == [
            ["", -1],
            ["broad", 1],
            ["exact", 1],
        ]

    def test_a_listed_keyword_that_contradicts_the_report_is_another_keyword(self) -> None:
        found = _bids(
            _days({"date": ago(1), "match_type": "exact"}), _states({"date": ago(1), "match_type": "broad"})
        )
        assert found["match_type"].tolist() == ["broad", "exact"]

    def test_a_word_that_is_ambiguous_has_no_base_bid(self) -> None:
        days = _days({"date": ago(1), "match_type": "", "clicks": 5.0, "cost": 4.0})
        one = _states({"date": ago(0), "match_type": "exact"})
        assert _bids(days, one)["base_bid"].tolist() == [0.8]
        two = _states(*({"date": ago(0), "match_type": m} for m in ("exact", "broad")))
        found = _bids(days, two)
        assert np.isnan(found.loc[found["match_type"] == "", "base_bid"]).tolist() == [True]

    def test_a_reported_word_that_a_later_list_leaves_out_was_deleted(self) -> None:
        days = _days(
            {"date": ago(1), "keyword": "删了"},
            {"date": ago(1), "keyword": "留着"},
            {"date": ago(1), "keyword": "别的单元", "ad_group_id": "g2"},
            {"date": ago(1), "keyword": "词包", "match_type": "package"},
        )
        states = _states({"date": ago(0), "keyword": "留着", "match_type": "broad"})
        assert sorted(_bids(days, states)["keyword"]) == ["别的单元", "留着", "词包"]
        earlier = states.assign(date=ago(1).as_unit("s"))
        assert "删了" in set(_bids(days, earlier)["keyword"])
        packages = _states({"date": ago(0), "keyword": "另一个词包", "match_type": "package"})
        assert "词包" not in set(_bids(days, pd.concat([states, packages]))["keyword"])

    def test_exact_keys_join_first(self) -> None:
        days = _days({"date": ago(1), "match_type": ""}, {"date": ago(1), "match_type": "exact"})
        found = _bids(days, _states({"date": ago(0), "match_type": "exact", "bid": 2.0}))
        assert found["current_bid"].fillna(-1).tolist() == [-1, 2.0]


def test_the_order_of_rows_does_not_matter_and_the_future_is_not_seen() -> None:
    days = shop_days(days=20, keywords=12)
    expected = _bids(days, NO_STATES)
    assert _bids(days.sample(frac=1, random_state=2), NO_STATES).equals(expected)
    future = days.assign(date=days["date"] + pd.Timedelta(days=20), bid=99.0)
    assert _bids(pd.concat([days, future]), _states({"date": ago(-1), "bid": 99.0})).equals(expected)
