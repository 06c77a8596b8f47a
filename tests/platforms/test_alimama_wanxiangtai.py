"""万相台无界: one report in every encoding and container, the keyword list, and the change list."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from bidopt.domain.changes import BIDS, BUDGETS, KEYWORDS
from bidopt.domain.errors import ReportError
from bidopt.facts.schemas import KEYWORD_STATES
from bidopt.platforms.alimama_wanxiangtai import AlimamaWanxiangtai
from bidopt.platforms.platform import Upload
from tests.platforms.exports import as_csv, as_html, as_xlsx, as_zip, read

KEYWORD_HEADINGS = """日期 场景ID 场景名字 计划ID 计划名字 单元ID 单元名字 宝贝ID 宝贝名称 词类型 词ID/词包ID 词名字/词包名字
    展现量 点击量 花费 点击率 平均点击花费 千次展现花费 总预售成交金额 总预售成交笔数 直接预售成交金额 直接预售成交笔数
    间接预售成交金额 间接预售成交笔数 直接成交金额 间接成交金额 总成交金额 总成交笔数 直接成交笔数 间接成交笔数 点击转化率
    投入产出比 总成交成本 总购物车数 直接购物车数 间接购物车数 加购率 收藏宝贝数 收藏店铺数 店铺收藏成本 总收藏加购数
    总收藏加购成本 宝贝收藏加购数 宝贝收藏加购成本 总收藏数 宝贝收藏成本 宝贝收藏率 加购成本 拍下订单笔数 拍下订单金额
    直接收藏宝贝数 间接收藏宝贝数 优惠券领取量 购物金充值笔数 购物金充值金额 旺旺咨询量 引导访问量 引导访问人数 引导访问潜客数
    引导访问潜客占比 入会率 入会量 引导访问率 深度访问量 平均访问页面数 成交新客数 成交新客占比 会员首购人数 会员成交金额
    会员成交笔数 成交人数 人均成交笔数 人均成交金额 平均展现排名""".split()  # noqa: SIM905  a header row
PLAIN: dict[str, object] = {
    "日期": "2026-08-01", "场景ID": '="371"', "计划ID": '="620000000001"', "单元ID": '="730000000001"',
    "宝贝ID": '="681234567890"', "主体ID": "681234567890", "词类型": "关键词", "词ID/词包ID": '="990000000001"',
    "展现量": "1,000", "点击量": "30", "花费": "45.60", "点击率": "0.03", "总成交金额": "\\N", "总成交笔数": "-",
    "直接成交金额": "5", "直接成交笔数": "7", "平均展现排名": "",
}  # fmt: skip


def report(headings: list[str], *changes: dict[str, object]) -> list[list[object]]:
    return [[*headings], *([(PLAIN | change).get(h, "") for h in headings] for change in changes)]


ROWS = report(
    KEYWORD_HEADINGS,
    {"词名字/词包名字": "连衣裙女夏", "总成交金额": "299.00", "总成交笔数": "2"},
    {"词名字/词包名字": "连衣裙女夏", "日期": "2026/8/2", "点击量": "0", "花费": "0"},
    {"词名字/词包名字": "NA", "平均展现排名": "3.5"},
    {"词名字/词包名字": "=红+", "词类型": "关键词包", "花费": "1.2万"},
)


def keyword_days(folder: Path, name: str, content: bytes) -> pd.DataFrame:
    batch = read(folder, name, content)
    assert (batch.platform, batch.report) == ("alimama_wanxiangtai", "keyword")
    assert batch.unknown_columns == ()
    return batch.tables["keyword_days"]


def test_the_keyword_report_becomes_keyword_days(tmp_path: Path) -> None:
    table = keyword_days(tmp_path, "关键词报表.csv", as_csv(ROWS, "gbk"))
    first = table.iloc[0]
    assert first["date"] == pd.Timestamp("2026-08-01")
    assert first[["campaign_id", "ad_group_id", "product_id"]].tolist() == [
        "620000000001", "730000000001", "681234567890",
    ]  # fmt: skip
    assert first[["impressions", "clicks", "cost", "conversions", "revenue"]].tolist() == [
        1000,
        30,
        45.6,
        2,
        299,
    ]
    assert table["keyword"].tolist() == ["连衣裙女夏", "连衣裙女夏", "NA", "=红+"]
    assert table["match_type"].tolist() == ["", "", "", "package"]
    assert table["conversions"].isna().tolist() == [False, True, True, True]
    assert table["cost"].iloc[3] == 12000
    assert table["bid"].isna().all()
    assert table["reported_on"].isna().all()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("gbk.csv", as_csv(ROWS, "gbk")),
        ("utf8.csv", as_csv(ROWS)),
        ("bom.csv", as_csv(ROWS, "utf-8-sig")),
        ("utf16.csv", as_csv(ROWS, "utf-16")),
        ("tab.csv", as_csv(ROWS, "utf-16", "\t")),
        ("报表.xlsx", as_xlsx(ROWS)),
        ("csv.zip", as_zip({"关键词报表.csv": as_csv(ROWS, "gbk")})),
        ("xlsx.zip", as_zip({"关键词报表.xlsx": as_xlsx(ROWS)})),
        ("html.xls", as_html(ROWS, "gbk")),
        ("xlsx.csv", as_xlsx(ROWS)),
    ],
)
def test_every_encoding_and_container_gives_identical_facts(
    tmp_path: Path, name: str, content: bytes
) -> None:
    expected = keyword_days(tmp_path, "plain.csv", as_csv(ROWS))
    pd.testing.assert_frame_equal(keyword_days(tmp_path, name, content), expected)


def test_columns_the_operator_did_not_tick_are_unknown_and_not_zero(tmp_path: Path) -> None:
    few = "点击量 花费 展现量 计划ID 计划名字 日期".split()  # noqa: SIM905
    batch = read(tmp_path, "a.csv", as_csv(report(few, {})))
    table = batch.tables["campaign_days"]
    assert table[["conversions", "revenue"]].isna().all(axis=None)
    assert batch.attribution_window is None


def test_a_keyword_report_without_sales_is_refused_and_direct_sales_are_not_taken_for_them(
    tmp_path: Path,
) -> None:
    headings = [h for h in KEYWORD_HEADINGS if not h.startswith("总成交")]
    few = [h for h in headings if not h.startswith(("直接", "间接"))][:15]
    for shown in (headings, few):
        with pytest.raises(ReportError, match="关键词报表，但缺少列 总成交笔数") as refused:
            read(tmp_path, "a.csv", as_csv(report(shown, {"词名字/词包名字": "裙"})))
        assert "请在导出时勾选 总成交笔数、总成交金额" in refused.value.hint


def test_no_orders_is_no_revenue_but_nothing_said_is_nothing_known(tmp_path: Path) -> None:
    rows = report(
        KEYWORD_HEADINGS,
        {"词名字/词包名字": "a", "总成交笔数": "0", "总成交金额": "-"},
        {"词名字/词包名字": "b", "总成交笔数": "-", "总成交金额": "-"},
        {"词名字/词包名字": "c", "总成交笔数": "2", "总成交金额": "-"},
    )
    table = keyword_days(tmp_path, "a.csv", as_csv(rows))
    assert table["revenue"].fillna(-1).tolist() == [0, -1, -1]


def test_a_period_report_asks_for_days(tmp_path: Path) -> None:
    rows = report(KEYWORD_HEADINGS, {"词名字/词包名字": "裙", "日期": "20260801至20260807"})
    with pytest.raises(
        ReportError, match="第 2 行「日期」的值 '20260801至20260807' 这一行是多天合计"
    ) as refused:
        read(tmp_path, "a.csv", as_csv(rows, "gbk"))
    assert "分日" in refused.value.hint


def test_a_near_heading_is_named(tmp_path: Path) -> None:
    rows = [["花费额" if cell == "花费" else cell for cell in row] for row in ROWS]
    with pytest.raises(ReportError, match="关键词报表，但缺少列 花费，最接近的是 花费额。不认识的列：花费额"):
        read(tmp_path, "a.csv", as_csv(rows, "gbk"))


def test_the_file_name_says_when_it_was_made(tmp_path: Path) -> None:
    stamped = keyword_days(tmp_path, "关键词报表_20260809_101500_某店.csv", as_csv(ROWS, "gbk"))
    assert set(stamped["reported_on"]) == {pd.Timestamp("2026-08-09")}
    for name in (
        "关键词报表_20260802_101500_某店.csv",
        "x_20260809_101500_20260810_101500.csv",
        "x_20260899_101500_y.csv",
    ):
        assert keyword_days(tmp_path, name, as_csv(ROWS))["reported_on"].isna().all()


@pytest.mark.parametrize("item", ["主体ID", "宝贝ID", "商品ID"])
def test_the_item_report_becomes_product_days(tmp_path: Path, item: str) -> None:
    headings = [
        "日期",
        "计划ID",
        "计划名字",
        item,
        "主体类型",
        "展现量",
        "点击量",
        "花费",
        "总成交金额",
        "自然流量曝光量",
    ]
    batch = read(tmp_path, "a.csv", as_csv(report(headings, {"商品ID": "681234567890"}), "gbk"))
    row = batch.tables["product_days"].iloc[0]
    assert (batch.report, row["product_id"], row["ad_group_id"]) == ("item", "681234567890", "")


NEW_ITEM = """日期 场景ID 场景名字 原二级场景ID 原二级场景名字 计划ID 计划名字 主体ID 主体类型 主体名称 展现量 点击量 花费 点击率
    总成交金额 总成交笔数 总购物车数 直接购物车数 间接购物车数 加购率 收藏宝贝数 收藏店铺数 总收藏加购数 宝贝收藏加购数 总收藏数
    直接收藏宝贝数 间接收藏宝贝数 自然流量曝光量""".split()  # noqa: SIM905  part of a header row of 2026
OLD_AD_GROUP = """日期 计划ID 计划名称 推广类型 单元ID 单元名称 商品ID 展现量 点击量 花费 点击率 平均点击花费 总收藏数 宝贝收藏数
    店铺收藏数 总购物车数 直接购物车数 间接购物车数 加购成本 加购率 总成交金额 总成交笔数""".split()  # noqa: SIM905  直通车, 2022


@pytest.mark.parametrize(
    ("headings", "liked"), [(NEW_ITEM, "收藏宝贝数"), (OLD_AD_GROUP, "宝贝收藏数")], ids=["2026", "2022"]
)
def test_favourites_and_carts_of_a_product_are_read_for_its_test(
    tmp_path: Path, headings: list[str], liked: str
) -> None:
    """Shop favourites and carts of the same product alone are other columns; ad groups of a campaign add up."""
    told: dict[str, object] = {
        "商品ID": "681234567890",
        liked: "3",
        "总购物车数": "2",
        "总收藏数": "9",
        "总收藏加购数": "11",
    }
    second = (
        {**told, "单元ID": "730000000002", liked: "\\N"} if "单元ID" in headings else told
    )  # or an exact copy
    batch = read(tmp_path, "a.csv", as_csv(report(headings, told, second, {**told, "日期": "2026-08-02"})))
    assert (batch.report, batch.unknown_columns) == ("item", ())
    table = batch.tables["product_test_days"]
    groups = 2 if "单元ID" in headings else 1
    assert table["product_id"].tolist() == ["681234567890"] * 2
    assert table["clicks"].tolist() == [30 * groups, 30]
    assert table["favourites"].tolist() == [3, 3]
    assert table["carts"].tolist() == [2 * groups, 2]
    assert batch.tables["product_days"].shape[0] == groups + 1


def test_the_creative_report_becomes_creative_days(tmp_path: Path) -> None:
    headings = [*NEW_ITEM[:7], "单元ID", "单元名字", *NEW_ITEM[7:10], "创意ID", "创意名称", *NEW_ITEM[10:]]
    first: dict[str, object] = {"创意ID": '="55"', "创意名称": "白底图"}
    rows = report(
        headings, first, {**first, "单元ID": "730000000002"}, {"创意ID": "56", "创意名称": "场景图"}
    )
    batch = read(tmp_path, "a.csv", as_csv(rows, "gbk"))
    assert (batch.report, batch.unknown_columns) == ("creative", ())
    table = batch.tables["creative_days"]
    assert table["creative_id"].tolist() == ["55", "56"]
    assert table[["impressions", "clicks"]].to_numpy().tolist() == [[2000, 60], [1000, 30]]


def test_the_campaign_report_becomes_campaign_days(tmp_path: Path) -> None:
    headings = [
        "日期",
        "场景名字",
        "计划ID",
        "计划名字",
        "展现量",
        "点击量",
        "花费",
        "总成交金额",
        "总成交笔数",
    ]
    batch = read(tmp_path, "a.csv", as_csv(report(headings, {"计划名字": "夏季"}), "gbk"))
    row = batch.tables["campaign_days"].iloc[0]
    assert (batch.report, row["campaign_id"], row["name"]) == ("campaign", "620000000001", "夏季")
    assert batch.attribution_window == 15


def test_a_finer_report_is_not_taken_for_a_coarser_one(tmp_path: Path) -> None:
    headings = ["日期", "计划ID", "主体ID", "人群名字", "展现量", "点击量", "花费"]
    with pytest.raises(ReportError, match="像是 宝贝报表，但含有 人群名字"):
        read(tmp_path, "a.csv", as_csv(report(headings, {"人群名字": "新客"})))


LIST = [
    ["计划名称", "计划ID", "单元ID", "宝贝ID", "词ID", "关键词", "匹配方式", "出价", "质量分", "状态"],
    ["夏季", '="62"', '="73"', '="68"', '="99"', "连衣裙", "广泛", "1.25元", "8", "推广中"],
    ["夏季", "62", "73", "68", "98", "雪纺裙", "精准匹配", "0.80", "-", "暂停"],
]


def test_the_keyword_list_brings_bids_scores_and_match_types(tmp_path: Path) -> None:
    batch = read(tmp_path, "列表.csv", as_csv(LIST, "gbk"))
    table = batch.tables["keyword_states"]
    assert batch.report == "keyword_list"
    assert table["bid"].tolist() == [1.25, 0.8]
    assert table["match_type"].tolist() == ["broad", "exact"]
    assert table["status"].tolist() == ["enabled", "paused"]
    assert table["quality_score"].isna().tolist() == [False, True]
    assert table["keyword_id"].tolist() == ["99", "98"]
    assert table["date"].isna().all()
    stamped = read(tmp_path, "列表_20260809_101500_某店.csv", as_csv(LIST)).tables["keyword_states"]
    assert set(stamped["date"]) == set(stamped["reported_on"]) == {pd.Timestamp("2026-08-09")}


def test_a_match_type_nobody_knows_is_refused(tmp_path: Path) -> None:
    rows = [LIST[0], [*LIST[1][:6], "智能", *LIST[1][7:]]]
    with pytest.raises(ReportError, match="第 2 行「匹配方式」的值 '智能' 不认识这个写法"):
        read(tmp_path, "列表.csv", as_csv(rows))


TRICKY = ['=HYPERLINK("http://x")', "+red", "@home", "<b>粗</b>", "😀", "http://x.cn", "123"]


def upload(keywords: list[str], budgets: int = 1) -> Upload:
    place = {
        "platform": "alimama_wanxiangtai",
        "ad_group_id": "73",
        "match_type": "broad",
        "action": "set_bid",
    }
    plain = place | {"current_bid": 1.0, "bid": 1.105}
    bids = [
        plain | {"campaign_id": str(9 - i % 2), "keyword": k, "product_id": "68"}
        for i, k in enumerate(keywords)
    ]
    changed = [
        {"platform": "alimama_wanxiangtai", "campaign_id": str(i), "budget": 100.0} for i in range(budgets)
    ]
    return Upload(
        date(2026, 8, 3),
        BIDS.conform(pd.DataFrame(bids)) if bids else BIDS.empty(),
        [f"理由{i}" for i in range(len(bids))],
        BUDGETS.conform(pd.DataFrame(changed)) if changed else BUDGETS.empty(),
        KEYWORD_STATES.empty(),
    )


def test_the_change_list_is_in_working_order_and_inert() -> None:
    files = AlimamaWanxiangtai().upload_files(upload(TRICKY))
    assert list(files) == ["alimama_wanxiangtai_changes.xlsx"]
    book = openpyxl.load_workbook(io.BytesIO(files["alimama_wanxiangtai_changes.xlsx"]))
    assert book.sheetnames == ["改词", "预算"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    headings, *rows = book["改词"].iter_rows(values_only=True)
    assert headings == (
        "序号",
        "计划ID",
        "单元ID",
        "宝贝ID",
        "关键词",
        "匹配方式",
        "动作",
        "当前出价",
        "建议出价",
        "理由",
    )
    assert [row[0] for row in rows] == list(range(1, len(TRICKY) + 1))
    assert [row[1] for row in rows] == sorted(str(row[1]) for row in rows)
    why = {keyword: f"理由{i}" for i, keyword in enumerate(TRICKY)}
    assert {str(row[4]): row[9] for row in rows} == why
    assert {row[5:7] for row in rows} == {("广泛", "调价")}
    assert list(book["预算"].iter_rows(min_row=2, values_only=True)) == [(1, "0", None, 100)]


def test_the_same_changes_give_the_same_bytes_and_none_give_no_file() -> None:
    platform = AlimamaWanxiangtai()
    assert platform.upload_files(upload(TRICKY)) == platform.upload_files(upload(TRICKY))
    assert platform.upload_files(upload([], 0)) == {}


def test_new_and_negative_words_have_lists_of_their_own() -> None:
    words = KEYWORDS.conform(
        {
            "kind": ["add", "negative", "add"],
            "keyword": ["=加绒毛毯", "免费", "冬季毛毯"],
            "match_type": ["exact", "phrase", "broad"],
            "bid": [0.854, float("nan"), 0.5],
            "campaign_id": ["2", "1", "1"],
            "ad_group_id": "73",
            "product_id": ["68", "", "68"],
        }
    )
    given = replace(upload([], 0), words=words, words_why=["甲", "乙", "丙"])
    (content,) = AlimamaWanxiangtai().upload_files(given).values()
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert list(book["加词"].iter_rows(values_only=True)) == [
        ("序号", "计划ID", "单元ID", "宝贝ID", "关键词", "匹配方式", "出价", "理由"),
        (1, "1", "73", "68", "冬季毛毯", "广泛", 0.5, "丙"),
        (2, "2", "73", "68", "=加绒毛毯", "精准", 0.85, "甲"),
    ]
    assert list(book["否词"].iter_rows(min_row=2, values_only=True)) == [
        (1, "1", "73", None, "免费", "短语", "乙")
    ]
