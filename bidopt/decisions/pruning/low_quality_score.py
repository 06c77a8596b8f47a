"""A word that the platform holds for a poor match, and that does not make up for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from bidopt.decisions.policy import Situation
from bidopt.decisions.pruning.rule import Rule, Verdict
from bidopt.decisions.pruning.word_record import WordRecord
from bidopt.domain.metrics import Array
from bidopt.domain.reasons import ReasonText


class LowQualityScore(Rule):
    """Drop a word of a low quality score whose value is doubtful too.

    A low score makes clicks dear, which the value already counts; it is a hint, so it takes less to condemn the word,
    and never condemns one that may well pay. Platforms differ in what a good score is: from 6 upwards is the usual word.
    """

    min_quality_score: float = Field(
        6.0, ge=1, le=10, description="最低质量分 below it the word is suspected (disputed)"
    )
    drop_below: float = Field(
        0.2, gt=0, lt=0.5, description="删词概率线 chance of paying below which such a word is dropped"
    )
    clicks: float = Field(5.0, ge=0, description="最少点击 clicks of its own before a word is judged")

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        "low_score_and_poor": ReasonText(
            "质量分 {score:g}，低于 {floor:g}，点击又贵：{clicks:.0f} 次点击后划算的把握只有 {doubt:.1%}",
            "quality score {score:g} is below {floor:g} and makes clicks dear: after {clicks:.0f} clicks the chance that the "
            "word pays is {doubt:.1%}",
        )
    }

    def judge(self, record: WordRecord, situation: Situation) -> Verdict:
        """Condemn low scores of doubtful words."""
        score: Array = situation.evidence.keywords["quality_score"].to_numpy()
        doubtful = (record.worth < self.drop_below) & (record.clicks >= self.clicks)
        numbers: dict[str, Array | float] = {
            "score": score,
            "floor": self.min_quality_score,
            "clicks": record.clicks,
        }
        return Verdict(
            "low_score_and_poor", (score < self.min_quality_score) & doubtful, record.worth, numbers
        )
