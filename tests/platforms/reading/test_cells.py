"""One cell in all the forms that exports use."""

from __future__ import annotations

from datetime import date
from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidopt.platforms.reading import columns
from bidopt.platforms.reading.cells import (
    PeriodError,
    parse_date,
    parse_id,
    parse_number,
    parse_range,
    resolution,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.5", 1234.5),
        ("1,00,000.50", 100000.5),
        ("￥12", 12),
        ("¥ 12.5元", 12.5),
        ("Rs.1000.0", 1000),
        ("₹99", 99),
        ("$0.5", 0.5),
        ("-¥5", -5),
        ("¥-5", -5),
        ("１２．５", 12.5),
        ("2.5万", 25000),
        ("1.2亿", 1.2e8),
        ("+3", 3),
        (".5", 0.5),
        ('="12"', 12),
        ("12\t", 12),
        ("1e3", 1000),
    ],
)
def test_numbers_in_all_forms(text: str, value: float) -> None:
    assert parse_number(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "-", "--", " --", "—", "\\N", "NULL", "nan", "N/A", " "])
def test_nothing_given_is_unknown_and_never_zero(text: str) -> None:
    assert isnan(parse_number(text))
    assert parse_date(text) is None
    assert parse_id(text) == ""
    assert all(isnan(end) for end in parse_range(text))


@pytest.mark.parametrize(
    "text", ["abc", "inf", "-Infinity", "1e999", "1,5", "12,34", "1.2.3", "1_000", "0x10", "5%"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_number(text)


def test_a_percentage_is_a_fraction_where_one_makes_sense() -> None:
    assert parse_number("1.66%", fraction=True) == pytest.approx(0.0166)
    assert parse_number("１２．５％", fraction=True) == pytest.approx(0.125)
    assert parse_number("2.91818", fraction=True) == pytest.approx(2.91818)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("5000 ~ 1万", 5000, 10000),
        ("1% ~ 2.5%", 0.01, 0.025),
        ("1 ~ 2.5%", 0.01, 0.025),
        ("300～600", 300, 600),
        ("10-20", 10, 20),
        ("< 10%", 0, 0.1),
        ("56%", 0.56, 0.56),
        ("1,200", 1200, 1200),
    ],
)
def test_ranges_keep_both_ends(text: str, low: float, high: float) -> None:
    assert parse_range(text, fraction=True) == pytest.approx((low, high))


def test_an_open_end_is_unknown() -> None:
    low, high = parse_range("> 90%", fraction=True)
    assert low == pytest.approx(0.9)
    assert isnan(high)


def test_a_range_upside_down_is_refused() -> None:
    with pytest.raises(ValueError, match="下限高于上限"):
        parse_range("600 ~ 300")


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-05",
        "2024/1/5",
        "2024.1.5",
        "20240105",
        "2024年1月5日",
        "2024-01-05 00:00:00",
        "2024-01-05T00:00:00",
        "Jan 5, 2024",
        "January 5, 2024",
        "5 January 2024",
        "05-Jan-2024",
        '="2024-01-05"',
        "２０２４-０１-０５",
        "20240105至20240105",
    ],
)
def test_dates_in_all_forms(text: str) -> None:
    assert parse_date(text) == date(2024, 1, 5)


@pytest.mark.parametrize(
    "text", ["20260801至20260807", "2026-07-01 ~ 2026-07-31", "Aug 1, 2026 - Aug 7, 2026"]
)
def test_a_period_is_no_day(text: str) -> None:
    with pytest.raises(PeriodError, match="多天"):
        parse_date(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1月5日", "没有年份"),
        ("2024-02-30", "没有这一天"),
        ("2024-13-01", "没有这一天"),
        ("1924-01-01", "年份"),
        ("2024-01-05 13:00", "时刻"),
        ("1/2/2024", "不是能识别的日期"),
        ("45000", "不是能识别的日期"),
        ("汇总", "不是能识别的日期"),
        ("Foo 5, 2024", "没有这一天"),
    ],
)
def test_what_is_no_date_says_why(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_date(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ('="371"', "371"),
        ("371\t", "371"),
        ("620000000000.0", "620000000000"),
        ("620,000,000,000", "620000000000"),
        ("'371", "371"),
        ("007", "007"),
        ("B07B7NSLLP", "B07B7NSLLP"),
        ("12E4", "12E4"),
        ("a.0", "a.0"),
    ],
)
def test_ids_are_text_without_wrapping(text: str, plain: str) -> None:
    assert parse_id(text) == plain


@pytest.mark.parametrize("text", ["6.2E+11", "6.2e11", "6E+11", "6.2000000000000000e+17"])
def test_ids_that_lost_digits_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="科学计数法"):
        parse_id(text)


def test_resolution_is_the_last_digit_shown() -> None:
    assert [resolution(t) for t in ("12.34", "12", "1.2万", "5%")] == pytest.approx([0.01, 1, 1000, 0.01])


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_written_by_python_come_back(value: float) -> None:
    assert parse_number(repr(value)) == value


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_thousands_marks_change_nothing(value: int) -> None:
    assert parse_number(f"{value:,}") == value


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 12, 31)))
def test_dates_come_back_from_each_form(day: date) -> None:
    for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日", "%b %d, %Y", "%d %B %Y"):
        assert parse_date(day.strftime(form)) == day


@given(st.text())
def test_any_text_is_parsed_or_refused_with_a_reason(text: str) -> None:
    for parse in (parse_number, parse_range, parse_date, parse_id):
        reason = "parsed"
        try:
            parse(text)
        except ValueError as error:
            reason = str(error)
        assert reason


@given(st.from_regex(columns._BARE_ID, fullmatch=True))
def test_what_counts_as_a_bare_id_stands_for_itself(text: str) -> None:
    assert parse_id(text.removesuffix("\n")) == text.removesuffix("\n")
