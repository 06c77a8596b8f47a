"""Blocks search terms, and roots that many of them share, which spend and do not sell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pandas as pd
from pydantic import Field

from bidopt.decisions.draft import Draft
from bidopt.decisions.expansion.protected_texts import ProtectedTexts
from bidopt.decisions.expansion.word_limits import WordLimits
from bidopt.decisions.policy import Policy, Situation
from bidopt.domain.changes import KEYWORDS
from bidopt.domain.metrics import ratio
from bidopt.domain.reasons import ReasonText, encode
from bidopt.evidence.grams import TERM, Grams, judge_grams
from bidopt.evidence.words import SCOPE

_PRODUCT_CODE = re.compile("b0[0-9a-z]{8}")
_STILL_WORTH = 0.5


class NegativeWords(Policy):
    """Block what buyers typed, spent money and hardly ever sold: whole search terms, roots and root pairs.

    A root speaks for all search terms that hold it. No word is blocked that would keep out a keyword in play or a word
    added today, and no root that ever sold or that stands in the product's own title. What brought no recent click is
    left alone: it may be blocked already.
    """

    certainty: float = Field(0.9, gt=0.5, lt=1, description="把握 chance from which a word is called unsold")
    poor_share: float = Field(
        0.5,
        gt=0,
        le=1,
        description="投产下限占比 share of the target, or of all search terms' ROAS if lower, that a word must earn",
    )
    least_clicks: int = Field(10, ge=1, description="最少点击 clicks before a word is judged")
    most_per_day: int = Field(20, ge=0, description="每日最多否词 new negative words a day")
    platforms: Mapping[str, WordLimits] = Field(
        default_factory=dict, description="各平台限制 from the rules file, not set by a shop"
    )

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        "unsold_term": ReasonText(
            "搜索词 {clicks:.0f} 次点击、花费 {cost:.2f}、成交 {orders:.0f} 单，投产低于 {floor:.2g} 的可能为 {probability:.0%}；屏蔽后每天约省 {saving:.2f}",
            "search term with {clicks:.0f} clicks, cost {cost:.2f} and {orders:.0f} orders: its ROAS is below {floor:.2g} with probability {probability:.0%}; blocking it saves about {saving:.2f} a day",
        ),
        "unsold_root": ReasonText(
            "含这个词根的 {terms:.0f} 个搜索词共 {clicks:.0f} 次点击、花费 {cost:.2f}、成交 {orders:.0f} 单，投产低于 {floor:.2g} 的可能为 {probability:.0%}；屏蔽后每天约省 {saving:.2f}",
            "{terms:.0f} search terms with this root: {clicks:.0f} clicks, cost {cost:.2f} and {orders:.0f} orders; their ROAS is below {floor:.2g} with probability {probability:.0%}; blocking it saves about {saving:.2f} a day",
        ),
    }

    def decide(self, situation: Situation) -> Draft:
        """The draft with negative words, those behind most cost first."""
        words, draft = situation.evidence.words, situation.draft
        if words.search_terms["recent_clicks"].sum() < self.least_clicks or not self.most_per_day:
            return draft
        language = words.language
        grams = judge_grams(words, [language.words(term) for term in words.search_terms["search_term"]])
        floor = self.poor_share * min(situation.goals.target_roas, _roas(words.search_terms))
        worst = self._condemned(grams, floor, situation.goals.target_roas)
        chosen = self._chosen(situation, grams, worst)
        if chosen.empty:
            return draft
        return draft.with_keywords(
            pd.concat([draft.keywords, self._rows(situation, grams, chosen, floor)], ignore_index=True)
        )

    def _condemned(self, grams: Grams, floor: float, target: float) -> pd.DataFrame:
        """Rows of grams that earn too little, those that cost most first, with their probability.

        What is saved is the money spent beyond what the orders expected are worth to the shop.
        """
        table = grams.table
        judged = (table["clicks"] >= self.least_clicks) & (table["recent_clicks"] > 0) & (table["cost"] > 0)
        judged &= (table["size"] == TERM) | (table["terms"] > 1)
        too_low = floor * ratio(table["cost"], table["clicks"]) / table["order_value"].to_numpy()
        probability = 1 - grams.cvr.chance_of(np.where(judged, too_low, 1.0))
        worth = grams.cvr.mean * table["order_value"].to_numpy() / target
        saving = table["recent_cost"] - table["recent_clicks"] * worth
        bad = judged & (probability >= self.certainty) & np.isfinite(too_low) & (saving > 0)
        told: pd.DataFrame = table.assign(row=np.arange(len(table)), probability=probability, worth=worth)[
            bad
        ]
        return told.sort_values(["recent_cost", "size", "text"], ascending=[False, True, True])

    def _chosen(self, situation: Situation, grams: Grams, worst: pd.DataFrame) -> pd.DataFrame:
        """Rows to block, with the recent clicks and cost that each takes away beyond those before it."""
        terms = situation.evidence.words.search_terms
        left = np.ones(len(terms), dtype=bool)
        in_ad_group: dict[tuple[str, str, str], int] = {}
        sold = self._texts_that_sold(situation)
        in_play, titles = self._texts_in_play(situation), self._titles(situation)
        taken = []
        for gram in worst.to_dict("records"):
            words, campaign = grams.words[gram["row"]], (gram["platform"], gram["campaign_id"])
            ad_group = (*campaign, gram["ad_group_id"])
            exact = gram["size"] == TERM
            limits = self.platforms.get(gram["platform"], WordLimits())
            clicks, cost = grams.recent(terms, left, gram["row"])
            if cost < _STILL_WORTH * gram["recent_cost"] or in_ad_group.get(ad_group, 0) >= limits.negatives:
                continue
            if not _fits(gram["text"], words, exact=exact, limits=limits):
                continue
            mine = in_play.get(campaign)
            if mine and (mine.hit_exactly(words) if exact else mine.hit_by(words)):
                continue
            title = titles.get(gram["product_id"], "")  # what goods are called is known from it alone
            if not exact and (not title or sold[campaign].hit_by(words) or _all_in(words, title)):
                continue
            left[grams.of_terms[[gram["row"]]].indices] = False
            in_ad_group[ad_group] = in_ad_group.get(ad_group, 0) + 1
            taken.append({**gram, "blocked_clicks": clicks, "blocked_cost": cost})
            if len(taken) == self.most_per_day:
                break
        return pd.DataFrame(taken)

    def _texts_in_play(self, situation: Situation) -> dict[tuple[str, str], ProtectedTexts]:
        """What is bought, by campaign: keywords that are not paused, and words added today.

        Those to be dropped today are among them: a limit may spare them yet.
        """
        evidence, draft = situation.evidence, situation.draft
        kept = (evidence.keywords["status"] != "paused").to_numpy()
        names = ["platform", "campaign_id", "keyword"]
        added = draft.keywords[draft.keywords["kind"] == "add"]
        return _protected(situation, pd.concat([evidence.keywords.loc[kept, names], added[names]]), "keyword")

    def _texts_that_sold(self, situation: Situation) -> dict[tuple[str, str], ProtectedTexts]:
        """Search terms with an order, by campaign; every campaign has an entry."""
        terms = situation.evidence.words.search_terms
        told = terms.assign(search_term=terms["search_term"].where(terms["conversions"] > 0, ""))
        return _protected(situation, told, "search_term")

    def _titles(self, situation: Situation) -> dict[str, str]:
        words = situation.evidence.words
        titles = ("".join(words.language.words(title)) for title in words.products["title"])
        return dict(zip(words.products["product_id"], titles, strict=True))

    def _rows(self, situation: Situation, grams: Grams, chosen: pd.DataFrame, floor: float) -> pd.DataFrame:
        days = situation.evidence.words.recent_days
        value = chosen["worth"] * situation.goals.target_roas
        saving = (chosen["blocked_cost"] - chosen["blocked_clicks"] * chosen["worth"]) / days
        numbers = {name: chosen[name].to_numpy() for name in ("clicks", "cost", "probability", "terms")}
        told = [
            encode(code, len(chosen), **numbers, orders=chosen["conversions"], floor=floor, saving=saving)
            for code in ("unsold_root", "unsold_term")
        ]
        exact = (chosen["size"] == TERM).to_numpy()
        return KEYWORDS.conform(
            {
                **{name: chosen[name].to_numpy() for name in SCOPE},
                "keyword": chosen["text"],
                "kind": "negative",
                "match_type": np.where(exact, "exact", "phrase"),
                "reason": np.where(exact, told[1], told[0]),
                "policy": "negative_words",
                "roots": [" ".join(grams.words[row]) for row in chosen["row"]],
                "expected_clicks": chosen["blocked_clicks"] / days,
                "expected_cost": chosen["blocked_cost"] / days,
                "expected_revenue": chosen["blocked_clicks"] * value / days,
            }
        )


def _roas(terms: pd.DataFrame) -> float:
    """Revenue per cost of all search terms once late orders are in."""
    arrived = ratio(terms["matured_clicks"].sum(), terms["clicks"].sum())
    return float(ratio(terms["revenue"].sum(), terms["cost"].sum() * arrived))


def _protected(
    situation: Situation, table: pd.DataFrame, column: str
) -> dict[tuple[str, str], ProtectedTexts]:
    """Texts of a column by platform and campaign; empty ones protect nothing."""
    language = situation.evidence.words.language
    return {
        (str(platform), str(campaign)): ProtectedTexts(language.words(text) for text in texts if text)
        for (platform, campaign), texts in table.groupby(["platform", "campaign_id"])[column]
    }


def _fits(text: str, words: tuple[str, ...], *, exact: bool, limits: WordLimits) -> bool:
    """Whether the platform takes the word; signs alone, single characters and product codes are no words."""
    longest = limits.exact_words if exact else limits.phrase_words
    sayable = len("".join(words)) > 1 and not _PRODUCT_CODE.fullmatch(text)
    return sayable and len(words) <= longest and len(text) <= limits.characters


def _all_in(words: tuple[str, ...], title: str) -> bool:
    return all(word in title for word in words)
