"""A word that nobody is shown, and why: too low a bid, a low quality score, or no searches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from pydantic import Field

from bidopt.decisions.draft import Mask
from bidopt.decisions.policy import Situation
from bidopt.decisions.pruning.rule import Rule, Verdict
from bidopt.decisions.pruning.word_record import WordRecord
from bidopt.domain.metrics import Array
from bidopt.domain.reasons import ReasonText


class NoImpressions(Rule):
    """Drop a word that is never shown at a bid as high as its clicks could be worth; below that raise the bid first.

    Whether a raise helps is read from the bid response, which for a silent word is what words like it show.
    """

    days: int = Field(14, ge=1, le=90, description="天数 whole days on display without an impression")
    min_quality_score: float = Field(
        6.0, ge=1, le=10, description="质量分线 below it the score explains the silence (disputed)"
    )
    highest_raise: float = Field(
        1.0, ge=0, description="最多再加价 raise still thought of, as a fraction of the bid in force"
    )
    hoped_clicks: float = Field(
        0.03, gt=0, description="值得加价的点击/天 clicks per day that make a raise worth while"
    )

    whole_days_only: ClassVar[bool] = True

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        "nobody_searches": ReasonText(
            "{days:.0f} 个完整日没有展现，出价 {currency}{bid:,.2f} 已到点击价值能承受的 {currency}{most:,.2f}：没有人搜",
            "no impression in {days:.0f} whole days, and the bid {currency}{bid:,.2f} is as high as clicks could be worth ({currency}{most:,.2f}): "
            "nobody searches it",
        ),
        "score_hides_it": ReasonText(
            "{days:.0f} 个完整日没有展现，出价 {currency}{bid:,.2f} 已到点击价值能承受的 {currency}{most:,.2f}：质量分 {score:g} 太低，排不上",
            "no impression in {days:.0f} whole days, and the bid {currency}{bid:,.2f} is as high as clicks could be worth ({currency}{most:,.2f}): "
            "its quality score {score:g} is too low to be shown",
        ),
    }

    def judge(self, record: WordRecord, situation: Situation) -> Verdict:
        """Condemn silent words that no sensible raise would bring to light."""
        most = self._most(situation)
        keywords = situation.evidence.keywords
        score = keywords["quality_score"].to_numpy()
        condemned = self._silent(record) & ~self._may_rise(situation, most)
        return Verdict(
            np.where(score < self.min_quality_score, "score_hides_it", "nobody_searches").astype(object),
            condemned,
            np.zeros(len(most)),
            {
                "days": record.days,
                "bid": keywords["base_bid"].to_numpy(),
                "most": most,
                "score": score,
            },
        )

    def raise_first(self, record: WordRecord, situation: Situation) -> tuple[Mask, Array]:
        """Silent words whose bid is to be raised before anybody judges them, and the bid to think of; shape (n,)."""
        most = self._most(situation)
        quiet = (record.impressions == 0) & (record.days > 0)
        return quiet & self._may_rise(situation, most), most

    def _silent(self, record: WordRecord) -> Mask:
        silent: Mask = (record.impressions == 0) & (record.days >= self.days)
        return silent

    def _most(self, situation: Situation) -> Array:
        """Highest sensible bid: what a click is worth at the target, within `highest_raise` of the bid in force."""
        evidence = situation.evidence
        base = evidence.keywords["base_bid"].to_numpy()
        worth = np.nan_to_num(evidence.value_per_click.mean) / situation.goals.target_roas
        most: Array = np.maximum(np.minimum(worth, base * (1 + self.highest_raise)), base)
        return most

    def _may_rise(self, situation: Situation, most: Array) -> Mask:
        """Whether a raise to `most` would bring clicks; a word whose bid is unknown is not condemned for its silence."""
        base = situation.evidence.keywords["base_bid"].to_numpy()
        known = base > 0
        brings: Mask = situation.evidence.response.clicks_at(most) >= self.hoped_clicks
        return ~known | ((most > 1.02 * base) & brings)
