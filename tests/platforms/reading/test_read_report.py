"""What a report says is taken over to the letter; what it cannot mean is refused with row, column and value."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bidopt.domain.errors import ReportError
from bidopt.facts.schemas import KEYWORD_DAYS
from tests.platforms.exports import Row, as_csv, as_xlsx, native, read


def days(folder: Path, rows: list[list[object]]) -> pd.DataFrame:
    return read(folder, "a.csv", as_csv(rows)).tables["keyword_days"]


@pytest.mark.parametrize(
    "keyword",
    [
        "NA", "null", "None", "nan", "-", "合计", "total", '=HYPERLINK("http://x","y")', "+red", "@home", "-free",
        "<b>粗</b>", "😀", " 空格 ", '引"号', "a,b", "两\n行", "\ttab", "％全角", "1e5", "007", "0.10",
    ],
)  # fmt: skip
def test_keywords_survive_to_the_letter(tmp_path: Path, keyword: str) -> None:
    rows = native({"keyword": keyword}, {"keyword": "连衣裙"})
    assert days(tmp_path, rows)["keyword"].tolist() == [keyword, "连衣裙"]
    workbook = read(tmp_path, "a.xlsx", as_xlsx(rows)).tables["keyword_days"]
    assert workbook["keyword"].tolist() == [keyword, "连衣裙"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1).filter(str.strip)
)
def test_any_keyword_survives_csv(tmp_path: Path, keyword: str) -> None:
    assert days(tmp_path, native({"keyword": keyword}))["keyword"].tolist() == [keyword]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"clicks": "abc"}, "第 3 行「clicks」的值 'abc' 不是数字"),
        ({"clicks": "-1"}, "第 3 行「clicks」的值 '-1' 不能是负数"),
        ({"cost": "inf"}, "第 3 行「cost」的值 'inf' 不是数字"),
        ({"cost": "5%"}, "第 3 行「cost」的值 '5%' 这里不应是百分比"),
        ({"date": "去年"}, "第 3 行「date」的值 '去年' 不是能识别的日期"),
        ({"date": "-"}, "第 3 行「date」的值 '-' 没有填写"),
        ({"keyword": ""}, "第 3 行「keyword」的值 '' 没有填写"),
        ({"campaign_id": "6.2E+11"}, "第 3 行「campaign_id」的值 '6.2E+11' 编号被表格软件改成了科学计数法"),
        ({"status": "enabeld"}, "第 3 行「status」的值 'enabeld' 不认识这个写法，是不是想写 enabled"),
    ],
)
def test_a_bad_cell_is_named_by_row_heading_and_value(
    tmp_path: Path, change: dict[str, object], says: str
) -> None:
    with pytest.raises(ReportError) as refused:
        days(tmp_path, native({}, change, {}))
    assert says in refused.value.message
    assert refused.value.hint


def test_row_numbers_count_blank_lines_and_preamble(tmp_path: Path) -> None:
    rows: list[Row] = [["导出"], *native({}, {"clicks": "x"})]
    blank: Row = []
    content = as_csv([*rows[:3], blank, *rows[3:]])
    with pytest.raises(ReportError, match="第 5 行「clicks」"):
        read(tmp_path, "a.csv", content)


def test_a_period_row_asks_for_days(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="多天合计") as refused:
        days(tmp_path, native({"date": "20260801至20260807"}))
    assert "分日" in refused.value.hint


@pytest.mark.parametrize("extra", [["x"], []])
def test_a_row_with_another_number_of_cells_is_refused(tmp_path: Path, extra: list[object]) -> None:
    rows = native({}, {})
    rows[2] = [*rows[2], *extra] if extra else rows[2][:-1]
    with pytest.raises(ReportError, match="第 3 行有"):
        days(tmp_path, rows)


def test_exact_copies_are_dropped_and_counted(tmp_path: Path) -> None:
    rows = native({}, {})
    batch = read(tmp_path, "a.csv", as_csv([*rows, rows[1], rows[1]]))
    assert (batch.rows, batch.duplicates, len(batch.tables["keyword_days"])) == (4, 2, 2)


def test_one_key_with_two_numbers_is_refused_with_both_rows(tmp_path: Path) -> None:
    rows = native({}, {"keyword": "雪纺"}, {"date": "2026-08-01", "clicks": 11})
    with pytest.raises(ReportError) as refused:
        days(tmp_path, rows)
    for part in ("第 2 行", "第 4 行", "点击量 10", "点击量 11", "连衣裙"):
        assert part in refused.value.message


TOTAL: dict[str, object] = {"date": "合计", "campaign_id": "", "product_id": "-", "keyword": ""}


def test_the_totals_row_is_kept_apart_and_reconciled(tmp_path: Path) -> None:
    sums = {"impressions": 300, "clicks": 30, "cost": "37.50", "conversions": 3, "revenue": "--"}
    rows = native({}, {}, {}, TOTAL | sums)
    for shown in (rows, [rows[0], rows[-1], *rows[1:-1]]):
        batch = read(tmp_path, "a.csv", as_csv(shown))
        assert batch.rows == 3
        assert batch.totals == {"impressions": 300, "clicks": 30, "cost": 37.5, "conversions": 3}


def test_a_total_that_does_not_add_up_is_refused_with_both_numbers(tmp_path: Path) -> None:
    sums = {"impressions": 300, "clicks": 31, "cost": 37.5, "conversions": 3, "revenue": 297}
    with pytest.raises(ReportError, match=r"第 5 行的总计与各行之和不符：clicks 总计 31，各行之和 30"):
        days(tmp_path, native({}, {}, {}, TOTAL | sums))


def test_a_total_may_be_rounded_as_it_is_shown(tmp_path: Path) -> None:
    many: list[dict[str, object]] = [
        {"date": f"2026-0{1 + i // 28}-{1 + i % 28:02d}", "impressions": 4111} for i in range(100)
    ]
    sums = {"impressions": "41.1万", "clicks": 1000, "cost": "1250.04", "conversions": 100, "revenue": 9900}
    assert read(tmp_path, "a.csv", as_csv(native(*many, TOTAL | sums))).totals["impressions"] == 411000
    with pytest.raises(ReportError, match="impressions 总计 412000"):
        days(tmp_path, native(*many, TOTAL | sums | {"impressions": "41.2万"}))


def test_unknown_columns_are_listed_and_never_fail(tmp_path: Path) -> None:
    batch = read(tmp_path, "a.csv", as_csv(native({"神秘列": 1, "Extra": "x"})))
    assert batch.unknown_columns == ("神秘列", "Extra")


def test_a_missing_column_names_the_nearest_one(tmp_path: Path) -> None:
    rows = native({})
    rows[0][4] = "impresions"
    with pytest.raises(ReportError) as refused:
        days(tmp_path, rows)
    assert "缺少列 impressions，最接近的是 impresions" in refused.value.message
    assert "原生关键词日报" in refused.value.message
    assert "不认识的列：impresions" in refused.value.message


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    rows = [[*row, row[5]] for row in native({})]
    with pytest.raises(ReportError, match="分不清哪一列是 clicks：第 6 列 clicks、第 10 列 clicks"):
        days(tmp_path, rows)


def test_headings_match_whatever_their_case_spaces_and_width(tmp_path: Path) -> None:
    rows = native({"bid": "1.2"})
    rows[0] = [f" {str(h).upper().replace('_', ' ')} " for h in rows[0]]
    rows[0][5] = "ＣＬＩＣＫＳ"
    rows[0][6] = "Cost (元)"
    assert days(tmp_path, rows)["cost"].tolist() == [12.5]


def test_a_heading_in_percent_divides_by_a_hundred(tmp_path: Path) -> None:
    rows = [["term", "ctr(%)", "cvr"], ["浴缸", "56", "1% ~ 2.5%"], ["浴桶", "5%", "0.02"]]
    terms = read(tmp_path, "search_terms.csv", as_csv(rows)).tables["market_terms"]
    assert terms["ctr_low"].tolist() == pytest.approx([0.56, 0.05])
    assert terms["cvr_high"].tolist() == pytest.approx([0.025, 0.02])


def test_odd_numbers_among_plain_ones_are_read_alike(tmp_path: Path) -> None:
    costs = ["1234.5", "1,234.5", "￥1234.5", "1234.5元", "１２３４．５", "0.12345万", "1.2345e3"]
    rows = native(
        *(
            {"cost": c, "bid": b}
            for c, b in zip(costs, ["", "-", "--", "\\N", "nan", "NULL", "1"], strict=True)
        )
    )
    table = days(tmp_path, rows)
    assert table["cost"].tolist() == pytest.approx([1234.5] * 7)
    assert table["bid"].isna().tolist() == [True] * 6 + [False]


def test_the_table_keeps_its_schema_and_absent_columns_are_unknown(tmp_path: Path) -> None:
    table = KEYWORD_DAYS.check(days(tmp_path, native({}, {})))
    assert table["bid"].isna().all()
    assert (table["ad_group_id"] == "").all()
    assert table["reported_on"].isna().all()


def test_many_chunks_are_read_as_one(tmp_path: Path) -> None:
    rows = native(*({"date": "2026-08-01", "keyword": f"词{i}", "clicks": i % 10} for i in range(3_000)))
    wide = [[*row, *["x"] * 400] for row in rows]
    wide[0][-400:] = [f"列{i}" for i in range(400)]
    pd.testing.assert_frame_equal(days(tmp_path, wide), days(tmp_path, rows))
