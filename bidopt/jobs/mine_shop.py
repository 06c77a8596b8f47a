"""Lists the words that a shop could add, those it should not, and those it should block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from bidopt.decisions.expansion.mine import mine_of
from bidopt.decisions.expansion.mine_words import MineWords
from bidopt.decisions.expansion.product_claims import OBJECTIONS
from bidopt.decisions.expansion.word_blocks import blocked_keywords
from bidopt.domain.reasons import ReasonText, render_both
from bidopt.jobs.shop import Shop
from bidopt.jobs.shop_morning import shop_morning
from bidopt.reporting.formats import currency_sign

_MINED = ["product_id", "keyword", "variants", "source", "searches", "bid", "roots"]
_EXPECTED = ["expected_clicks", "expected_cost", "expected_revenue"]
_PLACE = ["platform", "campaign_id", "ad_group_id", "product_id"]


@dataclass(frozen=True)
class MinedWords:
    """Words for a shop's products.

    Args:
        worth_testing: best first: product_id, keyword, variants, source, searches, bid, roots, the expected columns,
            test_value, today (yes where today's plan adds it), reason_zh, reason_en.
        rejected: product_id, keyword, objection, why: words that are not for the product, most searched first.
    """

    worth_testing: pd.DataFrame
    rejected: pd.DataFrame


@dataclass(frozen=True)
class WordsToBlock:
    """Negative words of a shop.

    Args:
        proposed: place, keyword, match_type, roots, the expected columns (taken away per day), reason_zh, reason_en;
            most cost first.
        in_the_way: keywords in play that a negative word of the platform's lists may block, see `blocked_keywords`.
    """

    proposed: pd.DataFrame
    in_the_way: pd.DataFrame


def mine_shop(shop: Shop, as_of: date) -> MinedWords:
    """The words of a shop on one morning, ranked as its daily batch ranks them.

    Raises:
        StoppedError: there are no facts.
    """
    morning = shop_morning(shop, as_of)
    policies = shop.settings.recommender.policies
    policy = next((p for p in policies if isinstance(p, MineWords)), MineWords())
    ranked = policy.ranked(morning.situation)
    plan = morning.recommendation.changes.keywords
    added = set(plan.loc[plan["kind"] == "add", ["product_id", "keyword"]].itertuples(index=False, name=None))
    pairs = ranked[["product_id", "keyword"]].itertuples(index=False, name=None)
    ranked = ranked.assign(today=["yes" if pair in added else "" for pair in pairs])
    judged = mine_of(morning.situation.evidence).judged
    rejected = judged.loc[judged["objection"] != "", ["product_id", "keyword", "objection"]]
    return MinedWords(
        _told(ranked, policy.reasons, shop)[
            [*_MINED, *_EXPECTED, "test_value", "today", "reason_zh", "reason_en"]
        ],
        rejected.assign(why=rejected["objection"].map(OBJECTIONS)).reset_index(drop=True),
    )


def negatives_of_shop(shop: Shop, as_of: date) -> WordsToBlock:
    """What the daily batch would block on one morning, and what is blocked that should not be.

    Raises:
        StoppedError: there are no facts.
    """
    morning = shop_morning(shop, as_of)
    plan = morning.recommendation.changes.keywords
    blocked = plan[plan["kind"] == "negative"].reset_index(drop=True)
    told = _told(blocked, shop.settings.recommender.reasons, shop)
    columns = [*_PLACE, "keyword", "match_type", "roots", *_EXPECTED, "reason_zh", "reason_en"]
    return WordsToBlock(told[columns], blocked_keywords(morning.situation.evidence))


def _told(table: pd.DataFrame, texts: Mapping[str, ReasonText], shop: Shop) -> pd.DataFrame:
    sign = currency_sign(shop.settings.currency)
    told = [render_both(reason, texts, sign) for reason in table["reason"]]
    return table.assign(reason_zh=[zh for zh, _ in told], reason_en=[en for _, en in told])
