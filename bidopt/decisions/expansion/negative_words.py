"""Blocks search terms, and roots that many of them share, which spend and do not sell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from pydantic import Field

from bidopt.decisions.draft import Draft
from bidopt.decisions.expansion.earlier_words import BLOCK, EarlierBlocks, Patience, earlier_blocks
from bidopt.decisions.expansion.listed_negatives import listed_negatives
from bidopt.decisions.expansion.protected_texts import ProtectedTexts
from bidopt.decisions.expansion.word_blocks import blocked_keywords
from bidopt.decisions.expansion.word_limits import WordLimits
from bidopt.decisions.policy import Policy, Situation
from bidopt.domain.changes import KEYWORDS
from bidopt.domain.metrics import ratio
from bidopt.domain.reasons import ReasonText, encode
from bidopt.evidence.grams import TERM, Gram, Grams, judge_grams
from bidopt.evidence.words import SCOPE

_PRODUCT_CODE = re.compile("b0[0-9a-z]{8}")
_STILL_WORTH = 0.5


class NegativeWords(Policy):
    """Block what buyers typed, spent money and hardly ever sold: whole search terms, roots and root pairs.

    A root speaks for all search terms that hold it. No word is blocked that would keep out a keyword in play or a word
    added today, and no root that ever sold or that stands in the product's own title. What brought no recent click is
    left alone: it may be blocked already. What the platform's list of negative words blocks is not proposed again,
    unless it was clicked after the day of the list. What an earlier plan blocked counts to the platform's limits where
    no newer list says what is blocked, and is proposed again only while clicks show that it is not blocked.
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
    patience: Patience = Field(
        default_factory=Patience, description="没人采纳的词 words that nobody takes up"
    )
    platforms: Mapping[str, WordLimits] = Field(
        default_factory=dict, description="各平台限制 from the rules file, not set by a shop"
    )

    simulated: ClassVar[bool] = False
    reasons: ClassVar[Mapping[str, ReasonText]] = {
        "unsold_term": ReasonText(
            "搜索词 {clicks:.0f} 次点击、花费 {currency}{cost:,.2f}、成交 {orders:.0f} 单，投产低于 {floor:.2g} 的可能为 {probability:.0%}；屏蔽后每天约省 {currency}{saving:,.2f}",
            "search term with {clicks:.0f} clicks, cost {currency}{cost:,.2f} and {orders:.0f} orders: its ROAS is below {floor:.2g} with probability {probability:.0%}; blocking it saves about {currency}{saving:,.2f} a day",
        ),
        "unsold_root": ReasonText(
            "含这个词根的 {terms:.0f} 个搜索词共 {clicks:.0f} 次点击、花费 {currency}{cost:,.2f}、成交 {orders:.0f} 单，投产低于 {floor:.2g} 的可能为 {probability:.0%}；屏蔽后每天约省 {currency}{saving:,.2f}",
            "{terms:.0f} search terms with this root: {clicks:.0f} clicks, cost {currency}{cost:,.2f} and {orders:.0f} orders; their ROAS is below {floor:.2g} with probability {probability:.0%}; blocking it saves about {currency}{saving:,.2f} a day",
        ),
        "negatives_block_keywords": ReasonText(
            "平台上已有的否词可能挡住 {keywords:.0f} 个在买的词：bidopt words negatives 列出是哪些",
            "negative words in the platform's lists may block {keywords:.0f} keywords in play: bidopt words negatives names them",
        ),
        "negatives_at_limit": ReasonText(
            "否词已到每日上限 {most:.0f} 个，其余的明天再提",
            "the day's limit of {most:.0f} negative words is reached; the rest waits",
        ),
        "negatives_full": ReasonText(
            "{groups:.0f} 个单元的否词已满（含以前建议过的），还有该否的词放不下：先在后台清理没用的否词",
            "{groups:.0f} ad groups have no room for more negative words (earlier ones included): clear out idle ones",
        ),
        "negatives_resting": ReasonText(
            "{resting:.0f} 个该否的词已建议 {days:.0f} 天、仍有点击，先休息（{rest:.0f} 天内最多建议 {days:.0f} 天）",
            "{resting:.0f} words to block were proposed on {days:.0f} days and still draw clicks: they rest (at most {days:.0f} days in {rest:.0f})",
        ),
    }

    def decide(self, situation: Situation) -> Draft:
        """The draft with negative words, those behind most cost first."""
        words = situation.evidence.words
        draft = situation.draft.with_notes(*_conflicts(situation))
        if words.search_terms["recent_clicks"].sum() < self.least_clicks or not self.most_per_day:
            return draft
        language = words.language
        grams = judge_grams(words, language.words_of_all(words.search_terms["search_term"]))
        floor = self.poor_share * min(situation.goals.target_roas, _roas(words.search_terms))
        worst = self._condemned(grams, floor, situation.goals.target_roas)
        earlier = earlier_blocks(grams, words, situation.as_of, self.patience)
        chosen, full = self._chosen(situation, grams, worst, earlier)
        draft = draft.with_notes(*self._notes(chosen, full, int(earlier.resting[worst["row"]].sum())))
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
        return told.sort_values(["recent_cost", "size", "keyword"], ascending=[False, True, True])

    def _chosen(
        self, situation: Situation, grams: Grams, worst: pd.DataFrame, earlier: EarlierBlocks
    ) -> tuple[pd.DataFrame, int]:
        """Rows to block, and how many ad groups had no room for all of theirs.

        Returns:
            Rows of `worst` with blocked_clicks, blocked_cost (recent, beyond those of the rows before it) and
            days_proposed; and a count.
        """
        terms = situation.evidence.words.search_terms
        left = np.ones(len(terms), dtype=bool)
        left[grams.of_terms[np.flatnonzero(earlier.done | earlier.resting)].indices] = False
        listed = listed_negatives(situation.evidence.words)
        place = listed.beyond(earlier.standing)
        in_ad_group = Counter(place.values()) + listed.in_ad_group
        spared = self._spared(situation)
        taken, full, seen = [], set(), set()
        for gram in worst.to_dict("records"):
            key = tuple(gram[name] for name in BLOCK)
            clicks, cost = grams.recent(terms, left, gram["row"])
            if cost < _STILL_WORTH * gram["recent_cost"] or spared(gram, grams.words[gram["row"]]):
                continue
            exact, last_click = gram["size"] == TERM, gram["last_click"]
            if listed.block(key[:3], grams.words[gram["row"]], exact=exact, last_click=last_click):
                continue
            if key in seen:  # a root may be spelled as a pair is
                continue
            if key not in place and not listed.hold(key[:3], gram["keyword"], gram["match_type"]):
                limits = self.platforms.get(gram["platform"], WordLimits())
                if in_ad_group[key[:3]] >= limits.negatives:
                    full.add(key[:3])
                    continue
                place[key] = key[:3]
                in_ad_group[key[:3]] += 1
            seen.add(key)
            left[grams.of_terms[[gram["row"]]].indices] = False
            days = earlier.days_proposed[gram["row"]]
            taken.append({**gram, "blocked_clicks": clicks, "blocked_cost": cost, "days_proposed": days})
            if len(taken) == self.most_per_day:
                break
        return pd.DataFrame(taken), len(full)

    def _spared(self, situation: Situation) -> Callable[[Mapping[Hashable, Any], Gram], bool]:
        """Says of a gram whether it is not to be blocked, whatever it costs."""
        sold = self._texts_that_sold(situation)
        in_play, titles = self._texts_in_play(situation), self._titles(situation)

        def spared(gram: Mapping[Hashable, Any], words: Gram) -> bool:
            campaign, exact = (gram["platform"], gram["campaign_id"]), gram["size"] == TERM
            limits = self.platforms.get(gram["platform"], WordLimits())
            if not _fits(gram["keyword"], words, exact=exact, limits=limits):
                return True
            mine = in_play.get(campaign)
            if mine and (mine.hit_exactly(words) if exact else mine.hit_by(words)):
                return True
            title = titles.get(gram["product_id"], "")  # what goods are called is known from it alone
            return not exact and (not title or sold[campaign].hit_by(words) or _all_in(words, title))

        return spared

    def _notes(self, chosen: pd.DataFrame, full: int, resting: int) -> list[str]:
        """What limits kept from being blocked."""
        notes = []
        if len(chosen) == self.most_per_day:
            notes += encode("negatives_at_limit", 1, most=self.most_per_day)
        if full:
            notes += encode("negatives_full", 1, groups=full)
        if resting:
            patience = self.patience
            notes += encode("negatives_resting", 1, resting=resting, days=patience.days, rest=patience.rest)
        return notes

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
                "keyword": chosen["keyword"],
                "kind": "negative",
                "match_type": np.where(exact, "exact", "phrase"),
                "reason": np.where(exact, told[1], told[0]),
                "policy": "negative_words",
                "roots": [" ".join(grams.words[row]) for row in chosen["row"]],
                "expected_clicks": chosen["blocked_clicks"] / days,
                "expected_cost": chosen["blocked_cost"] / days,
                "expected_revenue": chosen["blocked_clicks"] * value / days,
                "expected_gain": saving,
                "days_proposed": chosen["days_proposed"],
            }
        )


def _conflicts(situation: Situation) -> list[str]:
    """A note on keywords that the platform's negative words may block."""
    blocked = blocked_keywords(situation.evidence)
    keywords = len(blocked[[*SCOPE[:2], "keyword_ad_group_id", "keyword"]].drop_duplicates())
    return encode("negatives_block_keywords", 1, keywords=keywords) if keywords else []


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
