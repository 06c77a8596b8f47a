"""The verdict table of products and creatives in test (测款, 测图)."""

from __future__ import annotations

from bidopt.domain.table_schema import TableSchema, number, text

PRODUCT, CREATIVE = "product", "creative"

SUBJECT_TESTS = TableSchema(
    "subject_tests",
    "测款测图",
    (
        text("kind", "类型", "product or creative"),
        text("platform", "平台", "ad platform; empty for a product that no ad shows yet"),
        text("product_id", "宝贝ID", "product id"),
        text("creative_id", "创意ID", "creative id or name; empty for a product"),
        text("title", "标题", "title of the product"),
        number("turn", "count", "先测次序", "place among those to test now; NaN where it is not their turn"),
        number("impressions", "count", "展现量", "times shown in the window"),
        number("clicks", "count", "点击量", "clicks in the window"),
        number("cost", "currency", "花费", "cost in the window"),
        number("ctr", "fraction", "点击率", "clicks / impressions"),
        number("usual_ctr", "fraction", "对照点击率", "click rate it is held against"),
        number("interest", "fraction", "收藏加购率", "favourites and carts per click; NaN where not told"),
        number("chance", "fraction", "把握", "chance that it passes, or is the best creative"),
        number("needed_clicks", "count", "还差点击", "clicks to a verdict; 0 where enough is known"),
        number("needed_impressions", "count", "还差展现", "impressions to a verdict"),
        number("needed_cost", "currency", "还要花费", "cost to a verdict"),
        number("days", "days", "还要天数", "days to a verdict at today's pace; NaN where it cannot be told"),
        text("reason", "结论", "verdict, as code and numbers"),
    ),
    ("kind", "platform", "product_id", "creative_id"),
)
"""Products first, those to test now in their turn, then creatives."""
