"""Words whose bid no allocation can set, and why."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bidopt.decisions.draft import Mask
from bidopt.domain.reasons import ReasonText
from bidopt.evidence.evidence import Evidence

KEPT_BACK: Mapping[str, ReasonText] = {
    "value_unknown": ReasonText(
        "还没有成交也没有价格，点击价值未知", "no orders and no price: value per click unknown"
    ),
    "bid_unknown": ReasonText(
        "报表里没有出价也没有点击花费，请放入关键词列表",
        "no bid and no cost per click known: add the keyword list",
    ),
    "no_keyword_bid": ReasonText("词包没有单独出价", "a keyword package has no bid of its own"),
    "not_running": ReasonText(
        "已暂停或已按计划删除，不改", "paused, or dropped by an earlier plan: left alone"
    ),
}


def kept_back(evidence: Evidence) -> tuple[tuple[Mask, str], ...]:
    """Masks of shape (keywords,) with their code in KEPT_BACK, the weightiest last."""
    keywords = evidence.keywords
    return (
        (np.isnan(evidence.value_per_click.mean), "value_unknown"),
        (~(keywords["base_bid"] > 0).to_numpy(), "bid_unknown"),
        ((keywords["match_type"] == "package").to_numpy(), "no_keyword_bid"),
        (~evidence.running, "not_running"),
    )
