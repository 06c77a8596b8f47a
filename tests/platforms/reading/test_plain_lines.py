"""Reading many lines at once finds the rows, the facts and the complaints that reading row by row finds."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bidopt.domain.errors import ReportError
from bidopt.platforms.reading.container import open_report
from bidopt.platforms.reading.delimited import HEADER_ROWS
from bidopt.platforms.reading.headings import Vocabulary
from bidopt.platforms.reading.plain_lines import PIECE, stretches
from bidopt.platforms.reading.sheet import Stretch, silent
from bidopt.platforms.reading.sheet_rows import SheetRows, read_rows
from tests.platforms import test_alimama_wanxiangtai as wanxiangtai
from tests.platforms import test_amazon_sponsored as amazon
from tests.platforms.exports import ALL, Row, as_csv, as_zip, native

VOCABULARY = Vocabulary([report for platform in ALL for report in platform.formats])

ODD = st.text(st.sampled_from("ab1,\"\t; \r\n\ufeff\u2028\x0b\x1c\x85'\\=，连😀"), max_size=80)
"""What tells one splitter from another."""


def row_by_row(found: Iterable[Stretch]) -> list[list[str]]:
    rows: list[list[str]] = []
    for stretch in found:
        if isinstance(stretch, Mapping):
            rows.extend(map(list, zip(*(column.to_pylist() for column in stretch.values()), strict=True)))
        else:
            rows.extend(stretch)
    return rows


@settings(max_examples=500, deadline=None)
@given(
    ODD,
    st.integers(1, 30),
    st.integers(1, 3),
    st.integers(0, 3),
    st.sampled_from(",\t;"),
    st.sampled_from(["utf-8", "gb18030", "utf-16"]),
)
@example("\ufeffa,b\n", 9, 2, 0, ",", "utf-8")
@example("a,b\n\n\nc,d", 3, 2, 1, ",", "utf-8")
@example("a,b\r\n\ufeffc,d\r\n", 5, 2, 0, ",", "utf-8")
@example('a,b\n"c\n\nd",e\nf,g\n', 4, 2, 1, ",", "utf-8")
@example('a,b\nc,"d\n', 4, 2, 0, ",", "utf-8")
def test_pieces_hold_the_rows_that_csv_finds(
    content: str, size: int, width: int, after: int, delimiter: str, encoding: str
) -> None:
    def pieces() -> list[list[str]]:
        raw = io.BytesIO(content.encode(encoding))
        found = stretches(raw, encoding, delimiter, after=after, width=width, needed=range(width), size=size)
        return row_by_row(found)

    try:
        expected = list(csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        with pytest.raises(csv.Error):
            pieces()
    else:
        assert pieces() == expected[after:]


def test_plain_lines_are_split_at_once_and_only_an_odd_piece_goes_row_by_row() -> None:
    lines = [f"{i},b\n" for i in range(100)]
    lines[50] = '50,"b"\n'
    file = io.BytesIO("".join(lines).encode())
    found = [
        (isinstance(stretch, Mapping), len(row_by_row([stretch])))
        for stretch in stretches(file, "utf-8", ",", after=1, width=2, needed=[0, 1], size=40)
    ]
    assert sum(rows for plain, rows in found if not plain) < 20
    assert sum(rows for _, rows in found) == 99


def test_a_cell_that_csv_finds_too_large_is_refused() -> None:
    content = "a,b\n" * 10 + "a," + "b" * (csv.field_size_limit() + 1) + "\n" + "a,b\n" * 10
    with pytest.raises(csv.Error, match="field limit"):
        row_by_row(stretches(io.BytesIO(content.encode()), "utf-8", ",", after=0, width=2, needed=[0]))


def test_a_text_without_line_breaks_fills_no_memory() -> None:
    file = io.BytesIO(b"x" * (20 * PIECE))
    with pytest.raises(csv.Error, match="does not end"):
        row_by_row(stretches(file, "utf-8", ",", after=0, width=2, needed=[0]))
    assert file.tell() < 10 * PIECE


def read(folder: Path, content: bytes, *, at_once: bool) -> SheetRows | tuple[str, str]:
    """The typed rows of a file, or the message and hint of its refusal."""
    path = folder / "a.csv"
    path.write_bytes(content)
    try:
        with open_report(path, VOCABULARY.known) as (sheet,):
            top = [row for row, _ in zip(sheet.rows(silent), range(HEADER_ROWS), strict=False)]
            what = VOCABULARY.recognise(top, path.name)
            if what is None:
                raise VOCABULARY.refusal(top, path.name)
            assert sheet.split is not None
            return read_rows(sheet if at_once else replace(sheet, split=None), what, silent)
    except ReportError as error:
        return error.message, error.hint


def same_both_ways(folder: Path, content: bytes) -> SheetRows | tuple[str, str]:
    fast, slow = (read(folder, content, at_once=at_once) for at_once in (True, False))
    if isinstance(fast, SheetRows) and isinstance(slow, SheetRows):
        pd.testing.assert_frame_equal(fast.frame, slow.frame, check_exact=True, check_index_type=True)
        assert fast.totals == slow.totals
    else:
        assert fast == slow
    return fast


TOTAL: dict[str, object] = {
    "date": "合计",
    "campaign_id": "",
    "product_id": "",
    "keyword": "",
    "clicks": "20",
}
AMAZON = amazon.report(
    amazon.SEARCH_TERM_2026, {"Customer Search Term": 'red "x" dress'}, {"Customer Search Term": "a"}
)
TARGETING = amazon.report(
    amazon.TARGETING_2020, {}, {"Targeting": "asin", "14 Day Total Sales (₹)": "₹1,250.5"}
)
EXPORTS: dict[str, list[list[object]]] = {
    "native": native({}, {"keyword": "a b"}),
    "totals": native({}, {}, TOTAL),
    "thousands": native({"cost": "1,234.5", "impressions": "1.2万"}, {"bid": "¥0.5"}),
    "quotes": native({"keyword": '引"号'}, {"keyword": "两\n行"}),
    "wanxiangtai": wanxiangtai.ROWS,
    "amazon": AMAZON,
    "targeting": TARGETING,
}


@pytest.mark.parametrize("rows", EXPORTS.values(), ids=EXPORTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_exports_are_read_alike_both_ways(
    tmp_path: Path, rows: list[Row], encoding: str, delimiter: str
) -> None:
    content = as_csv(rows, encoding, delimiter)
    assert isinstance(same_both_ways(tmp_path, content), SheetRows)
    assert isinstance(same_both_ways(tmp_path, as_zip({"a.csv": content})), SheetRows)
    same_both_ways(tmp_path, content.rstrip())  # no final line break


@pytest.mark.shared
def test_real_exports_are_read_alike_both_ways(shared: Path, tmp_path: Path) -> None:
    for path in (shared / "data" / "amazon-2020").glob("*.csv"):
        assert isinstance(same_both_ways(tmp_path, path.read_bytes()), SheetRows)


CELLS = st.one_of(
    st.sampled_from(
        [
            "1",
            "-1",
            "1,234",
            "abc",
            "",
            " ",
            "-",
            "\\N",
            "合计",
            '="371"',
            "6.2E+11",
            "2026-08-01",
            "2026年8月2日",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4),
)
CHANGES = st.lists(
    st.dictionaries(
        st.sampled_from(["date", "campaign_id", "product_id", "keyword", "clicks", "cost", "bid"]),
        CELLS,
        max_size=2,
    ),
    min_size=1,
    max_size=25,
)
SPOILT = st.lists(
    st.tuples(
        st.integers(0, 2000),
        st.sampled_from(["", "\n", "\r", '"', ",", "\ufeff", "\0", "\n\n", ",,,", " ", "x"]),
    ),
    max_size=3,
)
"""Places and what is put there."""


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHANGES, SPOILT, st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]))
def test_odd_files_are_read_or_refused_alike_both_ways(
    tmp_path: Path, changes: list[dict[str, object]], spoilt: list[tuple[int, str]], encoding: str
) -> None:
    text = as_csv(native(*changes)).decode()
    for place, what in spoilt:
        text = text[:place] + what + text[place:]
    same_both_ways(tmp_path, text.encode(encoding))


def test_of_two_faults_the_one_is_named_that_reading_row_by_row_meets_first(tmp_path: Path) -> None:
    rows = native(*[{}] * 5, {"clicks": "abc"}, *[{}] * 40_000)
    rows[20_000] = rows[20_000][:-1]
    assert same_both_ways(tmp_path, as_csv(rows)) == (
        "第 20001 行有 8 格，表头有 9 格，文件不完整或被改坏",
        "请重新下载或重新导出后再放进来",
    )


def test_rows_keep_their_numbers_after_blank_lines_and_records_of_several_lines(tmp_path: Path) -> None:
    rows: list[Row] = [*native({}, {"keyword": "两\n行"}, {}, {})]
    blank: Row = []
    found = same_both_ways(tmp_path, as_csv([["导出"], blank, *rows[:3], blank, *rows[3:], blank]))
    assert isinstance(found, SheetRows)
    assert found.frame.index.tolist() == [4, 5, 7, 8]
