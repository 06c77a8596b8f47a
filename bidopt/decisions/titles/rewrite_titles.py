"""Writes new titles where they cover more searches, watches those that were set, and takes back what does harm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from bidopt.decisions.draft import Draft
from bidopt.decisions.policy import Policy, Situation
from bidopt.decisions.titles.market_demand import market_of, searches_of
from bidopt.decisions.titles.shop_products import shop_products
from bidopt.decisions.titles.shop_titles import FORBIDDEN, REASONS, rewrite_shop, titles_table
from bidopt.decisions.titles.title_change import TitleWriter
from bidopt.decisions.titles.title_rules import TitleRules, Variant
from bidopt.decisions.titles.watched_changes import REASONS as WATCH_REASONS
from bidopt.decisions.titles.watched_changes import Looks, Verdict, WatchedChange, watched_changes
from bidopt.decisions.titles.word_order import habit_of
from bidopt.domain.changes import TITLES
from bidopt.domain.reasons import ReasonText
from bidopt.evidence.evidence import Evidence
from bidopt.text.banned_words import BannedWords


class RewriteTitles(Policy):
    """New titles that cover more searches within the platform's width and claim only what is true of the product.

    Changed titles are watched beside products with unchanged ones, and go back where they do harm. Pictures and pages
    stay as they are.
    """

    variant: Literal["smallest", "balanced", "most_demand"] = Field(
        "balanced",
        description="改动大小: smallest 最小改动, balanced 均衡, most_demand 最多搜索 how far to go",
    )
    first_look: int = Field(
        3, ge=1, le=14, description="初看(天) days after which a changed title is first judged"
    )
    last_look: int = Field(7, ge=2, le=28, description="下结论(天) days after which the verdict is given")
    false_alarms: float = Field(
        0.05, gt=0, lt=0.5, description="误判机会 chance that a title that does no harm is put back"
    )
    share_at_once: float = Field(
        0.5,
        gt=0,
        le=1,
        description="同时改标题的宝贝占比 the others serve for comparison; at least one is proposed",
    )
    title_rules: Mapping[str, TitleRules] = Field(
        default_factory=dict, description="各平台标题规则 from the rules file, not set by a shop"
    )
    banned: BannedWords = Field(
        default_factory=lambda: BannedWords(()), description="违禁词 from the rules file, not set by a shop"
    )

    simulated: ClassVar[bool] = False
    reasons: ClassVar[Mapping[str, ReasonText]] = {**REASONS, **WATCH_REASONS}

    def decide(self, situation: Situation) -> Draft:
        """The draft with titles to set, and those that are watched."""
        evidence, draft = situation.evidence, situation.draft
        if evidence.words.products.empty:
            return draft
        table = self.titles(evidence, Variant(self.variant), self.share_at_once)
        return draft.with_titles(table) if len(table) else draft

    def titles(self, evidence: Evidence, variant: Variant, share: float = 1.0) -> pd.DataFrame:
        """Schema TITLES: watched titles with their verdict, then those to set, forbidden words first, then those that stay.

        Args:
            evidence: beliefs.
            variant: how far to go.
            share: of the products that may be changed or watched at once; forbidden words go and best-sellers are
                proposed whatever it is.
        """
        watched = watched_changes(evidence, Looks(self.first_look, self.last_look, self.false_alarms))
        adjusted = {change.product_id for change in watched if change.verdict is Verdict.ADJUST}
        told = self._told([change for change in watched if change.product_id not in adjusted])
        room = max(int(share * len(evidence.words.products)) - len(told), 1)
        new = self.new_titles(evidence, variant, frozenset(told["product_id"]), room)
        again = new["product_id"].isin(adjusted) & (new["kind"] == "rewrite")
        new = new.assign(kind=new["kind"].mask(again, "adjust"))
        better = set(new.loc[new["kind"] != "unchanged", "product_id"])
        left = self._told([c for c in watched if c.product_id in adjusted - better])
        new = new[~new["product_id"].isin(left["product_id"])]
        urgent = new["reason"].str.split(" ").str[0].isin(FORBIDDEN)
        rank = np.where(urgent, 0, np.where(new["kind"] == "unchanged", 2, 1))
        new = new.iloc[np.argsort(rank, kind="stable")]
        table = pd.concat([told, left, new], ignore_index=True)
        return TITLES.conform(table.assign(policy=["rewrite_titles"] * len(table)))

    def new_titles(
        self,
        evidence: Evidence,
        variant: Variant,
        resting: AbstractSet[str] = frozenset(),
        room: int | None = None,
    ) -> pd.DataFrame:
        """Schema TITLES of all products but the resting ones; empty where no searches are known.

        Args:
            evidence: beliefs.
            variant: how far to go.
            resting: ids of products to leave out.
            room: how many titles may be changed; None: all.
        """
        words = evidence.words
        terms = searches_of(words)
        if terms.empty or words.products.empty:
            return TITLES.empty()
        titles = [*words.products["title"], *words.competitor_titles["title"]]
        market = market_of(terms, titles, words.language.segmenter, words.language.roles)
        writer = TitleWriter(market, habit_of(market), TitleRules(), self.banned)
        products = shop_products(evidence, self.title_rules)
        changes = rewrite_shop(products, writer, evidence.as_of, variant, resting)
        return titles_table(changes, products, writer, evidence.as_of, room)

    def _told(self, watched: Sequence[WatchedChange]) -> pd.DataFrame:
        """Rows of titles under observation: the one in force, or the old one where it is to go back."""
        rules = next(iter(self.title_rules.values()), TitleRules())
        back = [change.verdict is Verdict.ROLL_BACK for change in watched]
        titles = [c.old_title if is_back else c.title for c, is_back in zip(watched, back, strict=True)]
        return TITLES.conform(
            {
                "product_id": [change.product_id for change in watched],
                "current_title": [change.title for change in watched],
                "title": titles,
                "width": [float(rules.measure(title)) for title in titles],
                "demand_gain": [0.0] * len(watched),
                "reason": [change.reason for change in watched],
                "kind": [str(change.verdict) for change in watched],
            }
        )
