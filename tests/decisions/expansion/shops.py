"""A small shop of tea tree oil: what it buys, what buyers typed, what the market searches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from bidopt.decisions.draft import keep_everything
from bidopt.decisions.policy import Situation
from bidopt.domain.goals import Goals
from bidopt.evidence.evidence import EvidenceSettings, gather
from bidopt.facts.schemas import COMPETITOR_TITLES, MARKET_TERMS, SEARCH_TERM_DAYS
from tests.conftest import AS_OF, _facts_of

PLACE = {"platform": "native", "campaign_id": "c1", "ad_group_id": "", "product_id": "p1"}
TITLE = "沐禾茶树精油祛痘控油单方澳洲进口无酒精10ml"
TOMORROW = pd.Timestamp(AS_OF)


def situation(
    *,
    keywords: Sequence[str] = ("茶树精油", "祛痘精油", "控油精油"),
    searched: Sequence[Mapping[str, Any]] = (),
    market: Sequence[Mapping[str, Any]] = (),
    competitors: Sequence[str] = ("澳洲茶树精油祛痘控油单方10ml", "茶树精油控油30ml"),
    title: str = TITLE,
    attributes: str = "",
    budget: float | None = 500.0,
) -> Situation:
    """The morning of AS_OF.

    Args:
        keywords: in play, each with 10 days of sales.
        searched: search terms: search_term, clicks, conversions and what is to differ.
        market: market terms: term, low, high and what is to differ.
        competitors: titles.
        title: of the product.
        attributes: of the product table.
        budget: per day.
    """
    rows = [
        {
            "keyword": word,
            **{k: v for k, v in PLACE.items() if k != "platform"},
            "age": age,
            "impressions": 1000.0,
            "clicks": 40.0,
            "cost": 30.0,
            "conversions": 2.0,
            "revenue": 120.0,
            "bid": 0.9,
        }
        for word in keywords
        for age in range(1, 11)
    ]
    product = {
        "product_id": "p1",
        "title": title,
        "brand": "沐禾",
        "category": "精油",
        "price": 60.0,
        "attributes": attributes,
    }
    facts = _facts_of(rows, campaigns=[{"campaign_id": "c1", "daily_budget": 500.0}], products=[product])
    typed = [
        {
            "date": TOMORROW - pd.Timedelta(days=3),
            "keyword": "茶树精油",
            "match_type": "broad",
            "cost": 0.8 * float(row["clicks"]),
            "revenue": 60.0 * float(row["conversions"]),
            "impressions": 10.0 * float(row["clicks"]),
            "reported_on": TOMORROW,
            **PLACE,
            **row,
        }
        for row in searched
    ]
    sought = [
        {
            "term": row["term"],
            "search_volume_low": row["low"],
            "search_volume_high": row["high"],
            "competing_products": row.get("rivals"),
            "reference_cpc": row.get("cpc", 0.8),
            "reported_on": TOMORROW,
        }
        for row in market
    ]
    facts = replace(
        facts,
        search_term_days=SEARCH_TERM_DAYS.conform(pd.DataFrame(typed)),
        market_terms=MARKET_TERMS.conform(pd.DataFrame(sought)),
        competitor_titles=COMPETITOR_TITLES.conform(
            {"title": list(competitors), "reported_on": [TOMORROW] * len(competitors)}
        ),
    )
    evidence = gather(facts, AS_OF, EvidenceSettings())
    return Situation(AS_OF, Goals(target_roas=2.0, daily_budget=budget), evidence, keep_everything(evidence))
