"""What a run recommends: one table per kind of change, in the columns of the machine files."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from bidopt.domain.table_schema import TableSchema, number, text

KEYWORD_KEY = ("platform", "campaign_id", "ad_group_id", "product_id", "keyword", "match_type")
"""Columns that name a keyword in play; "" where the platform gives none."""

CAMPAIGN_KEY = ("platform", "campaign_id")
"""Columns that name a campaign."""

ACTIONS = ("set_bid", "pause", "resume", "add", "keep")
"""What a row of bids.csv asks for."""

TITLE_KINDS = ("rewrite", "best_seller", "watch", "keep", "adjust", "roll_back", "unchanged")
"""What a row of titles.csv is: a new title; the same of a best-seller, for a person to weigh; a changed title that is
watched, stays, is to be changed again, or is to go back; a title that stays as no better one is known or may be set."""

KEYWORD_KEY_COLUMNS = (
    text("platform", "平台", "ad platform, the name of its platform file"),
    text("campaign_id", "计划ID", "campaign id, or its name where reports carry no id"),
    text("ad_group_id", "单元ID", "ad group id or name"),
    text("product_id", "宝贝ID", "product the keyword advertises"),
    text("keyword", "关键词", "keyword or target as bid on"),
    text("match_type", "匹配方式", "exact, phrase, broad, auto, package or empty"),
)

_WHY = (
    text("reason", "理由", "code and numbers of the reason"),
    text("policy", "规则", "policy that decided"),
)

_EXPECTED = (
    number("expected_clicks", "count/day", "预计点击量", "clicks per day expected at the bid"),
    number("expected_cost", "currency/day", "预计花费", "cost per day expected at the bid"),
    number("expected_revenue", "currency/day", "预计成交金额", "mature revenue per day expected at the bid"),
)

BIDS = TableSchema(
    "bids",
    "出价",
    (
        *KEYWORD_KEY_COLUMNS,
        text("action", "动作", "one of " + ", ".join(ACTIONS)),
        number("current_bid", "currency/click", "当前出价", "bid in force; NaN where reports carry none"),
        number("bid", "currency/click", "建议出价", "bid to set; NaN where nothing can be said"),
        *_WHY,
        *_EXPECTED,
        number("revenue_low", "currency/day", "成交下限", "5 % quantile of the expected revenue"),
        number("revenue_high", "currency/day", "成交上限", "95 % quantile of the expected revenue"),
        text("limited_by", "受限于", "limits that shaped the row, joined by +"),
        text(
            "state",
            "测词",
            "how far the word's test has come, as code and numbers; empty where it is in none",
        ),
    ),
    KEYWORD_KEY,
)

BUDGETS = TableSchema(
    "budgets",
    "预算",
    (
        text("platform", "平台", "ad platform"),
        text("campaign_id", "计划ID", "campaign id or name"),
        number("current_budget", "currency/day", "当前日限额", "daily budget in force; NaN where unknown"),
        number("budget", "currency/day", "建议日限额", "daily budget to set"),
        *_WHY,
        text("limited_by", "受限于", "limits that shaped the row, joined by +"),
    ),
    CAMPAIGN_KEY,
)

KEYWORDS = TableSchema(
    "keywords",
    "加词与否词",
    (
        text("product_id", "宝贝ID", "product the word is for"),
        text("keyword", "关键词", "word to add or to block"),
        text("kind", "类型", "add or negative"),
        text("match_type", "匹配方式", "exact, phrase or broad"),
        number("bid", "currency/click", "出价", "first bid of an added word"),
        *_WHY,
        text("roots", "词根", "roots of the word, joined by spaces"),
        *_EXPECTED,
        text("platform", "平台", "ad platform, the name of its platform file"),
        text("campaign_id", "计划ID", "campaign in which to add or to block it"),
        text("ad_group_id", "单元ID", "ad group in which to add or to block it"),
        number(
            "expected_gain",
            "currency/day",
            "预计收益",
            "what it is worth to the shop: the expected value of a word's test, what blocking a word saves",
        ),
        number(
            "days_proposed",
            "count",
            "已建议天数",
            "days of late on which a plan proposed it, to no effect yet",
        ),
    ),
    ("product_id", "keyword", "kind", "match_type", "platform", "campaign_id", "ad_group_id"),
)
"""Of a negative word the expected columns are what it takes away: per day, clicks and cost saved, revenue given up."""

TITLES = TableSchema(
    "titles",
    "标题",
    (
        text("product_id", "宝贝ID", "product"),
        text("current_title", "当前标题", "title in force"),
        text("title", "建议标题", "title to set"),
        number("width", "half-width units", "宽度", "width of the new title, hanzi count 2"),
        text("gained_words", "新增词", "words gained, joined by spaces"),
        text("lost_words", "去掉词", "words lost, joined by spaces"),
        number(
            "demand_gain", "searches", "新增搜索", "search demand gained, in the market's unit", minimum=None
        ),
        text("reason", "理由", "code and numbers of the reason"),
        text("kind", "类型", "one of " + ", ".join(TITLE_KINDS)),
        text("gained_facts", "新增词数据", "each word gained with what is known of it, joined by |"),
        text("lost_facts", "去掉词数据", "each word lost with what is known of it, joined by |"),
        text("policy", "规则", "policy that decided"),
    ),
    ("product_id",),
)
"""Facts of words are a word and numbers, `word name=value name=value`, as reasons are."""


HALF_A_CENT = 0.005
"""Money that differs by less is the same money."""


def budgets_to_set(budgets: pd.DataFrame) -> pd.DataFrame:
    """The rows of a budgets table that change something; an unknown current budget is another one."""
    same = (budgets["budget"] - budgets["current_budget"]).abs() < HALF_A_CENT
    return budgets[budgets["budget"].notna() & ~same]


def titles_to_set(titles: pd.DataFrame) -> pd.DataFrame:
    """The rows of a titles table that ask for another title."""
    return titles[titles["title"] != titles["current_title"]]


@dataclass(frozen=True)
class Changes:
    """The plan's tables; nothing ever edits one in place.

    Args:
        bids: one row per keyword in play, schema BIDS.
        budgets: one row per campaign, schema BUDGETS.
        keywords: words to add and to block, schema KEYWORDS.
        titles: one row per product, whether its title changes (`titles_to_set`) or stays, schema TITLES.
    """

    bids: pd.DataFrame
    budgets: pd.DataFrame
    keywords: pd.DataFrame
    titles: pd.DataFrame

    def with_bids(self, bids: pd.DataFrame) -> Changes:
        """The same plan with other bids."""
        return replace(self, bids=bids)

    def check(self) -> Changes:
        """Return the plan if each table keeps its schema.

        Raises:
            SchemaError: naming table, column and row.
        """
        for schema in (BIDS, BUDGETS, KEYWORDS, TITLES):
            schema.check(getattr(self, schema.name))
        return self
