"""Native input: bidopt's own CSV files, for what no platform file covers and for simulators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import pandas as pd

from bidopt.facts.schemas import (
    CAMPAIGNS,
    COMPETITOR_TITLES,
    CREATIVE_DAYS,
    DRAWN_BIDS,
    KEYWORD_DAYS,
    MARKET_TERMS,
    NEGATIVE_WORDS,
    PRODUCT_TEST_DAYS,
    PRODUCTS,
    SEARCH_TERM_DAYS,
)
from bidopt.platforms.platform import Platform, Upload
from bidopt.platforms.report_format import Field, Kind, ReportFormat

_STATUS = {"enabled": "enabled", "paused": "paused", "启用": "enabled", "暂停": "paused"}
_MATCH_TYPES = {
    **{name: name for name in ("exact", "phrase", "broad", "auto", "package")},
    "精准": "exact",
    "短语": "phrase",
    "广泛": "broad",
}


def _required(kind: Kind, *names: str) -> tuple[Field, ...]:
    return tuple(Field(name, (name,), kind, required=True) for name in names)


def _optional(kind: Kind, *names: str) -> tuple[Field, ...]:
    return tuple(Field(name, (name,), kind) for name in names)


def _best_selling(typed: pd.DataFrame) -> Mapping[str, pd.DataFrame]:
    """Several shops may use one title; the one that sells most speaks for it."""
    if "sales" in typed.columns:
        typed = typed.sort_values("sales", ascending=False, na_position="last", kind="stable")
    return {COMPETITOR_TITLES.name: typed.drop_duplicates("title").sort_index()}


_REPORTED_ON = Field("reported_on", ("reported_on",), "date")

_KEYWORD_DAYS = ReportFormat(
    "keyword_days",
    "原生关键词日报",
    (KEYWORD_DAYS,),
    (
        *_required("date", "date"),
        *_required("id", "campaign_id", "product_id"),
        *_required("text", "keyword"),
        *_required("number", "impressions", "clicks", "cost", "conversions", "revenue"),
        *_optional("id", "platform", "ad_group_id"),
        Field("match_type", ("match_type",), "word", words=_MATCH_TYPES),
        Field("status", ("status",), "word", words=_STATUS),
        *_optional("number", "bid", "quality_score", "average_rank"),
        _REPORTED_ON,
    ),
    file_prefix="keyword_days",
)

_DRAWN_BIDS = ReportFormat(
    "drawn_bids",
    "原生随机出价记录",
    (DRAWN_BIDS,),
    (
        *_required("date", "date"),
        *_required("id", "campaign_id", "product_id"),
        *_required("text", "keyword"),
        *_required("number", "bid", "propensity"),
        *_optional("id", "platform", "ad_group_id"),
        Field("match_type", ("match_type",), "word", words=_MATCH_TYPES),
        _REPORTED_ON,
    ),
    file_prefix="drawn_bids",
)

_SEARCH_TERM_DAYS = ReportFormat(
    "search_term_days",
    "原生搜索词日报",
    (SEARCH_TERM_DAYS,),
    (
        *_required("date", "date"),
        *_required("id", "campaign_id", "product_id"),
        *_required("text", "keyword", "search_term"),
        *_required("number", "impressions", "clicks", "cost", "conversions", "revenue"),
        *_optional("id", "platform", "ad_group_id"),
        Field("match_type", ("match_type",), "word", words=_MATCH_TYPES),
        _REPORTED_ON,
    ),
    file_prefix="search_term_days",
)

_PRODUCTS = ReportFormat(
    "products",
    "原生商品表",
    (PRODUCTS,),
    (
        *_required("id", "product_id"),
        *_required("text", "title"),
        *_optional("text", "category", "brand", "attributes"),
        *_optional("number", "price", "gross_margin", "stock"),
        *_optional("date", "launched_on"),
        _REPORTED_ON,
    ),
    file_prefix="products",
)

_PRODUCT_TEST_DAYS = ReportFormat(
    "product_test_days",
    "原生测款日报",
    (PRODUCT_TEST_DAYS,),
    (
        *_required("date", "date"),
        *_required("id", "product_id"),
        *_required("number", "impressions", "clicks", "cost"),
        *_optional("id", "platform", "campaign_id"),
        *_optional("number", "favourites", "carts", "category_ctr"),
        _REPORTED_ON,
    ),
    absent=("keyword", "creative_id"),
    file_prefix="product_test_days",
)

_CREATIVE_DAYS = ReportFormat(
    "creative_days",
    "原生创意日报",
    (CREATIVE_DAYS,),
    (
        *_required("date", "date"),
        *_required("id", "product_id", "creative_id"),
        *_required("number", "impressions", "clicks", "cost"),
        *_optional("id", "platform", "campaign_id"),
        _REPORTED_ON,
    ),
    absent=("keyword",),
    file_prefix="creative_days",
)

_CAMPAIGNS = ReportFormat(
    "campaigns",
    "原生计划表",
    (CAMPAIGNS,),
    (
        *_required("id", "campaign_id"),
        *_required("number", "daily_budget"),
        *_optional("id", "platform", "product_id"),
        *_optional("text", "name"),
        *_optional("number", "min_budget", "max_budget"),
        _REPORTED_ON,
    ),
    file_prefix="campaigns",
)

_SEARCH_TERMS = ReportFormat(
    "search_terms",
    "原生市场搜索词",
    (MARKET_TERMS,),
    (
        Field("term", ("term", "搜索词"), "text", required=True),
        *_optional("date", "date"),
        Field("search_volume", ("search_volume", "搜索人气"), "range"),
        Field("ctr", ("ctr", "点击率"), "range"),
        Field("cvr", ("cvr", "支付转化率"), "range"),
        Field("competing_products", ("competing_products", "在线商品数"), "number"),
        Field("reference_cpc", ("reference_cpc", "直通车参考价"), "number"),
        _REPORTED_ON,
    ),
    absent=("关键词", "展现量", "点击量", "花费"),  # what a shop's own searches got
    ignored=("排名",),
    file_prefix="search_terms",
)

_COMPETITOR_TITLES = ReportFormat(
    "competitor_titles",
    "原生竞品标题",
    (COMPETITOR_TITLES,),
    (*_required("text", "title"), *_optional("number", "sales", "price"), _REPORTED_ON),
    absent=("product_id",),
    file_prefix="competitor_titles",
    split=_best_selling,
)

_NEGATIVE_WORDS = ReportFormat(
    "negative_words",
    "原生否词表",
    (NEGATIVE_WORDS,),
    (
        *_required("id", "campaign_id"),
        Field("keyword", ("negative_keyword", "否词"), "text", required=True),
        *_optional("id", "platform", "ad_group_id"),
        Field("match_type", ("match_type",), "word", words=_MATCH_TYPES),
        _REPORTED_ON,
    ),
    file_prefix="negative_words",
)


class Native(Platform):
    """Files in bidopt's own headings; the plan's machine files are all it takes back."""

    chinese: ClassVar[str] = "原生格式"
    formats: ClassVar[tuple[ReportFormat, ...]] = tuple(
        replace(written, lacking="这张表是自己做的：请在表头加上 {headings} 列")  # no console exports it
        for written in (
            _KEYWORD_DAYS,
            _DRAWN_BIDS,
            _SEARCH_TERM_DAYS,
            _PRODUCT_TEST_DAYS,
            _CREATIVE_DAYS,
            _PRODUCTS,
            _CAMPAIGNS,
            _SEARCH_TERMS,
            _COMPETITOR_TITLES,
            _NEGATIVE_WORDS,
        )
    )

    def upload_files(self, upload: Upload) -> dict[str, bytes]:  # noqa: ARG002  bids.csv, budgets.csv and keywords.csv say it all
        """None: the plan's bids.csv, budgets.csv and keywords.csv are in native columns already."""
        return {}
