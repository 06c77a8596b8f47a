"""The fact tables: every platform's reports become rows of these.

Two times: `date` is when something happened, `reported_on` the day an export said so. Text keys are "" where
the platform gives none. Counts and money are NaN where a report does not have the column.
"""

from __future__ import annotations

from bidopt.domain.changes import CAMPAIGN_KEY, KEYWORD_KEY, KEYWORD_KEY_COLUMNS
from bidopt.domain.table_schema import POSITIVE, TableSchema, day, number, text

_DATE = day("date", "日期", "business date on which it happened")
_REPORTED_ON = day("reported_on", "报表日", "day on which an export said so")
_PLATFORM = text("platform", "平台", "ad platform, the name of its platform file")
_CAMPAIGN = text("campaign_id", "计划ID", "campaign id, or its name where reports carry no id")
_AD_GROUP = text("ad_group_id", "单元ID", "ad group id or name")
_PRODUCT = text("product_id", "宝贝ID", "product id")
_NAME = text("name", "计划名称", "campaign name")
_BUDGET = number("daily_budget", "currency/day", "日限额", "daily budget")
_STATUS = text("status", "状态", "enabled, paused or empty for unknown")

_TRAFFIC = (
    number("impressions", "count", "展现量", "times shown"),
    number("clicks", "count", "点击量", "times clicked"),
    number("cost", "currency", "花费", "money spent"),
)
_SALES = (
    number(
        "conversions",
        "count",
        "成交笔数",
        "orders attributed within the window, as reported so far",
        minimum=None,
    ),
    number(
        "revenue",
        "currency",
        "成交金额",
        "sales attributed within the window, as reported so far",
        minimum=None,
    ),
)
_BID = number("bid", "currency/click", "出价", "bid in force")
_PROPENSITY = number(
    "propensity", "fraction", "出价概率", "probability of drawing this bid", minimum=POSITIVE, maximum=1.0
)
_QUALITY = number("quality_score", "1-10", "质量分", "quality score")

KEYWORD_DAYS = TableSchema(
    "keyword_days",
    "关键词报表",
    (
        _DATE,
        *KEYWORD_KEY_COLUMNS,
        *_TRAFFIC,
        *_SALES,
        _STATUS,
        _BID,
        _QUALITY,
        number("average_rank", "rank", "平均展现排名", "average position shown"),
        _REPORTED_ON,
    ),
    ("date", *KEYWORD_KEY),
)

KEYWORD_STATES = TableSchema(
    "keyword_states",
    "关键词列表",
    (
        _DATE,
        *KEYWORD_KEY_COLUMNS,
        _STATUS,
        _BID,
        _QUALITY,
        text("keyword_id", "词ID", "the platform's id of the keyword, needed in its upload file"),
        text("campaign_ref", "计划编号", "the platform's id of the campaign where campaign_id is a name"),
        text("ad_group_ref", "单元编号", "the platform's id of the ad group where ad_group_id is a name"),
        _REPORTED_ON,
    ),
    ("date", *KEYWORD_KEY),
)
"""The keyword list as seen on the morning of `date`: bids, states and ids that reports do not carry."""

DRAWN_BIDS = TableSchema(
    "drawn_bids",
    "随机出价记录",
    (_DATE, *KEYWORD_KEY_COLUMNS, _BID, _PROPENSITY, _REPORTED_ON),
    ("date", *KEYWORD_KEY),
)
"""Bids that were drawn by chance on purpose, as whoever drew them noted; no platform's report tells this."""

SEARCH_TERM_DAYS = TableSchema(
    "search_term_days",
    "搜索词报表",
    (
        _DATE,
        *KEYWORD_KEY_COLUMNS,
        text("search_term", "搜索词", "what the buyer typed"),
        *_TRAFFIC,
        *_SALES,
        _REPORTED_ON,
    ),
    ("date", *KEYWORD_KEY, "search_term"),
)

CAMPAIGN_DAYS = TableSchema(
    "campaign_days",
    "计划报表",
    (_DATE, _PLATFORM, _CAMPAIGN, _NAME, *_TRAFFIC, *_SALES, _BUDGET, _STATUS, _REPORTED_ON),
    ("date", *CAMPAIGN_KEY),
)

CAMPAIGNS = TableSchema(
    "campaigns",
    "计划设置",
    (
        _PLATFORM,
        _CAMPAIGN,
        _NAME,
        _PRODUCT,
        _BUDGET,
        number("min_budget", "currency/day", "最低日限额", "least budget the shop wants spent here"),
        number("max_budget", "currency/day", "最高日限额", "most budget the shop allows here"),
        _REPORTED_ON,
    ),
    CAMPAIGN_KEY,
)

PRODUCT_DAYS = TableSchema(
    "product_days",
    "宝贝报表",
    (_DATE, _PLATFORM, _CAMPAIGN, _AD_GROUP, _PRODUCT, *_TRAFFIC, *_SALES, _REPORTED_ON),
    ("date", "platform", "campaign_id", "ad_group_id", "product_id"),
)

PRODUCT_TEST_DAYS = TableSchema(
    "product_test_days",
    "测款日报",
    (
        _DATE,
        _PLATFORM,
        _CAMPAIGN,
        _PRODUCT,
        *_TRAFFIC,
        number("favourites", "count", "收藏宝贝数", "times added to favourites; NaN where not told"),
        number("carts", "count", "总购物车数", "times put into the cart; NaN where not told"),
        number(
            "category_ctr", "fraction", "类目点击率", "usual click rate of the product's category that day"
        ),
        _REPORTED_ON,
    ),
    ("date", "platform", "campaign_id", "product_id"),
)
"""What people who saw a product's ad did with it."""

CREATIVE_DAYS = TableSchema(
    "creative_days",
    "创意报表",
    (
        _DATE,
        _PLATFORM,
        _CAMPAIGN,
        _PRODUCT,
        text("creative_id", "创意ID", "creative id or name"),
        *_TRAFFIC,
        _REPORTED_ON,
    ),
    ("date", "platform", "campaign_id", "product_id", "creative_id"),
)

PRODUCTS = TableSchema(
    "products",
    "商品",
    (
        _PRODUCT,
        text("title", "标题", "title in force"),
        text("category", "类目", "category"),
        text("brand", "品牌", "brand"),
        number("price", "currency", "价格", "selling price"),
        number("gross_margin", "fraction", "毛利率", "gross margin of a sale", minimum=None, maximum=1.0),
        number("stock", "count", "库存", "units in stock"),
        day("launched_on", "上架日期", "day of launch"),
        text("attributes", "属性", "what the product is, as name:value;name:value"),
        _REPORTED_ON,
    ),
    ("product_id",),
)

PLACEMENT_DAYS = TableSchema(
    "placement_days",
    "资源位报表",
    (
        _DATE,
        _PLATFORM,
        _CAMPAIGN,
        text("placement", "资源位", "where the ad stood"),
        *_TRAFFIC,
        *_SALES,
        _REPORTED_ON,
    ),
    ("date", "platform", "campaign_id", "placement"),
)

ACCOUNT_DAYS = TableSchema(
    "account_days",
    "账户报表",
    (_DATE, _PLATFORM, *_TRAFFIC, *_SALES, _REPORTED_ON),
    ("date", "platform"),
)

MARKET_TERMS = TableSchema(
    "market_terms",
    "市场搜索词",
    (
        text("term", "搜索词", "what buyers search in the market"),
        _DATE,
        number("search_volume_low", "index", "搜索人气下限", "lower end of the stated search volume"),
        number("search_volume_high", "index", "搜索人气上限", "upper end of the stated search volume"),
        number("ctr_low", "fraction", "点击率下限", "lower end of the stated click rate; may exceed 1"),
        number("ctr_high", "fraction", "点击率上限", "upper end of the stated click rate; may exceed 1"),
        number("cvr_low", "fraction", "支付转化率下限", "lower end of the stated conversion rate"),
        number("cvr_high", "fraction", "支付转化率上限", "upper end of the stated conversion rate"),
        number("competing_products", "count", "在线商品数", "products competing for the term"),
        number("reference_cpc", "currency/click", "直通车参考价", "market price of a click"),
        _REPORTED_ON,
    ),
    ("term",),
)

COMPETITOR_TITLES = TableSchema(
    "competitor_titles",
    "竞品标题",
    (
        text("title", "标题", "a competitor's title"),
        number("sales", "count", "销量", "units sold"),
        number("price", "currency", "价格", "price"),
        _REPORTED_ON,
    ),
    ("title",),
)

NEGATIVE_WORDS = TableSchema("negative_words", "否词表", (*KEYWORD_KEY_COLUMNS, _REPORTED_ON), KEYWORD_KEY)
"""Words that the shop blocks (without an ad group: in the whole campaign); a row without a word says that a list was read."""

STORED = (
    KEYWORD_DAYS,
    KEYWORD_STATES,
    DRAWN_BIDS,
    SEARCH_TERM_DAYS,
    CAMPAIGN_DAYS,
    CAMPAIGNS,
    PRODUCT_DAYS,
    PRODUCT_TEST_DAYS,
    CREATIVE_DAYS,
    PRODUCTS,
    PLACEMENT_DAYS,
    ACCOUNT_DAYS,
    MARKET_TERMS,
    COMPETITOR_TITLES,
    NEGATIVE_WORDS,
)
"""Tables that exports fill and the warehouse stores."""

DATED = tuple(schema for schema in STORED if schema.key[0] == "date")
"""Tables of days; the others are snapshots of which the newest counts."""

BUDGET_DAYS = TableSchema(
    "budget_days",
    "历史日限额",
    (_DATE, _PLATFORM, _CAMPAIGN, _BUDGET),
    ("date", *CAMPAIGN_KEY),
)
"""Budgets that were in force on past days, as far as exports told them."""

STOCK_DAYS = TableSchema(
    "stock_days",
    "历史库存",
    (_DATE, _PRODUCT, number("stock", "count", "库存", "units left at the end of the day")),
    ("date", "product_id"),
)
"""Stock that was left on past days, as far as exports told it."""

OFFER_CHANGES = TableSchema(
    "offer_changes",
    "改价改标题",
    (_PRODUCT, day("changed_on", "改动日", "first morning on which a list told another price or title")),
    ("product_id",),
)
"""The newest change of each product's price or title, as far as lists told one."""

WORD_LIVES = TableSchema(
    "word_lives",
    "删词与恢复记录",
    (
        *KEYWORD_KEY_COLUMNS,
        day("dropped_on", "删词日", "newest day on which a plan in force dropped the word"),
        text("reason", "删词理由", "code and numbers of that verdict"),
        day("resumed_on", "恢复日", "newest day on which a plan in force put it back; NaT where none did"),
    ),
    KEYWORD_KEY,
)
"""Words in play that earlier plans dropped, as the ledger tells."""

TITLE_CHANGES = TableSchema(
    "title_changes",
    "改标题记录",
    (
        _PRODUCT,
        day("changed_on", "改动日", "first morning on which a list told the new title"),
        day("last_seen_on", "旧标题最后出现日", "last morning on which a list told the old title"),
        text("old_title", "旧标题", "title before the change"),
        text("title", "新标题", "title since the change"),
        text(
            "recommended_as",
            "建议类型",
            "kind of the plan's row that asked for it; empty for a change of one's own",
        ),
    ),
    ("product_id", "changed_on"),
)
"""Every change of a product's title that lists told."""

RESTATEMENTS = TableSchema(
    "restatements",
    "补单记录",
    (
        _PLATFORM,
        number("age_from", "days", "起始天数", "reported_on - date of the earlier report"),
        number("age_to", "days", "截止天数", "reported_on - date of the later report"),
        number("conversions_from", "count", "原成交笔数", "conversions the earlier report had", minimum=None),
        number(
            "conversions_to",
            "count",
            "新成交笔数",
            "conversions the later report has for the same rows",
            minimum=None,
        ),
    ),
    ("platform", "age_from", "age_to"),
)
"""How reports of the same keyword-days grew; the raw material of the conversion-delay curve."""

PROPOSED_WORDS = TableSchema(
    "proposed_words",
    "建议过的词",
    (
        day("date", "建议日", "day of the plan"),
        text("kind", "类型", "add or negative"),
        *KEYWORD_KEY_COLUMNS,
    ),
    ("date", "kind", *KEYWORD_KEY),
)
"""Words that plans in force on earlier days proposed to add or to block, as the ledger has them."""

CURRENT_BIDS = TableSchema(
    "current_bids",
    "当前出价",
    (
        *KEYWORD_KEY_COLUMNS,
        _STATUS,
        _QUALITY,
        number(
            "current_bid", "currency/click", "当前出价", "newest known bid; NaN where no export carries one"
        ),
        number(
            "base_bid",
            "currency/click",
            "基准出价",
            "current bid, or else the recent cost per click; NaN where neither is known, or where the reports "
            "leave out which of several match types the row is, so that no bid can be set",
        ),
        day("changed_on", "上次调价日", "first day of the newest bid change known; NaT where none"),
    ),
    KEYWORD_KEY,
)
"""State of every keyword in play on the decision morning; frozen by the ledger on the day's first run."""

CURRENT_BUDGETS = TableSchema(
    "current_budgets",
    "当前预算",
    (
        _PLATFORM,
        _CAMPAIGN,
        _NAME,
        _STATUS,
        number(
            "current_budget",
            "currency/day",
            "当前日限额",
            "newest known daily budget; NaN where none is known",
        ),
        number("min_budget", "currency/day", "最低日限额", "least budget the shop wants spent here"),
        number("max_budget", "currency/day", "最高日限额", "most budget the shop allows here"),
        day("seen_on", "最近出现日", "newest day on which a report or a list named the campaign"),
    ),
    CAMPAIGN_KEY,
)
"""State of every campaign on the decision morning; budgets are frozen by the ledger on the day's first run."""
