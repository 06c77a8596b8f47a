"""Adds the words that are worth a test: what buyers type and the product truly is, ranked by expected value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from bidopt.decisions.draft import Draft
from bidopt.decisions.expansion.mine import mine_of, unit_worth, with_ad_groups
from bidopt.decisions.expansion.new_word_value import HORIZON, value_of
from bidopt.decisions.expansion.word_limits import WordLimits
from bidopt.decisions.policy import Policy, Situation
from bidopt.domain.changes import KEYWORDS
from bidopt.domain.metrics import ratio
from bidopt.domain.reasons import ReasonText, encode

_SOURCES = ("market", "search_term", "combination")


class MineWords(Policy):
    """Test new words: search terms of the market and of the shop, and combinations of roots that go together.

    No word claims what the product's title, brand and category do not support. A word is worth a test when what it
    earns, kept only if it turns out well, exceeds the cost of finding out at the market's price.
    """

    most_per_day: int = Field(10, ge=0, description="每日最多加词 new words a day")
    budget_share: float = Field(
        0.05, ge=0, le=1, description="测词预算占比 share of the account's budget for words added today"
    )
    test_clicks: int = Field(30, ge=1, description="测词点击 clicks after which a word is judged")
    least_clicks: float = Field(
        5.0, gt=0, description="最少点击 clicks a month below which a word is not worth the trouble"
    )
    over_market: float = Field(
        1.1, gt=0, le=3, description="首次出价系数 first bid as a multiple of the market price"
    )
    least_per_rival: float | None = Field(
        None,
        gt=0,
        description="蓝海值 searches per competing product that a word needs; 不写 = 不筛 leave out for no filter",
    )
    platforms: Mapping[str, WordLimits] = Field(
        default_factory=dict, description="各平台限制 from the rules file, not set by a shop"
    )

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        "new_market_term": ReasonText(
            "市场搜索词，搜索人气 {low:.0f} ~ {high:.0f}，还没买；预计转化率 {cvr:.1%}，市场点击价 {cpc:.2f}，测试 {days:.0f} 天的期望收益 {value:.2f}",
            "a market search term with volume {low:.0f} to {high:.0f} that is not bought; expected CVR {cvr:.1%}, market price of a click {cpc:.2f}, expected value of a test over {days:.0f} days {value:.2f}",
        ),
        "new_search_term": ReasonText(
            "买家搜过，带来 {clicks:.0f} 次点击、{orders:.0f} 单，还没单独买；预计转化率 {cvr:.1%}，点击价 {cpc:.2f}，测试 {days:.0f} 天的期望收益 {value:.2f}",
            "buyers typed it: {clicks:.0f} clicks and {orders:.0f} orders, not bought by itself; expected CVR {cvr:.1%}, price of a click {cpc:.2f}, expected value of a test over {days:.0f} days {value:.2f}",
        ),
        "new_combination": ReasonText(
            "由常在一起出现的词根组成，估计搜索人气 {high:.0f}；预计转化率 {cvr:.1%}，点击价 {cpc:.2f}，测试 {days:.0f} 天的期望收益 {value:.2f}",
            "roots that go together, volume about {high:.0f}; expected CVR {cvr:.1%}, price of a click {cpc:.2f}, expected value of a test over {days:.0f} days {value:.2f}",
        ),
    }

    def decide(self, situation: Situation) -> Draft:
        """The draft with words to add, most valuable first."""
        words, draft, budget = situation.evidence.words, situation.draft, situation.account_budget
        told = len(words.market_terms) + len(words.search_terms)
        if not told or words.products.empty or not budget or not self.most_per_day:
            return draft
        chosen = self._chosen(self.ranked(situation), budget * self.budget_share)
        if chosen.empty:
            return draft
        rows = KEYWORDS.conform(chosen[[name for name in KEYWORDS.names if name in chosen]])
        return draft.with_keywords(pd.concat([draft.keywords, rows], ignore_index=True))

    def ranked(self, situation: Situation) -> pd.DataFrame:
        """All words worth a test, each with the product that gains most by it, most valuable first.

        Returns:
            The columns of KEYWORDS but for kind, and: folded, variants, source, searches, test_value, in_ad_group.
        """
        evidence, goals = situation.evidence, situation.goals
        candidates = with_ad_groups(mine_of(evidence).candidates, evidence)
        limits = [self.platforms.get(p, WordLimits()) for p in candidates["platform"]]
        fits = candidates["keyword"].str.len() <= np.array([of.characters for of in limits], dtype=np.int64)
        words = candidates["roots"].str.count(" ") + 1
        fits &= words <= np.array([of.exact_words for of in limits], dtype=np.int64)
        rare = ratio(candidates["searches"], candidates["competing_products"])
        blue = np.isnan(rare) | (rare >= (self.least_per_rival or 0.0))
        candidates = candidates[fits & blue].reset_index(drop=True)
        margin = goals.gross_margin if goals.objective == "profit" else None
        worth = unit_worth(evidence, candidates, margin, goals.target_roas)
        value = value_of(candidates, evidence, worth, self.test_clicks)
        most = value.worth.high
        bid = np.round(np.minimum(self.over_market * value.cpc, np.maximum(most, value.worth.mean)), 2)
        table = candidates.assign(
            kind="add",
            bid=bid,
            policy="mine_words",
            test_value=value.test_value,
            expected_clicks=value.clicks,
            expected_cost=value.clicks * value.cpc,
            expected_revenue=value.clicks * value.revenue,
        )
        numbers: dict[str, npt.ArrayLike] = {
            "low": candidates["volume_low"].fillna(candidates["volume_high"]).fillna(0.0),
            "high": candidates["volume_high"].fillna(candidates["volume_low"]).fillna(0.0),
            "clicks": candidates["clicks"],
            "orders": candidates["conversions"],
            "cvr": value.cvr.mean,
            "cpc": value.cpc,
            "days": HORIZON,
            "value": value.test_value,
        }
        told = [
            encode(code, len(table), **numbers)
            for code in ("new_market_term", "new_search_term", "new_combination")
        ]
        reason = np.select([(table["source"] == source).to_numpy() for source in _SOURCES], told, "")
        table = table.assign(reason=pd.Series(reason, dtype="str"))
        enough = table["expected_clicks"] * HORIZON >= self.least_clicks
        worthy = (table["test_value"] > 0) & (table["bid"] > 0) & enough
        best = table[worthy].sort_values(
            ["test_value", "keyword", "product_id"], ascending=[False, True, True]
        )
        return best.drop_duplicates("folded").reset_index(drop=True)

    def _chosen(self, ranked: pd.DataFrame, money: float) -> pd.DataFrame:
        """The best words that money, ad groups and the day's limit have room for."""
        room: dict[tuple[str, str, str], int] = {}
        taken = []
        for row in ranked.to_dict("records"):
            place = (row["platform"], row["campaign_id"], row["ad_group_id"])
            limit = self.platforms.get(row["platform"], WordLimits()).keywords
            left = room.setdefault(place, limit - int(row["in_ad_group"]))
            if left <= 0 or row["expected_cost"] > money:
                continue
            room[place] = left - 1
            money -= row["expected_cost"]
            taken.append(row)
            if len(taken) == self.most_per_day:
                break
        return pd.DataFrame(taken)
