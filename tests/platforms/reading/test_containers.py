"""Whatever a file is called and however it was saved, it is read whole or not at all."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bidopt.domain.errors import ReportError
from bidopt.facts.batch import Batch
from bidopt.platforms.reading import spreadsheet_child
from bidopt.platforms.reading.report import read_report
from tests.platforms.exports import ALL, Row, as_csv, as_html, as_xlsx, as_zip, native, read

ROWS = native({"keyword": "红色连衣裙"}, {"keyword": "NA"}, {"keyword": "显瘦 夏季"})


def table(batch: Batch) -> pd.DataFrame:
    return batch.tables["keyword_days"]


@pytest.mark.parametrize("name", ["keyword_days.csv", "报表.xls", "无名"])
@pytest.mark.parametrize(
    "content",
    [
        as_csv(ROWS),
        as_csv(ROWS, "utf-8-sig"),
        as_csv(ROWS, "gbk"),
        as_csv(ROWS, "utf-16"),
        as_csv(ROWS, "utf-8", "\t"),
        as_csv(ROWS, "utf-16", "\t"),
        as_xlsx(ROWS),
        as_html(ROWS),
        as_html(ROWS, "gbk"),
        as_zip({"a.csv": as_csv(ROWS, "gbk")}),
        as_zip({"a.xlsx": as_xlsx(ROWS), "__MACOSX/._a.xlsx": b"junk"}),
    ],
    ids=["utf8", "bom", "gbk", "utf16", "tab", "utf16tab", "xlsx", "html", "htmlgbk", "zipcsv", "zipxlsx"],
)
def test_bytes_decide_and_every_container_gives_the_same_facts(
    tmp_path: Path, name: str, content: bytes
) -> None:
    expected = table(read(tmp_path, "plain.csv", as_csv(ROWS)))
    pd.testing.assert_frame_equal(table(read(tmp_path, name, content)), expected)


def test_headings_below_a_preamble_are_found(tmp_path: Path) -> None:
    blank: Row = []
    rows: list[Row] = [["关键词报表"], blank, ["导出时间", "2026-08-05"], *ROWS, blank]
    batch = read(tmp_path, "a.csv", as_csv(rows))
    assert batch.rows == 3
    padded = [[*row, *[""] * (len(ROWS[0]) - len(row))] for row in rows]
    pd.testing.assert_frame_equal(table(read(tmp_path, "a.xlsx", as_xlsx(padded))), table(batch))


def test_every_tab_that_holds_a_report_is_read(tmp_path: Path) -> None:
    notes: list[Row] = [["说明", "无"], ["x", 1]]
    batch = read(tmp_path, "a.xlsx", as_xlsx(notes, ROWS[:3], [ROWS[0], ROWS[3]]))
    assert batch.rows == 3
    assert batch.report == "keyword_days"
    assert sorted(table(batch)["keyword"]) == sorted(["红色连衣裙", "NA", "显瘦 夏季"])


def test_tabs_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    other = native({"keyword": "红色连衣裙", "clicks": 11})
    with pytest.raises(ReportError, match="几个工作表"):
        read(tmp_path, "a.xlsx", as_xlsx(ROWS, other))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "空的"),
        (b"PK\x05\x06" + bytes(18), "空的"),
        (as_zip({"a.csv": as_csv(ROWS), "b.csv": as_csv(ROWS)}), "正好有一个"),
        (as_zip({"readme.md": b"x"}), "正好有一个"),
        (as_zip({"a.csv": as_zip({"b.csv": as_csv(ROWS)})}), "还是压缩包"),
        (as_zip({"a.csv": b"0" * (5 << 20)}), "压缩比"),
        (as_zip({f"{i}.csv": b"x" for i in range(101)} | {"xl/workbook.xml": b""}), "超过上限 100"),
        (as_csv(ROWS)[:-20] + b"\0" * 20, "NUL"),
        (b"<html><body>404</body></html>\n", "没有表格"),
        (b"\xd0\xcf\x11\xe0" + b"junk" * 200, "打不开"),
        (as_csv(ROWS).replace("红".encode(), b"\xff\xff\xff"), "损坏的字符"),
        (as_csv(ROWS).replace(b"100", b'"100', 1), "引号"),
        (as_csv([ROWS[0]]), "没有数据行"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(ReportError, match=says) as refused:
        read(tmp_path, "报表.csv", content)
    assert refused.value.message.startswith("报表.csv")
    assert refused.value.hint


def test_a_zip_whose_bytes_changed_is_refused(tmp_path: Path) -> None:
    for name, content in {"a.xlsx": as_xlsx(ROWS), "a.zip": as_zip({"a.csv": as_csv(ROWS)})}.items():
        path = tmp_path / name
        path.write_bytes(content)
        with zipfile.ZipFile(path) as archive:
            entry = archive.infolist()[0]
        at = entry.header_offset + 30 + len(entry.filename) + entry.compress_size // 2
        with pytest.raises(ReportError, match="损坏"):
            read(tmp_path, name, content[:at] + bytes([content[at] ^ 255]) + content[at + 1 :])


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-16"])
def test_a_cut_text_is_refused_at_every_byte_or_told_of(tmp_path: Path, encoding: str) -> None:
    content = as_csv(ROWS, encoding)
    whole = table(read(tmp_path, "a.csv", content))
    for length in range(len(content)):
        try:
            cut = read(tmp_path, "a.csv", content[:length])
        except ReportError:
            continue
        # A text that ends with a row cannot be told from a shorter report: what it has must be unchanged. One
        # that ends in its last cell may be a whole one written without a final line break: that cell is doubtful.
        ended = content[:length].decode(encoding)[-1] in "\r\n"
        sure = len(table(cut)) - (not ended)
        assert bool(cut.notes) != ended
        pd.testing.assert_frame_equal(table(cut).iloc[:sure], whole.iloc[:sure])


def test_a_cut_workbook_page_or_zip_is_refused_at_every_length(tmp_path: Path) -> None:
    for content in (as_html(ROWS), as_zip({"a.csv": as_csv(ROWS)}), as_xlsx(ROWS)):
        end = len(content) if not content.startswith(b"<") else content.rindex(b"</table>")
        for length in range(0, end, max(1, end // 40)):
            with pytest.raises(ReportError):
                read(tmp_path, "a", content[:length])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300))
def test_any_bytes_are_refused_in_words(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ReportError):
        read(tmp_path, "a", content)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_order_of_columns_and_rows_does_not_matter(tmp_path: Path, data: st.DataObject) -> None:
    columns = data.draw(st.permutations(range(len(ROWS[0]))))
    rows = [ROWS[0], *data.draw(st.permutations(ROWS[1:]))]
    shuffled = read(tmp_path, "a.csv", as_csv([[row[i] for i in columns] for row in rows]))
    expected = table(read(tmp_path, "a.csv", as_csv(ROWS)))
    pd.testing.assert_frame_equal(table(shuffled).sort_values("date", ignore_index=True), expected)


def test_progress_adds_up_to_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(as_csv(ROWS))
    steps: list[int] = []
    read_report(path, ALL, progress=steps.append)
    assert sum(steps) == path.stat().st_size


def test_the_child_runs_without_bidopt(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", str(Path(spreadsheet_child.__file__))],
        input=as_xlsx([["a"], [620000000000.0], [6.2e17], [0.25]]),
        capture_output=True,
        check=True,
        cwd=tmp_path,
    )
    lines = done.stdout.decode().splitlines()
    assert lines[1:] == [
        '["a"]',
        '["620000000000"]',
        '["6.2000000000000000e+17"]',
        '["0.25"]',
        '{"end": true}',
    ]


@pytest.mark.parametrize("height", [20_000, 200_000])
def test_a_lone_cell_far_out_is_refused_and_not_unfolded(tmp_path: Path, height: int) -> None:
    far: list[list[object]] = [["date"], *[[] for _ in range(height)], [*[""] * 1_000, "x"]]
    with pytest.raises(ReportError, match=r"too large|太大"):
        read(tmp_path, "a.xlsx", as_xlsx(far))
