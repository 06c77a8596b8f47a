"""Native input: every table from its own headings."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from bidopt.domain.errors import ReportError
from bidopt.platforms.native import Native
from tests.platforms.exports import Row, as_csv, native, read


def test_keyword_days_with_every_optional_column(tmp_path: Path) -> None:
    rows = native(
        {
            "platform": "", "ad_group_id": "g1", "match_type": "精准", "status": "暂停", "bid": "1.20",
            "quality_score": 8, "average_rank": "2.5", "reported_on": "2026-08-09",
        },
        {"platform": "amazon_sponsored", "match_type": "broad", "status": "enabled"},
    )  # fmt: skip
    batch = read(tmp_path, "x.csv", as_csv(rows), [Native(attribution_window=30)])
    first, second = batch.tables["keyword_days"].to_dict("records")
    assert (first["platform"], first["match_type"], first["status"]) == ("native", "exact", "paused")
    assert (first["bid"], first["quality_score"], first["average_rank"]) == (1.2, 8, 2.5)
    assert first["reported_on"] == pd.Timestamp("2026-08-09")
    assert (second["platform"], second["match_type"]) == ("amazon_sponsored", "broad")
    assert (batch.platform, batch.report, batch.attribution_window) == ("native", "keyword_days", 30)
    assert batch.newest_day == date(2026, 8, 2)


def test_drawn_bids(tmp_path: Path) -> None:
    rows: list[Row] = [
        [
            "date",
            "platform",
            "campaign_id",
            "ad_group_id",
            "product_id",
            "keyword",
            "match_type",
            "bid",
            "propensity",
        ],
        ["2026-08-02", "alimama_wanxiangtai", "c1", "g1", "68", "连衣裙", "精准", "1.20", "0.035"],
    ]
    batch = read(tmp_path, "drawn_bids.csv", as_csv(rows))
    (row,) = batch.tables["drawn_bids"].to_dict("records")
    assert (row["platform"], row["match_type"]) == ("alimama_wanxiangtai", "exact")
    assert (row["bid"], row["propensity"]) == (1.2, 0.035)


def test_a_probability_above_one_is_refused(tmp_path: Path) -> None:
    rows: list[Row] = [
        ["date", "campaign_id", "product_id", "keyword", "bid", "propensity"],
        ["2026-08-02", "c1", "68", "连衣裙", "1.20", "3.5"],
    ]
    with pytest.raises(ReportError, match=r"propensity.*3\.5.*不能大于 1"):
        read(tmp_path, "drawn_bids.csv", as_csv(rows))


@pytest.mark.parametrize("value", ["0", "-0.1", "0%"])
def test_a_drawn_bid_without_a_probability_is_refused_with_its_row(tmp_path: Path, value: str) -> None:
    rows: list[Row] = [
        ["date", "campaign_id", "product_id", "keyword", "bid", "propensity"],
        ["2026-08-02", "c1", "68", "连衣裙", "1.20", "0.2"],
        ["2026-08-02", "c1", "68", "长裙", "1.20", value],
    ]
    with pytest.raises(ReportError, match=r"3.*propensity.*要大于 0"):
        read(tmp_path, "drawn_bids.csv", as_csv(rows))


def test_products(tmp_path: Path) -> None:
    rows: list[Row] = [
        ["product_id", "title", "price", "gross_margin", "stock", "launched_on"],
        ['="68"', "NA 连衣裙", "¥99", "35%", 12, "2026年1月5日"],
    ]
    table = read(tmp_path, "products.csv", as_csv(rows)).tables["products"]
    assert table.iloc[0][["product_id", "title", "price", "gross_margin"]].tolist() == [
        "68",
        "NA 连衣裙",
        99,
        0.35,
    ]
    assert table["launched_on"].iloc[0] == pd.Timestamp("2026-01-05")


@pytest.mark.parametrize("written", ["35%", "0.35", "35 %"])
def test_a_margin_is_a_fraction_or_a_percentage(tmp_path: Path, written: str) -> None:
    rows: list[Row] = [["product_id", "title", "gross_margin"], ["68", "连衣裙", written]]
    table = read(tmp_path, "products.csv", as_csv(rows)).tables["products"]
    assert table["gross_margin"].tolist() == pytest.approx([0.35])


def test_a_margin_above_one_is_refused_with_what_may_be_meant(tmp_path: Path) -> None:
    rows: list[Row] = [["product_id", "title", "gross_margin"], ["67", "裙", "1"], ["68", "连衣裙", "35"]]
    with pytest.raises(ReportError, match=r"第 3 行「gross_margin」的值 '35' 不能大于 1.*0\.35 或 35%"):
        read(tmp_path, "products.csv", as_csv(rows))


def test_campaigns(tmp_path: Path) -> None:
    rows: list[Row] = [["campaign_id", "daily_budget", "name", "max_budget"], ["c1", "300", "夏季", ""]]
    batch = read(tmp_path, "campaigns.csv", as_csv(rows))
    row = batch.tables["campaigns"].iloc[0]
    assert (row["platform"], row["campaign_id"], row["daily_budget"], row["name"]) == (
        "native",
        "c1",
        300,
        "夏季",
    )
    assert pd.isna(row["max_budget"])
    assert batch.attribution_window is None


def test_market_search_terms_keep_ranges(tmp_path: Path) -> None:
    rows: list[Row] = [
        ["term", "search_volume", "ctr", "cvr", "competing_products", "reference_cpc"],
        ["浴缸", "5000 ~ 1万", "56%", "1% ~ 2.5%", "1,200", "1.5"],
        ["null", "< 150", "> 90%", "-", "", ""],
    ]
    table = read(tmp_path, "search_terms.csv", as_csv(rows)).tables["market_terms"]
    assert table["term"].tolist() == ["浴缸", "null"]
    assert table["search_volume_low"].tolist() == [5000, 0]
    assert table["search_volume_high"].tolist() == [10000, 150]
    assert table["ctr_low"].tolist() == pytest.approx([0.56, 0.9])
    assert table["ctr_high"].isna().tolist() == [False, True]
    assert table["cvr_low"].isna().tolist() == [False, True]


def test_a_competitor_title_of_several_shops_is_told_by_the_best_seller(tmp_path: Path) -> None:
    rows: list[Row] = [
        ["title", "sales", "price"],
        ["法式连衣裙", 5, 99],
        ["碎花裙", "", 59],
        ["法式连衣裙", "1.2万", 89],
    ]
    table = read(tmp_path, "competitor_titles.csv", as_csv(rows)).tables["competitor_titles"]
    assert dict(zip(table["title"], table["sales"], strict=True))["法式连衣裙"] == 12000
    assert len(table) == 2


def test_the_same_product_twice_with_other_prices_is_refused(tmp_path: Path) -> None:
    rows: list[Row] = [["product_id", "title", "price"], ["1", "裙", 9], ["1", "裙", 8]]
    with pytest.raises(ReportError, match="第 2 行和第 3 行"):
        read(tmp_path, "products.csv", as_csv(rows))


@pytest.mark.parametrize(
    ("file", "chinese"), [("keyword_days.csv", "原生关键词日报"), ("search_term_days.csv", "原生搜索词日报")]
)
def test_a_file_that_lacks_a_column_is_refused_as_the_report_it_is_named_after(
    tmp_path: Path, file: str, chinese: str
) -> None:
    rows: list[Row] = [["date", "campaign_id", "keyword", "clicks"], ["2026-11-01", "1", "裙", 9]]
    with pytest.raises(ReportError, match=chinese) as refused:
        read(tmp_path, file, as_csv(rows))
    assert "请在表头加上 " in refused.value.hint


def test_product_test_days_and_creative_days(tmp_path: Path) -> None:
    """Both hold what a keyword report does not; a file with more headings is not taken for one with fewer."""
    products: list[Row] = [
        ["date", "product_id", "impressions", "clicks", "cost", "favourites", "carts", "category_ctr"],
        ["2026-08-02", "68", 1000, 40, "¥52.00", 3, 2, "4.1%"],
    ]
    batch = read(tmp_path, "a.csv", as_csv(products))
    row = batch.tables["product_test_days"].iloc[0]
    assert batch.report == "product_test_days"
    assert row[["product_id", "clicks", "cost", "favourites", "carts"]].tolist() == ["68", 40, 52, 3, 2]
    assert row["category_ctr"] == pytest.approx(0.041)
    creatives: list[Row] = [
        ["date", "product_id", "creative_id", "impressions", "clicks", "cost"],
        ["2026-08-02", "68", "图1", 1000, 40, 52],
    ]
    batch = read(tmp_path, "b.csv", as_csv(creatives))
    assert (batch.report, batch.tables["creative_days"]["creative_id"].tolist()) == ("creative_days", ["图1"])


def test_a_market_list_is_read_with_the_headings_of_the_shop_console(tmp_path: Path) -> None:
    rows: list[Row] = [
        ["排名", "搜索词", "搜索人气", "点击率", "支付转化率"],
        ["1", "浴缸", "5000 ~ 1万", "56%", "1% ~ 2.5%"],
    ]
    batch = read(tmp_path, "市场搜索.csv", as_csv(rows))
    assert batch.tables["market_terms"]["term"].tolist() == ["浴缸"]
    assert batch.unknown_columns == ()
    own: list[Row] = [["关键词", "搜索词", "展现量", "点击量", "花费"], ["浴缸", "家用浴缸", "9", "2", "3.1"]]
    with pytest.raises(ReportError):
        read(tmp_path, "搜索词报表.csv", as_csv(own))


def test_a_list_of_negative_words_is_told_by_its_heading(tmp_path: Path) -> None:
    rows = [["campaign_id", "否词", "match_type"], ["c1", "图片", "短语"], ["c1", "怎么用", "精准"]]
    batch = read(tmp_path, "anything.csv", as_csv(rows))
    table = batch.tables["negative_words"]
    assert batch.report == "negative_words"
    assert table[["campaign_id", "keyword", "match_type"]].to_numpy().tolist() == [
        ["c1", "图片", "phrase"],
        ["c1", "怎么用", "exact"],
    ]
