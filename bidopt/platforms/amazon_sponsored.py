"""Amazon Sponsored Products: console reports and the bulk sheet in, an edited bulk sheet out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np
import pandas as pd
from pydantic import Field as Setting

from bidopt.domain.table_schema import TableSchema
from bidopt.facts.schemas import (
    ACCOUNT_DAYS,
    CAMPAIGN_DAYS,
    CAMPAIGNS,
    KEYWORD_DAYS,
    KEYWORD_STATES,
    NEGATIVE_WORDS,
    PLACEMENT_DAYS,
    PRODUCT_DAYS,
    SEARCH_TERM_DAYS,
)
from bidopt.platforms.platform import Platform, Upload
from bidopt.platforms.report_format import Field, ReportFormat
from bidopt.platforms.workbook import Cell, Tab, workbook

_DAILY = "请在 Amazon 报告设置里把 Time unit（时间单位）选为 Daily，重新导出"
_KEYWORD_MATCH_TYPES = ("exact", "phrase", "broad")
_MATCH_TYPES = {name: name for name in _KEYWORD_MATCH_TYPES}
_STATES = {"enabled": "enabled", "paused": "paused", "archived": "paused"}
_NOT_USED = tuple(
    """Start Date|End Date|Portfolio name|Retailer|Country|Campaign Type|Program Type|Targeting Type|Bidding strategy
    |Advertised SKU|Click-Thru Rate (CTR)|Cost Per Click (CPC)|Total Advertising Cost of Sales (ACoS)
    |Total Return on Advertising Spend (RoAS)|Top-of-search Impression Share
    |{N} Day Total Units (#)|{N} Day Conversion Rate|{N} Day Advertised SKU Units (#)|{N} Day Other SKU Units (#)
    |{N} Day Advertised SKU Sales|{N} Day Other SKU Sales|{N} Day Advertised ASIN Units (#)
    |{N} Day Brand Halo ASIN Units (#)|{N} Day Advertised ASIN Sales|{N} Day Brand Halo ASIN Sales
    |Last Year Impressions|Last Year Clicks|Last Year Spend|Last Year Cost Per Click (CPC)""".replace(
        "\n    ", ""
    ).split("|")
)

_DATE = Field("date", ("Date", "Start Date"), "date", required=True, until=("Start Date", "End Date"))
_CAMPAIGN = Field("campaign_id", ("Campaign Name",), "text", required=True)
_AD_GROUP = Field("ad_group_id", ("Ad Group Name",), "text", required=True)
_TARGET = (
    Field("keyword", ("Targeting",), "text", required=True),
    Field("match_type", ("Match Type",), "word", required=True, words=_MATCH_TYPES, other="auto"),
)
_CLICKS = (
    Field("clicks", ("Clicks",), "number", required=True),
    Field("cost", ("Spend",), "number", required=True),
)
_SALES = (
    Field("conversions", ("{N} Day Total Orders (#)",), "number"),
    Field("revenue", ("{N} Day Total Sales",), "number"),
)
_IMPRESSIONS = Field("impressions", ("Impressions",), "number", required=True)
_CURRENCY = Field("currency", ("Currency",), "constant")
_FIGURES = (_IMPRESSIONS, *_CLICKS, *_SALES, _CURRENCY)
_NAMES = (
    "Campaign Name",
    "Ad Group Name",
    "Targeting",
    "Customer Search Term",
    "Placement",
    "Advertised ASIN",
)


def _console(
    name: str, chinese: str, schema: TableSchema, *fields: Field, absent: Sequence[str] = ()
) -> ReportFormat:
    return ReportFormat(
        name, chinese, (schema,), (_DATE, *fields), absent=tuple(absent), ignored=_NOT_USED, daily=_DAILY
    )


_TARGETING = _console(
    "targeting",
    "投放报告 Targeting",
    KEYWORD_DAYS,
    _CAMPAIGN,
    _AD_GROUP,
    *_TARGET,
    _IMPRESSIONS,
    *_CLICKS,
    *(replace(sale, required=True) for sale in _SALES),  # without sales nothing says what a target is worth
    _CURRENCY,
    absent=("Customer Search Term",),
)
_SEARCH_TERM = _console(
    "search_term",
    "搜索词报告 Search term",
    SEARCH_TERM_DAYS,
    _CAMPAIGN,
    _AD_GROUP,
    *_TARGET,
    Field("search_term", ("Customer Search Term",), "text", required=True),
    *_FIGURES,
)
_ADVERTISED_PRODUCT = _console(
    "advertised_product",
    "推广的商品报告 Advertised product",
    PRODUCT_DAYS,
    _CAMPAIGN,
    _AD_GROUP,
    Field("product_id", ("Advertised ASIN",), "id", required=True),
    *_FIGURES,
)
_PLACEMENT = _console(
    "placement",
    "广告位报告 Placement",
    PLACEMENT_DAYS,
    _CAMPAIGN,
    Field("placement", ("Placement",), "text", required=True),
    *_FIGURES,
)
_CAMPAIGN_REPORT = _console(
    "campaign",
    "广告活动报告 Campaign",
    CAMPAIGN_DAYS,
    _CAMPAIGN,
    Field("name", ("Campaign Name",), "text"),
    Field("status", ("Status",), "word", required=True, words=_STATES, other=""),
    Field("daily_budget", ("Budget Amount", "Budget"), "number", required=True),
    *_FIGURES,
    absent=[n for n in _NAMES if n != "Campaign Name"],
)
_PERFORMANCE = _console(
    "performance_over_time",
    "效果随时间变化报告 Performance over time",
    ACCOUNT_DAYS,
    *_CLICKS,
    replace(_IMPRESSIONS, required=False),
    *_SALES,
    _CURRENCY,
    absent=_NAMES,
)

_BULK_TAB = "Sponsored Products Campaigns"
_BULK = tuple(
    """Product|Entity|Operation|Campaign ID|Ad Group ID|Portfolio ID|Ad ID|Keyword ID|Product Targeting ID|Campaign Name
    |Ad Group Name|Campaign Name (Informational only)|Ad Group Name (Informational only)
    |Portfolio Name (Informational only)|Start Date|End Date|Targeting Type|State|Campaign State (Informational only)
    |Ad Group State (Informational only)|Daily Budget|SKU|ASIN (Informational only)
    |Eligibility Status (Informational only)|Reason for Ineligibility (Informational only)|Ad Group Default Bid
    |Ad Group Default Bid (Informational only)|Bid|Keyword Text|Native Language Keyword|Native Language Locale|Match Type
    |Bidding Strategy|Placement|Percentage|Product Targeting Expression
    |Resolved Product Targeting Expression (Informational only)|Impressions|Clicks|Click-through Rate|Spend|Sales|Orders
    |Units|Conversion Rate|ACOS|CPC|ROAS""".replace("\n    ", "").split("|")
)
"""Columns of the bulk sheet that is written, in order."""

_BULK_NEWER = ("Audience ID", "Shopper Cohort Percentage", "Shopper Cohort Type", "Segment Name")
_MOST_ROWS = 10_000
"""Sources disagree on the limit of one upload (10,000 or 500,000 rows): the lower one is safe."""


def _bulk_tables(typed: pd.DataFrame) -> Mapping[str, pd.DataFrame]:
    """Live keywords and targets with their bids, campaigns with their budgets, and negative words.

    Keyword rows leave the names blank and fill the informational twins; older sheets have no twins, so the names
    come from the campaign and ad group rows. Archived rows are history and may share a name with a live one.
    Campaigns and ad groups whose keywords are listed have their negative words listed too, even if there are none.
    """
    given = typed.assign(**{f.column: "" for f in _BULK_FIELDS if f.column not in typed.columns})
    archived = (given[["status", "campaign_state", "ad_group_state"]] == "archived").any(axis="columns")
    live = given[(given["product"].str.casefold() == "sponsored products") & ~archived]
    entity = live["entity"].str.casefold()
    named = {
        level: live[entity == kind].drop_duplicates(f"{level}_ref").set_index(f"{level}_ref")[f"{level}_name"]
        for level, kind in (("campaign", "campaign"), ("ad_group", "ad group"))
    }
    for level, names in named.items():
        name = live[f"{level}_twin"].where(live[f"{level}_twin"] != "", live[f"{level}_name"])
        name = name.where(name != "", live[f"{level}_ref"].map(names)).fillna("")
        live = live.assign(**{f"{level}_id": name.where(name != "", live[f"{level}_ref"]).astype("str")})
    keyword = entity == "keyword"
    # Columns first, rows then: a column set on a table of no rows would bring its own.
    states = live.assign(
        keyword=live["text"].where(keyword, live["expression"]),
        match_type=live["match_type"].where(keyword, "auto"),
        keyword_id=live["keyword_id"].where(keyword, live["target_id"]),
    )[keyword | (entity == "product targeting")]
    everywhere = entity == "campaign negative keyword"
    negatives = live.assign(keyword=live["text"], ad_group_id=live["ad_group_id"].where(~everywhere, ""))[
        (everywhere | (entity == "negative keyword")) & (live["status"] != "paused")
    ]
    read = states[["campaign_id", "ad_group_id"]].drop_duplicates()
    read = pd.concat([read, read.assign(ad_group_id="").drop_duplicates()]).assign(keyword="", match_type="")
    negatives = pd.concat([negatives, read])
    campaigns = live.assign(name=live["campaign_id"])[entity == "campaign"]
    return {
        schema.name: table[[n for n in schema.names if n in table.columns]]
        for schema, table in ((KEYWORD_STATES, states), (CAMPAIGNS, campaigns), (NEGATIVE_WORDS, negatives))
    }


_BULK_MATCH_TYPES = {
    **_MATCH_TYPES,
    **{f"negative{gap}{name}": name for name in ("exact", "phrase") for gap in ("", " ")},
}
_BULK_STATES = {"enabled": "enabled", "paused": "paused", "archived": "archived"}
_BULK_FIELDS = (
    Field("product", ("Product",), "text", required=True),
    Field("entity", ("Entity",), "text", required=True),
    Field("campaign_ref", ("Campaign ID",), "id", required=True),
    Field("ad_group_ref", ("Ad Group ID",), "id", required=True),
    Field("keyword_id", ("Keyword ID", "Keyword ID (Read only)"), "id", required=True),
    Field("target_id", ("Product Targeting ID", "Product Targeting ID (Read only)"), "id", required=True),
    Field("campaign_name", ("Campaign Name",), "text"),
    Field("campaign_twin", ("Campaign Name (Informational only)",), "text"),
    Field("ad_group_name", ("Ad Group Name",), "text"),
    Field("ad_group_twin", ("Ad Group Name (Informational only)",), "text"),
    Field("status", ("State",), "word", required=True, words=_BULK_STATES, other=""),
    Field("campaign_state", ("Campaign State (Informational only)",), "word", words=_BULK_STATES, other=""),
    Field("ad_group_state", ("Ad Group State (Informational only)",), "word", words=_BULK_STATES, other=""),
    Field("daily_budget", ("Daily Budget",), "number", required=True),
    Field("bid", ("Bid",), "number", required=True),
    Field("text", ("Keyword Text",), "text"),
    Field("match_type", ("Match Type",), "word", required=True, words=_BULK_MATCH_TYPES, other="auto"),
    Field("expression", ("Product Targeting Expression",), "text"),
)
_BULK_REPORT = ReportFormat(
    "bulk",
    "批量操作表 Bulk",
    (KEYWORD_STATES, CAMPAIGNS, NEGATIVE_WORDS),
    _BULK_FIELDS,
    ignored=(*_BULK, *_BULK_NEWER, "Ad ID (Read only)"),
    split=_bulk_tables,
)


class AmazonSponsored(Platform):
    """Amazon Sponsored Products. Console reports carry no ids, so campaigns and ad groups go by their names."""

    chinese: ClassVar[str] = "亚马逊商品推广"
    formats: ClassVar[tuple[ReportFormat, ...]] = (
        _TARGETING,
        _SEARCH_TERM,
        _ADVERTISED_PRODUCT,
        _PLACEMENT,
        _CAMPAIGN_REPORT,
        _PERFORMANCE,
        _BULK_REPORT,
    )

    attribution_window: int = Setting(
        7,
        ge=1,
        le=30,
        description="转化周期(天)，表头没有写明时使用 (seller 7, vendor 14) days of attribution",
    )

    def upload_files(self, upload: Upload) -> dict[str, bytes]:
        """The bulk sheet with one row per changed keyword and campaign and per new or negative word, split at 10,000 rows.

        Ids come from the newest bulk download; a row without them says by name what is meant.
        """
        rows = [*_keyword_rows(upload), *_campaign_rows(upload), *_word_rows(upload)]
        parts = [rows[i : i + _MOST_ROWS] for i in range(0, len(rows), _MOST_ROWS)]
        return {
            f"amazon_sponsored_bulk{f'_{i}' if len(parts) > 1 else ''}.xlsx": workbook(
                [Tab(_BULK_TAB, _BULK, part)]
            )
            for i, part in enumerate(parts, 1)
        }


def _keyword_rows(upload: Upload) -> list[list[Cell]]:
    key = ["campaign_id", "ad_group_id", "keyword", "match_type"]
    known = upload.states.drop_duplicates(key)[[*key, "status", "keyword_id", "campaign_ref", "ad_group_ref"]]
    changes = upload.bids.merge(known, how="left", on=key).fillna(dict.fromkeys(known.columns, ""))
    rows = []
    for change in changes.to_dict("records"):
        is_keyword = change["match_type"] in _KEYWORD_MATCH_TYPES
        paused = change["action"] == "pause"
        state = {"pause": "paused", "set_bid": change["status"] or "enabled"}.get(change["action"], "enabled")
        rows.append(
            _bulk_row(
                {
                    "Entity": "Keyword" if is_keyword else "Product Targeting",
                    "Operation": "Create" if change["action"] == "add" else "Update",
                    "Campaign ID": change["campaign_ref"],
                    "Ad Group ID": change["ad_group_ref"],
                    "Keyword ID" if is_keyword else "Product Targeting ID": change["keyword_id"],
                    "Campaign Name (Informational only)": change["campaign_id"],
                    "Ad Group Name (Informational only)": change["ad_group_id"],
                    "State": state,
                    "Bid": None if paused else round(change["bid"], 2),
                    "Keyword Text" if is_keyword else "Product Targeting Expression": change["keyword"],
                    "Match Type": change["match_type"] if is_keyword else None,
                }
            )
        )
    return rows


def _campaign_rows(upload: Upload) -> list[list[Cell]]:
    refs = dict(zip(upload.states["campaign_id"], upload.states["campaign_ref"], strict=True))
    return [
        _bulk_row(
            {
                "Entity": "Campaign",
                "Operation": "Update",
                "Campaign ID": refs.get(name, ""),
                "Campaign Name": name,
                "Daily Budget": None if np.isnan(budget) else round(budget, 2),
            }
        )
        for name, budget in zip(upload.budgets["campaign_id"], upload.budgets["budget"], strict=True)
    ]


def _word_rows(upload: Upload) -> list[list[Cell]]:
    """Keywords to create, and negative ones: of their ad group, or of the campaign where no ad group is known."""
    names = ("campaign_id", "ad_group_id", "campaign_ref", "ad_group_ref")
    known = list(zip(*(upload.states[name].tolist() for name in names), strict=True))
    campaigns = {campaign: ref for campaign, _, ref, _ in known}
    ad_groups = {(campaign, group): ref for campaign, group, _, ref in known}
    rows = []
    for word in upload.words.to_dict("records"):
        add, place = word["kind"] == "add", (word["campaign_id"], word["ad_group_id"])
        negative = "Negative Keyword" if word["ad_group_id"] else "Campaign Negative Keyword"
        rows.append(
            _bulk_row(
                {
                    "Entity": "Keyword" if add else negative,
                    "Operation": "Create",
                    "Campaign ID": campaigns.get(word["campaign_id"], ""),
                    "Ad Group ID": ad_groups.get(place, ""),
                    "Campaign Name (Informational only)": word["campaign_id"],
                    "Ad Group Name (Informational only)": word["ad_group_id"],
                    "State": "enabled",
                    "Bid": round(word["bid"], 2) if add else None,
                    "Keyword Text": word["keyword"],
                    "Match Type": word["match_type"] if add else f"negative{word['match_type'].capitalize()}",
                }
            )
        )
    return rows


def _bulk_row(cells: Mapping[str, Cell]) -> list[Cell]:
    return [("Sponsored Products" if name == "Product" else cells.get(name)) for name in _BULK]
