"""New words from titles: what is found, what stays a phrase, and that counts add up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bidopt.text.new_words import candidates, count_titles

RUNS = [
    ["家用", "挂", "烫", "机"],
    ["挂", "烫", "机", "手持"],
    ["蒸汽", "挂", "烫", "机"],
    ["小", "风扇"],
    ["家用", "风扇"],
]


def row(runs: list[list[str]], word: str) -> pd.Series:
    table = candidates(count_titles(runs)).set_index("word")
    return table.loc[[word]].iloc[0]


def test_counts_and_pieces_of_a_candidate() -> None:
    found = row(RUNS, "挂烫机")
    assert (found["count"], found["first"], found["third"], found["fourth"]) == (3, "挂", "机", "")


def test_ends_of_runs_are_different_neighbours() -> None:
    found = row(RUNS, "挂烫机")
    # Before: 家用, an end, 蒸汽. Behind: an end, 手持, an end.
    assert found["left_freedom"] == pytest.approx(np.log2(3))
    assert found["right_freedom"] == pytest.approx(np.log2(3))
    assert (found["left_edge"], found["right_edge"]) == (pytest.approx(1 / 3), pytest.approx(2 / 3))


def test_neighbours_that_repeat_leave_no_freedom() -> None:
    assert row([["大", "号", "杯子"]] * 5, "大号")["right_freedom"] == 0


def test_cohesion_is_that_of_the_weakest_joint() -> None:
    runs = [["防", "晒", "霜"]] * 4 + [["霜"]] * 12
    # Of 24 pieces 防 and 晒 are 4 each and always together; 霜 is 16.
    assert row(runs, "防晒")["cohesion"] == pytest.approx(np.log2(24 * 4 / (4 * 4)))
    assert row(runs, "防晒霜")["cohesion"] == pytest.approx(np.log2(24 * 4 / (4 * 16)))


def test_two_known_words_are_no_candidate_unless_known_together() -> None:
    runs = [["学生", "文具"], ["笔记本", "电脑"]] * 9
    assert len(candidates(count_titles(runs))) == 0
    assert list(candidates(count_titles(runs, frozenset(["笔记本电脑"])))["word"]) == ["笔记本电脑"]


def test_candidates_do_not_reach_over_the_ends_of_runs() -> None:
    assert len(candidates(count_titles([["防"], ["晒"]] * 5))) == 0


def test_titles_counted_in_parts_give_what_all_give_at_once() -> None:
    by = ["word", "count"]
    whole = candidates(count_titles(RUNS)).sort_values(by).reset_index(drop=True)
    parts = (
        candidates(count_titles(RUNS[:2]).plus(count_titles(RUNS[2:]))).sort_values(by).reset_index(drop=True)
    )
    pd.testing.assert_frame_equal(whole, parts)


def test_no_titles_give_no_candidates() -> None:
    assert len(candidates(count_titles([]))) == 0
