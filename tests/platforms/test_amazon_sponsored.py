"""Amazon Sponsored Products: console reports of all years, the bulk sheet both ways."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from bidopt.domain.changes import BIDS, BUDGETS, KEYWORDS
from bidopt.domain.errors import ReportError
from bidopt.facts.schemas import KEYWORD_STATES
from bidopt.platforms.amazon_sponsored import AmazonSponsored
from bidopt.platforms.platform import Upload
from bidopt.platforms.reading.report import read_report
from tests.platforms.exports import as_csv, as_xlsx, read


def columns(header_row: str) -> list[str]:
    return header_row.split("|")


SEARCH_TERM_2026 = columns(
    "Start Date|End Date|Portfolio name|Currency|Campaign Name|Ad Group Name|Retailer|Country|Targeting|Match Type"
    "|Customer Search Term|Impressions|Clicks|Click-Thru Rate (CTR)|Cost Per Click (CPC)|Spend|7 Day Total Sales "
    "|Total Advertising Cost of Sales (ACOS) |Total Return on Advertising Spend (ROAS)|7 Day Total Orders (#)"
    "|7 Day Total Units (#)|7 Day Conversion Rate|7 Day Advertised SKU Units (#)|7 Day Other SKU Units (#)"
    "|7 Day Advertised SKU Sales |7 Day Other SKU Sales "
)
TARGETING_2020 = columns(
    "Date|Portfolio name|Currency|Campaign Name|Ad Group Name|Targeting|Match Type|Impressions|Clicks|Spend"
    "|14 Day Total Sales (₹)|14 Day Total Orders (#)"
)
BULK = columns(
    "Product|Entity|Operation|Campaign ID|Ad Group ID|Keyword ID|Product Targeting ID|Campaign Name|Ad Group Name"
    "|Campaign Name (Informational only)|Ad Group Name (Informational only)|State"
    "|Campaign State (Informational only)|Daily Budget|Bid|Keyword Text|Match Type|Product Targeting Expression|Clicks"
)
PLAIN = {
    "Date": "Feb 1, 2020", "Start Date": "Aug 01, 2026", "End Date": "Aug 01, 2026", "Currency": "USD",
    "Campaign Name": "夏 || SP", "Ad Group Name": "组", "Targeting": "red dress", "Match Type": "EXACT",
    "Impressions": 100, "Clicks": 5, "Spend": "Rs.10.5",
}  # fmt: skip


def report(headings: list[str], *changes: dict[str, object]) -> list[list[object]]:
    return [[*headings], *([(PLAIN | change).get(h.strip(), "") for h in headings] for change in changes)]


def test_a_report_of_2026_names_its_window_in_the_headings(tmp_path: Path) -> None:
    rows = report(
        SEARCH_TERM_2026, {"Customer Search Term": "NA", "7 Day Total Sales": 30, "7 Day Total Orders (#)": 2}
    )
    batch = read(tmp_path, "a.xlsx", as_xlsx(rows))
    assert (batch.report, batch.attribution_window, batch.unknown_columns) == ("search_term", 7, ())
    row = batch.tables["search_term_days"].iloc[0]
    assert (row["search_term"], row["revenue"], row["conversions"], row["cost"]) == ("NA", 30, 2, 10.5)


def test_a_report_of_2020_carries_its_currency_in_the_headings(tmp_path: Path) -> None:
    rows = report(TARGETING_2020, {"14 Day Total Sales (₹)": 30}, {"Match Type": "-", "Targeting": "*"})
    batch = read(tmp_path, "a.csv", as_csv(rows))
    table = batch.tables["keyword_days"]
    assert batch.attribution_window == 14
    assert table["match_type"].tolist() == ["exact", "auto"]
    assert table["keyword"].tolist() == ["red dress", "*"]
    assert table["revenue"].isna().tolist() == [False, True]


def test_a_targeting_report_without_sales_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="投放报告 Targeting，但缺少列 7 Day Total Orders") as refused:
        read(tmp_path, "a.csv", as_csv(report(TARGETING_2020[:-2], {})))
    assert "请在导出时勾选 7 Day Total Orders (#)、7 Day Total Sales" in refused.value.hint


def test_an_empty_sales_cell_beside_no_orders_is_no_revenue(tmp_path: Path) -> None:
    rows = report(TARGETING_2020, {"14 Day Total Orders (#)": 0, "14 Day Total Sales (₹)": ""})
    assert read(tmp_path, "a.csv", as_csv(rows)).tables["keyword_days"]["revenue"].tolist() == [0]


def test_the_currency_of_the_money_is_kept(tmp_path: Path) -> None:
    assert read(tmp_path, "a.csv", as_csv(report(TARGETING_2020, {"Currency": " inr "}))).currency == "INR"
    assert read(tmp_path, "b.csv", as_csv(report(TARGETING_2020, {"Currency": ""}))).currency == ""


def test_a_summary_over_days_asks_for_daily(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="第 2 行从 Aug 01, 2026 到 Aug 07, 2026") as refused:
        read(
            tmp_path,
            "a.csv",
            as_csv(report(SEARCH_TERM_2026, {"Customer Search Term": "x", "End Date": "Aug 07, 2026"})),
        )
    assert "Daily" in refused.value.hint


def test_two_currencies_or_two_windows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="「Currency」有几种：USD、CAD"):
        read(tmp_path, "a.csv", as_csv(report(TARGETING_2020, {}, {"Currency": "CAD", "Targeting": "x"})))
    with pytest.raises(ReportError, match="7 天、14 天"):
        read(tmp_path, "a.csv", as_csv(report([*TARGETING_2020[:-1], "7 Day Total Orders (#)"], {})))


def test_the_start_of_a_campaign_is_not_the_day_of_the_row(tmp_path: Path) -> None:
    headings = columns("Date|Start Date|End Date|Campaign Name|Status|Budget|Impressions|Clicks|Spend")
    rows = report(
        headings, {"Start Date": "Jan 18, 2020", "End Date": "", "Status": "ENABLED", "Budget": "Rs.1000.0"}
    )
    row = read(tmp_path, "a.csv", as_csv(rows)).tables["campaign_days"].iloc[0]
    assert (row["date"], row["daily_budget"], row["status"]) == (pd.Timestamp("2020-02-01"), 1000, "enabled")


BULK_ROWS: list[dict[str, object]] = [
    {"Entity": "Campaign", "Campaign ID": "11", "Campaign Name": "夏", "Daily Budget": 30, "State": "enabled"},
    {"Entity": "Campaign", "Campaign ID": "10", "Campaign Name": "夏", "Daily Budget": 9, "State": "archived"},
    {"Entity": "Ad Group", "Campaign ID": "11", "Ad Group ID": "21", "Ad Group Name": "组", "State": "enabled"},
    {"Entity": "Keyword", "Campaign ID": "11", "Ad Group ID": "21", "Keyword ID": "31", "State": "enabled", "Bid": 0.75,
     "Keyword Text": "=red", "Match Type": "Broad", "Campaign Name (Informational only)": "夏",
     "Ad Group Name (Informational only)": "组"},
    {"Entity": "Keyword", "Campaign ID": "11", "Ad Group ID": "21", "Keyword ID": "32", "State": "paused", "Bid": 0.5,
     "Keyword Text": "blue", "Match Type": "exact"},
    {"Entity": "Keyword", "Campaign ID": "11", "Ad Group ID": "21", "Keyword ID": "33", "State": "archived", "Bid": 9,
     "Keyword Text": "blue", "Match Type": "exact"},
    {"Entity": "Product Targeting", "Campaign ID": "11", "Ad Group ID": "21", "Product Targeting ID": "41",
     "State": "enabled", "Bid": 0.3, "Product Targeting Expression": 'asin="B01"'},
    {"Entity": "Negative Keyword", "Campaign ID": "11", "Ad Group ID": "21", "Keyword ID": "51", "State": "enabled",
     "Keyword Text": "free", "Match Type": "negativeExact"},
]  # fmt: skip


def bulk(folder: Path, bulk_rows: Sequence[Mapping[str, object]] = BULK_ROWS) -> dict[str, pd.DataFrame]:
    rows: list[list[object]] = [
        [*BULK],
        *([{"Product": "Sponsored Products", **row}.get(h, "") for h in BULK] for row in bulk_rows),
    ]
    return dict(read(folder, "bulk.xlsx", as_xlsx([["Portfolio ID"], ["1"]], rows)).tables)


def test_the_bulk_sheet_gives_live_bids_states_and_ids(tmp_path: Path) -> None:
    states = bulk(tmp_path)["keyword_states"]
    assert states["keyword"].tolist() == ["=red", "blue", 'asin="B01"']
    assert states["match_type"].tolist() == ["broad", "exact", "auto"]
    assert states["status"].tolist() == ["enabled", "paused", "enabled"]
    assert states["bid"].tolist() == [0.75, 0.5, 0.3]
    assert states["keyword_id"].tolist() == ["31", "32", "41"]
    assert set(states["campaign_id"]) == {"夏"}
    assert set(states["ad_group_id"]) == {"组"}
    assert states["date"].isna().all()


def test_the_bulk_sheet_gives_the_budgets_of_live_campaigns(tmp_path: Path) -> None:
    campaigns = bulk(tmp_path)["campaigns"]
    assert campaigns[["campaign_id", "name", "daily_budget"]].to_numpy().tolist() == [["夏", "夏", 30]]


def test_the_bulk_sheet_gives_the_negative_words(tmp_path: Path) -> None:
    negatives = bulk(tmp_path)["negative_words"]
    assert negatives[["campaign_id", "ad_group_id", "keyword", "match_type"]].to_numpy().tolist() == [
        ["夏", "组", "free", "exact"],
        ["夏", "组", "", ""],
        ["夏", "", "", ""],
    ], "a row without a word says that the list was read"


def test_a_bulk_sheet_without_negative_words_says_that_there_are_none(tmp_path: Path) -> None:
    negatives = bulk(tmp_path, [row for row in BULK_ROWS if row["Entity"] != "Negative Keyword"])[
        "negative_words"
    ]
    assert negatives[["campaign_id", "ad_group_id", "keyword"]].to_numpy().tolist() == [
        ["夏", "组", ""],
        ["夏", "", ""],
    ]


def test_a_bulk_sheet_of_campaigns_alone_lists_no_words(tmp_path: Path) -> None:
    assert set(bulk(tmp_path, BULK_ROWS[:1])) == {"campaigns"}


def changes(
    *bids: dict[str, object], states: pd.DataFrame | None = None, budget: float | None = None
) -> Upload:
    place = {"platform": "amazon_sponsored", "campaign_id": "夏", "ad_group_id": "组", "match_type": "exact"}
    plain = place | {"action": "set_bid", "current_bid": 1.0, "bid": 1.1}
    budgets = (
        [] if budget is None else [{"platform": "amazon_sponsored", "campaign_id": "夏", "budget": budget}]
    )
    return Upload(
        date(2026, 8, 1),
        BIDS.conform(pd.DataFrame([plain | dict(b) for b in bids])) if bids else BIDS.empty(),
        ["理由"] * len(bids),
        BUDGETS.conform(pd.DataFrame(budgets)) if budgets else BUDGETS.empty(),
        KEYWORD_STATES.empty() if states is None else states,
    )


def uploaded(content: bytes) -> list[dict[str, object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Sponsored Products Campaigns"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    headings, *rows = sheet.iter_rows(values_only=True)
    assert len(headings) == 48
    return [{str(h): v for h, v in zip(headings, row, strict=True) if v is not None} for row in rows]


def test_the_upload_edits_bids_states_and_budgets_by_id(tmp_path: Path) -> None:
    upload = changes(
        {"keyword": "=red", "match_type": "broad", "bid": 0.8149},
        {"keyword": "blue", "action": "pause"},
        {"keyword": 'asin="B01"', "match_type": "auto", "bid": 0.4},
        states=bulk(tmp_path)["keyword_states"],
        budget=50,
    )
    files = AmazonSponsored().upload_files(upload)
    assert list(files) == ["amazon_sponsored_bulk.xlsx"]
    assert files == AmazonSponsored().upload_files(upload)
    red, blue, asin, campaign = uploaded(files["amazon_sponsored_bulk.xlsx"])
    assert red == {
        "Product": "Sponsored Products", "Entity": "Keyword", "Operation": "Update", "Campaign ID": "11",
        "Ad Group ID": "21", "Keyword ID": "31", "Campaign Name (Informational only)": "夏",
        "Ad Group Name (Informational only)": "组", "State": "enabled", "Bid": 0.81, "Keyword Text": "=red",
        "Match Type": "broad",
    }  # fmt: skip
    assert blue["State"] == "paused"
    assert "Bid" not in blue
    assert (asin["Entity"], asin["Product Targeting ID"]) == ("Product Targeting", "41")
    assert asin["Product Targeting Expression"] == 'asin="B01"'
    assert (campaign["Entity"], campaign["Campaign ID"], campaign["Daily Budget"]) == ("Campaign", "11", 50)


def test_what_is_written_reads_back_as_the_state_asked_for(tmp_path: Path) -> None:
    upload = changes({"keyword": "@home"}, {"keyword": "new", "action": "add", "bid": 0.6})
    content = AmazonSponsored().upload_files(upload)["amazon_sponsored_bulk.xlsx"]
    assert [row["Operation"] for row in uploaded(content)] == ["Update", "Create"]
    states = read(tmp_path, "back.xlsx", content).tables["keyword_states"]
    assert states[["campaign_id", "keyword", "bid"]].to_numpy().tolist() == [
        ["夏", "@home", 1.1],
        ["夏", "new", 0.6],
    ]


def test_new_and_negative_words_are_created_in_their_ad_groups(tmp_path: Path) -> None:
    words = KEYWORDS.conform(
        {
            "kind": ["add", "negative", "negative"],
            "keyword": ["wool blanket", "free", "cheap"],
            "match_type": ["exact", "phrase", "exact"],
            "bid": [0.854, float("nan"), float("nan")],
            "campaign_id": "夏",
            "ad_group_id": ["组", "组", ""],
        }
    )
    upload = replace(changes(states=bulk(tmp_path)["keyword_states"]), words=words, words_why=[""] * 3)
    content = AmazonSponsored().upload_files(upload)["amazon_sponsored_bulk.xlsx"]
    add, free, cheap = uploaded(content)
    assert add == {
        "Product": "Sponsored Products", "Entity": "Keyword", "Operation": "Create", "Campaign ID": "11",
        "Ad Group ID": "21", "Campaign Name (Informational only)": "夏", "Ad Group Name (Informational only)": "组",
        "State": "enabled", "Bid": 0.85, "Keyword Text": "wool blanket", "Match Type": "exact",
    }  # fmt: skip
    assert (free["Entity"], free["Ad Group ID"]) == ("Negative Keyword", "21")
    assert (free["Match Type"], "Bid" in free) == ("negativePhrase", False)
    assert (cheap["Entity"], cheap["Match Type"]) == ("Campaign Negative Keyword", "negativeExact")
    assert "Ad Group ID" not in cheap
    back = read(tmp_path, "back.xlsx", content).tables["keyword_states"]
    assert back["keyword"].tolist() == ["wool blanket"]


def test_nothing_to_change_writes_nothing() -> None:
    assert AmazonSponsored().upload_files(changes()) == {}


def test_a_large_upload_is_split() -> None:
    many: list[dict[str, object]] = [{"keyword": f"w{i}"} for i in range(10_001)]
    upload = changes(*many)
    files = AmazonSponsored().upload_files(upload)
    assert list(files) == ["amazon_sponsored_bulk_1.xlsx", "amazon_sponsored_bulk_2.xlsx"]
    assert len(uploaded(files["amazon_sponsored_bulk_2.xlsx"])) == 1


REAL = {
    "targeting": ("keyword_days", 640262, 194, 71129.81),
    "search_term": ("search_term_days", None, 193, 70853.92),
    "advertised_product": ("product_days", 640262, 194, 71129.81),
    "placement": ("placement_days", 640262, 194, 71129.81),
    "campaign": ("campaign_days", 640242, 194, 71129.81),
    "performance_over_time": ("account_days", None, None, None),
}


@pytest.mark.shared
def test_real_exports_agree_with_each_other(shared: Path) -> None:
    batches = [read_report(p, [AmazonSponsored()]) for p in (shared / "data" / "amazon-2020").iterdir()]
    assert {b.report for b in batches} == set(REAL)
    for batch in batches:
        name, impressions, orders, sales = REAL[batch.report]
        table = batch.tables[name]
        assert table["clicks"].sum() == 1955
        assert table["cost"].sum() == pytest.approx(47108.12)
        assert impressions is None or table["impressions"].sum() == impressions
        assert orders is None or table["conversions"].sum() == orders
        assert sales is None or table["revenue"].sum() == pytest.approx(sales)
        assert batch.attribution_window == (None if orders is None else 14)
        assert batch.unknown_columns == ()
        if name == "keyword_days":
            assert len(table) == 1683
            assert (
                len(table[["campaign_id", "ad_group_id", "keyword", "match_type"]].drop_duplicates()) == 107
            )
