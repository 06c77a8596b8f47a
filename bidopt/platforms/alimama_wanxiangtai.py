"""阿里妈妈 万相台无界 (formerly 直通车): its reports and keyword list in, an ordered change list out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import pandas as pd
from pydantic import Field as Setting

from bidopt.domain.plan import ACTION_TEXTS, WORD_TEXTS
from bidopt.domain.table_schema import TableSchema
from bidopt.facts.schemas import (
    ACCOUNT_DAYS,
    CAMPAIGN_DAYS,
    CREATIVE_DAYS,
    KEYWORD_DAYS,
    KEYWORD_STATES,
    PRODUCT_DAYS,
    PRODUCT_TEST_DAYS,
)
from bidopt.platforms.platform import Platform, Upload
from bidopt.platforms.report_format import Field, ReportFormat
from bidopt.platforms.workbook import Cell, Tab, workbook

_DAILY = "请在万相台报表里把时间维度选为“分日”，重新下载"
_STAMP = r"_(\d{8})_\d{6}(?=[_.])"
"""Files are named <报表名>_YYYYMMDD_HHMMSS_<店铺>.csv."""

_PACKAGES = {"关键词包": "package", "词包": "package"}
_MATCH_TYPES = {
    **dict.fromkeys(("精准", "精确", "精准匹配", "精确匹配"), "exact"),
    **dict.fromkeys(("短语", "短语匹配", "中心词", "中心词匹配"), "phrase"),
    **dict.fromkeys(("广泛", "广泛匹配"), "broad"),
}
_MATCH_TEXTS = {"exact": "精准", "phrase": "短语", "broad": "广泛", "package": "词包"}
_STATUS = {
    **dict.fromkeys(("启用", "推广中", "投放中", "参与推广", "有效", "正常"), "enabled"),
    **dict.fromkeys(("暂停", "已暂停", "暂停中", "暂停推广"), "paused"),
}
_NOT_USED = tuple(
    """场景ID 场景名字 计划名字 计划名称 单元名字 宝贝名称 词ID/词包ID 点击率 平均点击花费 千次展现花费 总预售成交金额
    总预售成交笔数 直接预售成交金额 直接预售成交笔数 间接预售成交金额 间接预售成交笔数 直接成交金额
    间接成交金额 直接成交笔数 间接成交笔数 点击转化率 投入产出比 总成交成本 总购物车数 直接购物车数
    间接购物车数 加购率 收藏宝贝数 收藏店铺数 店铺收藏成本 总收藏加购数 总收藏加购成本 宝贝收藏加购数
    宝贝收藏加购成本 总收藏数 宝贝收藏成本 宝贝收藏率 加购成本 拍下订单笔数 拍下订单金额 直接收藏宝贝数
    间接收藏宝贝数 优惠券领取量 购物金充值笔数 购物金充值金额 旺旺咨询量 引导访问量 引导访问人数
    引导访问潜客数 引导访问潜客占比 入会率 入会量 引导访问率 深度访问量 平均访问页面数 成交新客数
    成交新客占比 会员首购人数 会员成交金额 会员成交笔数 成交人数 人均成交笔数 人均成交金额 原二级场景ID
    原二级场景名字 主体类型 主体名称 含预售投产比 自然流量转化金额 自然流量曝光量 电商成交笔数
    电商成交金额 闪购成交笔数 闪购成交金额 平台助推总成交 平台助推直接成交 平台助推点击
    宝贝优惠券抵扣金额 宝贝优惠券撬动总成交 宝贝优惠券撬动直接成交 宝贝优惠券撬动点击 平台补贴金额
    补贴引导成交金额 发券补贴商品个数 补贴引导成交人数 推广类型 单元名称 宝贝收藏数 店铺收藏数
    宝贝收藏转化率 直接点击转化率 自然流量曝光 特权订金金额 尾款金额 一口价金额 新成交用户数
    新成交用户占比""".split()  # noqa: SIM905  as an operator reads a header row
)
"""Headings of known exports that fill nothing: rates follow from counts, and only total sales are revenue."""

_DATE = Field("date", ("日期", "统计日期", "数据日期"), "date", required=True)
_CAMPAIGN = Field("campaign_id", ("计划ID", "推广计划ID"), "id", required=True)
_AD_GROUP = Field("ad_group_id", ("单元ID", "推广单元ID"), "id", required=True)
_TRAFFIC = (
    Field("impressions", ("展现量",), "number", required=True),
    Field("clicks", ("点击量",), "number", required=True),
    Field("cost", ("花费", "消耗"), "number", required=True),
)
_SALES = (Field("conversions", ("总成交笔数",), "number"), Field("revenue", ("总成交金额",), "number"))
_FIGURES = (*_TRAFFIC, *_SALES)
_WORD = ("词名字/词包名字", "词名字", "关键词", "关键词名称")
_ITEM = ("宝贝ID", "主体ID", "商品ID")
_CREATIVE = ("创意ID", "创意名称", "创意名字")
_FINER = ("人群名字", *_CREATIVE, "搜索词", "省", "市", "时段", "小时")
"""Dimensions that split a day's row into several: such a report is another one."""

_KEYWORD_REPORT = ReportFormat(
    "keyword",
    "关键词报表",
    (KEYWORD_DAYS,),
    (
        _DATE,
        _CAMPAIGN,
        _AD_GROUP,
        Field("product_id", _ITEM, "id", required=True),
        Field("keyword", _WORD, "text", required=True),
        Field("match_type", ("词类型",), "word", words=_PACKAGES, other=""),
        *_TRAFFIC,
        *(replace(sale, required=True) for sale in _SALES),  # without sales nothing says what a word is worth
        Field("average_rank", ("平均展现排名",), "number"),
    ),
    absent=_FINER,
    ignored=_NOT_USED,
    file_stamp=_STAMP,
    daily=_DAILY,
)
_INTEREST = (
    Field("favourites", ("收藏宝贝数", "宝贝收藏数"), "number"),
    Field("carts", ("总购物车数",), "number"),
)


def _item_tables(typed: pd.DataFrame) -> Mapping[str, pd.DataFrame]:
    """What each product sold, and what people who saw it did with it: for that its ad groups are added up."""
    interest = [name for name in ("favourites", "carts") if name in typed.columns]
    tested = _summed(typed, PRODUCT_TEST_DAYS) if interest else typed.iloc[:0]
    return {PRODUCT_DAYS.name: typed.drop(columns=interest), PRODUCT_TEST_DAYS.name: tested}


def _creative_tables(typed: pd.DataFrame) -> Mapping[str, pd.DataFrame]:
    return {CREATIVE_DAYS.name: _summed(typed, CREATIVE_DAYS)}


def _summed(typed: pd.DataFrame, schema: TableSchema) -> pd.DataFrame:
    """The rows added up to the table's key, exact copies once; what no row tells stays unknown."""
    key = [name for name in schema.key if name in typed.columns]
    figures = [name for name in schema.names if name in typed.columns and name not in key]
    once = typed.drop_duplicates().groupby(key, sort=False)[figures].sum(min_count=1)
    return once.reset_index()


_ITEM_REPORT = ReportFormat(
    "item",
    "宝贝报表",
    (PRODUCT_DAYS, PRODUCT_TEST_DAYS),
    (
        _DATE,
        _CAMPAIGN,
        Field("ad_group_id", _AD_GROUP.headings, "id"),
        Field("product_id", ("主体ID", "宝贝ID", "商品ID"), "id", required=True),
        *_FIGURES,
        *_INTEREST,
    ),
    absent=(*_WORD, *_FINER),
    ignored=_NOT_USED,
    file_stamp=_STAMP,
    daily=_DAILY,
    split=_item_tables,
)
_CREATIVE_REPORT = ReportFormat(
    "creative",
    "创意报表",
    (CREATIVE_DAYS,),
    (
        _DATE,
        _CAMPAIGN,
        Field("ad_group_id", _AD_GROUP.headings, "id"),
        Field("product_id", ("主体ID", "宝贝ID", "商品ID"), "id", required=True),
        Field("creative_id", _CREATIVE, "id", required=True),
        *_TRAFFIC,
    ),
    absent=(*_WORD, *(heading for heading in _FINER if heading not in _CREATIVE)),
    ignored=(*_NOT_USED, *(sale.headings[0] for sale in _SALES), *_CREATIVE, "创意类型", "创意尺寸"),
    file_stamp=_STAMP,
    daily=_DAILY,
    split=_creative_tables,
)
_CAMPAIGN_REPORT = ReportFormat(
    "campaign",
    "计划报表",
    (CAMPAIGN_DAYS,),
    (
        _DATE,
        _CAMPAIGN,
        Field("name", ("计划名字", "计划名称"), "text"),
        *_FIGURES,
        Field("daily_budget", ("日限额", "计划日限额", "每日预算", "日预算"), "number"),
    ),
    absent=(*_AD_GROUP.headings, *_ITEM, *_WORD, *_FINER),
    ignored=_NOT_USED,
    file_stamp=_STAMP,
    daily=_DAILY,
)
_ACCOUNT_REPORT = ReportFormat(
    "account",
    "账户报表",
    (ACCOUNT_DAYS,),
    (_DATE, *_FIGURES),
    absent=(
        *_CAMPAIGN.headings,
        *_AD_GROUP.headings,
        *_ITEM,
        *_WORD,
        *_FINER,
        "计划名字",
        "计划名称",
        "场景ID",
        "场景名字",
    ),
    ignored=_NOT_USED,
    file_stamp=_STAMP,
    daily=_DAILY,
)
_KEYWORD_LIST = ReportFormat(
    "keyword_list",
    "关键词列表",
    (KEYWORD_STATES,),
    (
        _CAMPAIGN,
        _AD_GROUP,
        Field("product_id", _ITEM, "id"),
        Field("keyword", ("关键词", "关键词名称", "词名字", "词名字/词包名字"), "text", required=True),
        Field("match_type", ("匹配方式", "匹配模式", "关键词匹配模式"), "word", words=_MATCH_TYPES),
        Field("status", ("状态", "推广状态", "关键词状态"), "word", words=_STATUS, other=""),
        Field("bid", ("出价", "关键词出价"), "number", required=True),
        Field("quality_score", ("质量分", "质量得分"), "number"),
        Field("keyword_id", ("词ID", "关键词ID", "词ID/词包ID"), "id"),
    ),
    ignored=_NOT_USED,
    file_stamp=_STAMP,
)


class AlimamaWanxiangtai(Platform):
    """万相台无界. Its keyword report has no bid, quality score or match type: the keyword list brings them."""

    chinese: ClassVar[str] = "阿里妈妈万相台"
    currency: ClassVar[str] = "CNY"
    formats: ClassVar[tuple[ReportFormat, ...]] = (
        _KEYWORD_REPORT,
        _ITEM_REPORT,
        _CREATIVE_REPORT,
        _CAMPAIGN_REPORT,
        _ACCOUNT_REPORT,
        _KEYWORD_LIST,
    )

    attribution_window: int = Setting(
        15,
        ge=1,
        le=30,
        description="转化周期(天)，与导出报表时所选一致 days in which an order counts for a click",
    )

    def upload_files(self, upload: Upload) -> dict[str, bytes]:
        """A change list to work through from top to bottom: the platform takes no bid file."""
        if upload.bids.empty and upload.budgets.empty and upload.words.empty:
            return {}
        words = [_word_tab(upload, kind) for kind in WORD_TEXTS if kind in set(upload.words["kind"])]
        return {"alimama_wanxiangtai_changes.xlsx": workbook([_bid_tab(upload), _budget_tab(upload), *words])}


def _bid_tab(upload: Upload) -> Tab:
    order = ["campaign_id", "ad_group_id", "keyword", "match_type", "product_id"]
    bids = upload.bids.assign(why=list(upload.why)).sort_values(order, kind="stable")
    rows: list[list[Cell]] = [
        [
            number,
            change["campaign_id"],
            change["ad_group_id"],
            change["product_id"],
            change["keyword"],
            _MATCH_TEXTS.get(change["match_type"], ""),
            ACTION_TEXTS[change["action"]].zh,
            change["current_bid"],
            None if change["action"] == "pause" else round(change["bid"], 2),
            change["why"],
        ]
        for number, change in enumerate(bids.to_dict("records"), 1)
    ]
    headings = (
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
    return Tab("改词", headings, rows)


def _word_tab(upload: Upload, kind: str) -> Tab:
    """Words to add, with their first bids, or to block: ordered by ad group, as one pastes them there."""
    words = upload.words.assign(why=list(upload.words_why))
    words = words[words["kind"] == kind].sort_values(["campaign_id", "ad_group_id", "keyword"], kind="stable")
    rows: list[list[Cell]] = [
        [
            number,
            word["campaign_id"],
            word["ad_group_id"],
            word["product_id"],
            word["keyword"],
            _MATCH_TEXTS.get(word["match_type"], ""),
            *([round(word["bid"], 2)] if kind == "add" else []),
            word["why"],
        ]
        for number, word in enumerate(words.to_dict("records"), 1)
    ]
    bid = ["出价"] if kind == "add" else []
    headings = ["序号", "计划ID", "单元ID", "宝贝ID", "关键词", "匹配方式", *bid, "理由"]
    return Tab(WORD_TEXTS[kind].zh, headings, rows)


def _budget_tab(upload: Upload) -> Tab:
    budgets = upload.budgets.sort_values("campaign_id", kind="stable")
    rows: list[list[Cell]] = [
        [number, *row]
        for number, row in enumerate(
            zip(budgets["campaign_id"], budgets["current_budget"], budgets["budget"].round(2), strict=True), 1
        )
    ]
    return Tab("预算", ("序号", "计划ID", "当前日限额", "建议日限额"), rows)
