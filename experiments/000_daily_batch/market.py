"""Writes the native export of a large shop: 100,000 keywords x 30 days, Chinese keywords, heavy-tailed traffic."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np

ROOTS = (
    "家用",
    "加厚",
    "便携",
    "儿童",
    "学生",
    "冬季",
    "大容量",
    "不锈钢",
    "北欧",
    "静音",
    "智能",
    "迷你",
    "户外",
    "防滑",
    "复古",
)
HEADS = ("保温杯", "毛毯", "台灯", "书包", "雨伞", "拖鞋", "收纳盒", "加湿器", "电饭煲", "跳绳")


def write_exports(folder: Path, as_of: date, keywords: int, days: int, seed: int = 1) -> int:
    """Write keyword_days.csv, products.csv and campaigns.csv; returns the number of keyword-days."""
    rng = np.random.default_rng(seed)
    product = rng.integers(0, 200, keywords)
    words = [
        f"{ROOTS[i % 15]}{ROOTS[(i // 15) % 15]}{HEADS[(i // 225) % 10]}{i // 2250 or ''}"
        for i in range(keywords)
    ]
    traffic = rng.pareto(1.1, keywords) * 8
    ctr = rng.beta(2, 40, keywords)
    cvr = rng.beta(1, 40, keywords) * (rng.random(keywords) > 0.2)
    bid = np.round(rng.uniform(0.3, 3, keywords), 2)
    price = np.round(rng.uniform(20, 200, 200), 2)
    rows = 0
    with (folder / "keyword_days.csv").open("w", encoding="utf-8", newline="") as out:
        out.write(
            "date,campaign_id,ad_group_id,product_id,keyword,status,bid,impressions,clicks,cost,conversions,revenue\n"
        )
        for back in range(days, 0, -1):
            day = as_of - timedelta(days=back)
            seen = np.minimum(rng.poisson(traffic), 10**6)
            clicks = rng.binomial(seen, ctr)
            orders = rng.binomial(clicks, cvr)
            cost = np.round(clicks * bid * 0.8, 2)
            for k in range(keywords):
                p = product[k]
                out.write(
                    f"{day},c{p // 10},g{p},p{p},{words[k]},enabled,{bid[k]},{seen[k]},{clicks[k]},{cost[k]},"
                    f"{orders[k]},{orders[k] * price[p]:.2f}\n"
                )
            rows += keywords
    with (folder / "products.csv").open("w", encoding="utf-8") as out:
        out.write("product_id,title,price\n" + "".join(f"p{p},商品{p},{price[p]}\n" for p in range(200)))
    with (folder / "campaigns.csv").open("w", encoding="utf-8") as out:
        out.write("campaign_id,daily_budget\n" + "".join(f"c{c},20000\n" for c in range(20)))
    return rows
