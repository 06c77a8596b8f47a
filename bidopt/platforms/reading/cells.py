"""The text of one cell -> number, range, date or id, in all the forms that exports use."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from math import isfinite, nan

NULLS = frozenset({"", "-", "--", "—", "——", "–", "\\n", "null", "nan", "n/a", "#n/a", "none"})
"""Texts that mean "not given" in every cell but words and titles; lower case."""

_CURRENCY = r"(?:¥|\$|₹|€|£|rs\.?)?"
_DIGITS = r"(?P<digits>(?:\d+|\d{1,3}(?:,\d{2,3})*,\d{3})(?:\.\d*)?|\.\d+)(?P<power>e[+-]?\d+)?"
_NUMBER = re.compile(
    rf"(?P<sign>[+-]?)\s*{_CURRENCY}\s*(?P<inner>[+-]?){_DIGITS}\s*(?P<scale>[万亿]?)\s*元?(?P<percent>%?)"
)
_SCALES = {"": 1.0, "万": 1e4, "亿": 1e8}
_BETWEEN = re.compile(r"(.*\S)\s*(?:~|至)\s*(\S.*)|([^-\s][^-]*)-([^-]+)")
_SCIENTIFIC = re.compile(r"\d+(?:\.\d+)?[eE]\+\d+|\d\.\d+[eE]\d+")
_WRAPPED = re.compile(r'="(.*)"', re.DOTALL)
_MIDNIGHT = r"(?:[ T]0?0:00(?::00(?:\.0+)?)?)?"
_DATES = (
    re.compile(rf"(?P<y>\d{{4}})(?P<sep>[-/.])(?P<m>\d{{1,2}})(?P=sep)(?P<d>\d{{1,2}}){_MIDNIGHT}"),
    re.compile(rf"(?P<y>\d{{4}})年(?P<m>\d{{1,2}})月(?P<d>\d{{1,2}})日?{_MIDNIGHT}"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    re.compile(r"(?P<m>[A-Za-z]{3,9})\.? (?P<d>\d{1,2}),? (?P<y>\d{4})"),
    re.compile(r"(?P<d>\d{1,2})[ -](?P<m>[A-Za-z]{3,9})[ -](?P<y>\d{4})"),
)
_PERIOD = re.compile(r"(.*\d日?)\s*(?:至|~|到| - | to )\s*(\S.*)")
_MONTHS = tuple(
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_YEARS = range(2000, 2101)


class PeriodError(ValueError):
    """A cell names several days where one is needed."""


def is_null(text: str) -> bool:
    """Whether a cell says that nothing is known."""
    return unfold(text).casefold() in NULLS


def unfold(text: str) -> str:
    """A cell without its wrapping: full width, spaces, tabs, quotes, and the `="..."` that keeps Excel off."""
    plain = unicodedata.normalize("NFKC", text).strip()
    wrapped = _WRAPPED.fullmatch(plain)
    return (wrapped[1] if wrapped else plain).strip().strip("\"'").strip()


def parse_number(text: str, *, fraction: bool = False) -> float:
    """The number in a cell; NaN where nothing is given.

    Args:
        text: such as `1,234.5`, `¥12`, `Rs.1000.0`, `2.5万` or, for a fraction, `1.66%`.
        fraction: whether a percentage makes sense here.

    Raises:
        ValueError: it is no finite number; the text says why, in Chinese.
    """
    return _parsed(text, fraction=fraction)[0]


def resolution(text: str) -> float:
    """The value of the last digit shown: 0.01 for `12.34`, 1000 for `1.2万`."""
    return _parsed(text, fraction=True)[1]


def _parsed(text: str, *, fraction: bool) -> tuple[float, float]:
    plain = unfold(text).casefold()
    if plain in NULLS:
        return nan, nan
    match = _NUMBER.fullmatch(plain)
    if not match or (match["sign"] and match["inner"]):
        raise ValueError("不是数字")
    if match["percent"] and not fraction:
        raise ValueError("这里不应是百分比")
    digits = match["digits"].replace(",", "")
    scale, divisor = _SCALES[match["scale"]], 100.0 if match["percent"] else 1.0
    value = float(match["sign"] + match["inner"] + digits + (match["power"] or "")) * scale / divisor
    if not isfinite(value):
        raise ValueError("数字太大")
    return value, scale / divisor * 10.0 ** -len(digits.partition(".")[2])


def parse_range(text: str, *, fraction: bool = False) -> tuple[float, float]:
    """Low and high end of a stated range; a point has both ends equal, an open end is 0 or NaN.

    Args:
        text: such as `5000 ~ 1万`, `1% ~ 2.5%`, `< 10%`, `> 90%` or `56%`.
        fraction: whether a percentage makes sense here.

    Raises:
        ValueError: it is none; the text says why, in Chinese.
    """
    plain = unfold(text)
    if plain[:1] in {"<", "≤"}:
        return 0.0, parse_number(plain[1:].lstrip("="), fraction=fraction)
    if plain[:1] in {">", "≥"}:
        return parse_number(plain[1:].lstrip("="), fraction=fraction), nan
    between = None if plain.casefold() in NULLS else _BETWEEN.fullmatch(plain)
    if not between:
        point = parse_number(plain, fraction=fraction)
        return point, point
    first, last = (part.strip() for part in between.groups() if part)
    shared = "%" if last.endswith("%") and not first.endswith("%") else ""
    low, high = parse_number(first + shared, fraction=fraction), parse_number(last, fraction=fraction)
    if not low <= high:
        raise ValueError("区间的下限高于上限")
    return low, high


def parse_date(text: str) -> date | None:
    """The day in a cell; None where nothing is given.

    Args:
        text: such as `2026-08-01`, `2024/1/5`, `20240105`, `2024年1月5日`, `Feb 1, 2020`.

    Raises:
        PeriodError: it names several days.
        ValueError: it is no date; the text says why, in Chinese.
    """
    plain = unfold(text)
    if plain.casefold() in NULLS:
        return None
    period = _PERIOD.fullmatch(plain)
    if period:
        first, last = parse_date(period[1]), parse_date(period[2])
        if first != last:
            raise PeriodError("这一行是多天合计，不是一天")
        return first
    for pattern in _DATES:
        match = pattern.fullmatch(plain)
        if match:
            return _date(int(match["y"]), _month(match["m"]), int(match["d"]))
    if re.fullmatch(r"\d{1,2}月\d{1,2}日?|\d{1,2}[-/]\d{1,2}", plain):
        raise ValueError("日期没有年份")
    if re.search(r"\d:\d\d", plain):
        raise ValueError("日期带有时刻，分时报表不能当作日报")
    raise ValueError("不是能识别的日期（请用 2026-08-01 的写法）")


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    found = [i for i, month in enumerate(_MONTHS, 1) if month.startswith(text.casefold())]
    return found[0] if len(found) == 1 else 9 * (text.casefold() == "sept")


def _date(year: int, month: int, day: int) -> date:
    if year not in _YEARS:
        raise ValueError("年份不合理")
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ValueError("没有这一天") from error


def parse_id(text: str) -> str:
    """An id as plain text, "" where nothing is given.

    Args:
        text: such as `="371"`, `620000000000.0` or `620,000,000,000`.

    Raises:
        ValueError: a spreadsheet has turned it into scientific notation, and digits are lost.
    """
    plain = unfold(text)
    if plain.casefold() in NULLS:
        return ""
    if _SCIENTIFIC.fullmatch(plain):
        raise ValueError("编号被表格软件改成了科学计数法，末尾数字已丢失")
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.0+)?|\d+\.0+", plain):
        return plain.partition(".")[0].replace(",", "")
    return plain
