"""Adds the words that are worth a test: what buyers type and the product truly is, ranked by expected value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from bidopt.decisions.draft import Draft
from bidopt.decisions.expansion.earlier_words import Patience, days_of
from bidopt.decisions.expansion.mine import mine_of, unit_worth, with_ad_groups
from bidopt.decisions.expansion.new_word_value import HORIZON, value_of
from bidopt.decisions.expansion.word_limits import WordLimits
from bidopt.decisions.policy import Policy, Situation
from bidopt.domain.changes import KEYWORDS
from bidopt.domain.metrics import ratio
from bidopt.domain.reasons import ReasonText, encode

_REASONS = {
    "market": "new_market_term",
    "listed": "new_listed_term",
    "search_term": "new_search_term",
    "combination": "new_combination",
}
"""Reason code of each source."""


class MineWords(Policy):
    """Test new words: search terms of the market and of the shop, and combinations of roots that go together.

    No word claims what the product's title, brand and category do not support. A word is worth a test when what it
    earns, kept only if it turns out well, exceeds the cost of finding out at the market's price. A word that was proposed
    and does not come into play is proposed again for some days and then rests.
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
    patience: Patience = Field(
        default_factory=Patience, description="没人采纳的词 words that nobody takes up"
    )
    platforms: Mapping[str, WordLimits] = Field(
        default_factory=dict, description="各平台限制 from the rules file, not set by a shop"
    )

    simulated: ClassVar[bool] = False
    reasons: ClassVar[Mapping[str, ReasonText]] = {
        "new_market_term": ReasonText(
            "市场搜索词，搜索人气 {low:.0f} ~ {high:.0f}，还没买；预计转化率 {cvr:.1%}，市场点击价 {currency}{cpc:,.2f}，测试 {days:.0f} 天的期望收益 {currency}{value:,.2f}",
            "a market search term with volume {low:.0f} to {high:.0f} that is not bought; expected CVR {cvr:.1%}, market price of a click {currency}{cpc:,.2f}, expected value of a test over {days:.0f} days {currency}{value:,.2f}",
        ),
        "new_listed_term": ReasonText(
            "市场搜索词，没有搜索人气（按 {searches:.0f} 估），还没买；预计转化率 {cvr:.1%}，市场点击价 {currency}{cpc:,.2f}，测试 {days:.0f} 天的期望收益 {currency}{value:,.2f}",
            "a market search term without a stated volume (taken as {searches:.0f}) that is not bought; expected CVR {cvr:.1%}, market price of a click {currency}{cpc:,.2f}, expected value of a test over {days:.0f} days {currency}{value:,.2f}",
        ),
        "new_search_term": ReasonText(
            "买家搜过，带来 {clicks:.0f} 次点击、{orders:.0f} 单，还没单独买；预计转化率 {cvr:.1%}，点击价 {currency}{cpc:,.2f}，测试 {days:.0f} 天的期望收益 {currency}{value:,.2f}",
            "buyers typed it: {clicks:.0f} clicks and {orders:.0f} orders, not bought by itself; expected CVR {cvr:.1%}, price of a click {currency}{cpc:,.2f}, expected value of a test over {days:.0f} days {currency}{value:,.2f}",
        ),
        "new_combination": ReasonText(
            "由常在一起出现的词根组成，估计搜索人气 {high:.0f}；预计转化率 {cvr:.1%}，点击价 {currency}{cpc:,.2f}，测试 {days:.0f} 天的期望收益 {currency}{value:,.2f}",
            "roots that go together, volume about {high:.0f}; expected CVR {cvr:.1%}, price of a click {currency}{cpc:,.2f}, expected value of a test over {days:.0f} days {currency}{value:,.2f}",
        ),
        "new_words_today": ReasonText(
            "值得测的新词 {worthy:.0f} 个，今天加 {added:.0f} 个（每天最多 {most:.0f} 个），预计每天花 {currency}{cost:,.2f}（今天的新词预算 {currency}{money:,.2f}）",
            "{worthy:.0f} new words are worth a test, {added:.0f} are added today (at most {most:.0f} a day), expected cost {currency}{cost:,.2f} a day (today's test budget {currency}{money:,.2f})",
        ),
        "new_words_resting": ReasonText(
            "{resting:.0f} 个值得测的词已建议 {days:.0f} 天、词表里还没有，先休息（{rest:.0f} 天内最多建议 {days:.0f} 天）",
            "{resting:.0f} words worth a test were proposed on {days:.0f} days and are not in the lists: they rest (at most {days:.0f} days in {rest:.0f})",
        ),
        "no_budget_for_words": ReasonText(
            "不知道每天的预算，没有加新词（新词的钱按预算的 {share:.0%} 算）：请在 shop.yaml 写 daily_budget，或导入计划预算",
            "no words are added, as no daily budget is known (a test gets {share:.0%} of it): set daily_budget in shop.yaml or import the campaigns' budgets",
        ),
        "no_titles": ReasonText(
            "{untitled:.0f} 个在投宝贝没有标题（共 {products:.0f} 个），没有为它们找新词：请导入商品表 products*.csv（列 product_id、title）",
            "{untitled:.0f} of {products:.0f} products in play have no title, so no new words are sought for them: import products*.csv (columns product_id, title)",
        ),
    }

    def decide(self, situation: Situation) -> Draft:
        """The draft with words to add, most valuable first."""
        words, draft, budget = situation.evidence.words, situation.draft, situation.account_budget
        told = len(words.market_terms) + len(words.search_terms)
        if not told or not self.most_per_day:
            return draft
        draft = draft.with_notes(*_untitled(situation))
        if words.products.empty:
            return draft
        if budget is None:
            return draft.with_notes(*encode("no_budget_for_words", 1, share=self.budget_share))
        if not budget:
            return draft
        ranked = self.ranked(situation)
        ranked["days_proposed"] = days_of(self.patience.adds(words, situation.as_of), ranked)
        chosen = self._chosen(ranked, budget * self.budget_share)
        draft = draft.with_notes(*self._notes(ranked, chosen, budget * self.budget_share))
        if chosen.empty:
            return draft
        rows = KEYWORDS.conform(chosen[[name for name in KEYWORDS.names if name in chosen]])
        return draft.with_keywords(pd.concat([draft.keywords, rows], ignore_index=True))

    def _notes(self, ranked: pd.DataFrame, chosen: pd.DataFrame, money: float) -> list[str]:
        """How many words there are, and what keeps them from being added."""
        if ranked.empty:
            return []
        cost = chosen["expected_cost"].sum() if len(chosen) else 0.0
        resting = int((ranked["days_proposed"] >= self.patience.days).sum())
        notes = encode(
            "new_words_today",
            1,
            worthy=len(ranked),
            added=len(chosen),
            most=self.most_per_day,
            cost=cost,
            money=money,
        )
        if resting:
            patience = self.patience
            notes += encode("new_words_resting", 1, resting=resting, days=patience.days, rest=patience.rest)
        return notes

    def ranked(self, situation: Situation) -> pd.DataFrame:
        """All words worth a test, each with the product that gains most by it, most valuable first.

        Returns:
            The columns of KEYWORDS but for kind, and: folded, variants, source, searches, test_value, in_ad_group.
        """
        evidence, goals = situation.evidence, situation.goals
        mine = mine_of(evidence)
        candidates = with_ad_groups(mine.candidates, evidence)
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
            expected_gain=value.test_value / HORIZON,
            expected_clicks=value.clicks,
            expected_cost=value.clicks * value.cpc,
            expected_revenue=value.clicks * value.revenue,
        )
        numbers: dict[str, npt.ArrayLike] = {
            "low": candidates["volume_low"].fillna(candidates["volume_high"]).fillna(0.0),
            "high": candidates["volume_high"].fillna(candidates["volume_low"]).fillna(0.0),
            "searches": candidates["searches"],
            "clicks": candidates["clicks"],
            "orders": candidates["conversions"],
            "cvr": value.cvr.mean,
            "cpc": value.cpc,
            "days": HORIZON,
            "value": value.test_value,
        }
        told = [encode(code, len(table), **numbers) for code in _REASONS.values()]
        reason = np.select([(table["source"] == source).to_numpy() for source in _REASONS], told, "")
        table = table.assign(reason=pd.Series(reason, dtype="str"))
        enough = table["expected_clicks"] * HORIZON >= self.least_clicks
        enough |= (table["source"] != "search_term") & (
            not mine.volumes_stated
        )  # nobody knows how many it would get
        worthy = (table["test_value"] > 0) & (table["bid"] > 0) & enough
        best = table[worthy].sort_values(
            ["test_value", "keyword", "product_id"], ascending=[False, True, True]
        )
        return best.drop_duplicates("folded").reset_index(drop=True)

    def _chosen(self, ranked: pd.DataFrame, money: float) -> pd.DataFrame:
        """The best words that money, ad groups and the day's limit have room for; those that rest keep their place."""
        room: dict[tuple[str, str, str], int] = {}
        taken = []
        for row in ranked.to_dict("records"):
            place = (row["platform"], row["campaign_id"], row["ad_group_id"])
            limit = self.platforms.get(row["platform"], WordLimits()).keywords
            left = room.setdefault(place, limit - int(row["in_ad_group"]))
            if left <= 0:
                continue
            rests = row["days_proposed"] >= self.patience.days
            if not rests and row["expected_cost"] > money:
                continue
            room[place] = left - 1
            if rests:
                continue
            money -= row["expected_cost"]
            taken.append(row)
            if len(taken) == self.most_per_day:
                break
        return pd.DataFrame(taken)


def _untitled(situation: Situation) -> list[str]:
    """A note on products that are advertised and have no title."""
    evidence = situation.evidence
    products = evidence.words.products
    advertised = set(evidence.keywords.loc[evidence.running, "product_id"])
    untitled = advertised - set(products.loc[products["title"] != "", "product_id"])
    return encode("no_titles", 1, untitled=len(untitled), products=len(advertised)) if untitled else []
