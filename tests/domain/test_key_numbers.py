"""Rows of one key share a number, others do not, and numbers count up as keys appear."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from bidopt.domain.key_numbers import day_stretches, first_rows, key_numbers, key_numbers_by_day

ROWS = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["", "x", "y"]), st.integers(0, 2)))


@given(ROWS)
def test_keys_are_numbered_in_order_of_appearance(rows: list[tuple[str, str, int]]) -> None:
    table = pd.DataFrame(rows, columns=["one", "two", "three"]).astype({"one": "str", "two": "str"})
    first = list(dict.fromkeys(rows))
    assert key_numbers(table[name] for name in ("one", "two", "three")).tolist() == [
        first.index(row) for row in rows
    ]


def test_more_combinations_than_an_integer_holds_are_kept_apart() -> None:
    n = 70_000
    rng = np.random.default_rng(1)
    table = pd.DataFrame({name: rng.permutation(n) for name in "abcdef"})
    twice = pd.concat([table, table], ignore_index=True)
    assert key_numbers(twice[name] for name in "abcdef").tolist() == [*range(n), *range(n)]


def test_missing_days_are_one_value() -> None:
    table = pd.DataFrame({"day": pd.DatetimeIndex(["", "2026-08-01", ""]), "word": ["a", "a", "a"]})
    assert key_numbers(table[name] for name in ("day", "word")).tolist() == [0, 1, 0]


@given(st.lists(st.sampled_from(["", "a", "ab", "ba", "abc", "cd"]), max_size=8), st.sampled_from([1, 9]))
def test_days_that_tell_the_same_words_change_no_number(days: list[str], dates: int) -> None:
    rows = [(day % dates, word) for day, words in enumerate(days) for word in words]
    table = pd.DataFrame(rows, columns=["day", "word"]).astype({"word": "str"})
    table = table.assign(date=pd.Timestamp("2026-08-01") + pd.to_timedelta(table["day"], unit="D"), shop="s")
    key = ("shop", "word")
    numbers = key_numbers_by_day(table, key)
    assert numbers.tolist() == key_numbers(table[name] for name in key).tolist()
    assert first_rows(numbers).tolist() == np.unique(numbers, return_index=True)[1].tolist()


def test_a_table_in_the_order_of_its_words_is_numbered_the_plain_way() -> None:
    """Its days are scattered: to compare them would be to compare nearly each row on its own."""
    by_day = pd.DataFrame(
        {
            "word": np.tile([f"w{n}" for n in range(50)], 20),
            "date": np.repeat(pd.date_range("2026-08-01", periods=20), 50),
        }
    ).astype({"word": "str"})
    by_word = by_day.sort_values(["word", "date"], ignore_index=True)
    two_files = pd.concat([by_day, by_day], ignore_index=True)
    assert [len(day_stretches(table["date"])) for table in (by_day, two_files, by_word)] == [20, 40, 0]
    for table in (by_day, two_files, by_word):
        assert key_numbers_by_day(table, ["word"]).tolist() == key_numbers([table["word"]]).tolist()
