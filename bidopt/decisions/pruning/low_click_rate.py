"""A word that is seen but not clicked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from pydantic import Field
from scipy import special

from bidopt.decisions.policy import Situation
from bidopt.decisions.pruning.rule import Rule, Verdict
from bidopt.decisions.pruning.word_record import WordRecord
from bidopt.domain.key_numbers import key_numbers
from bidopt.domain.metrics import Array, ratio
from bidopt.domain.reasons import ReasonText
from bidopt.evidence.evidence import Evidence
from bidopt.evidence.keyword_index import sums

_WORTH = 1_000.0
"""Impressions that the product's click rate is worth for one of its match types."""

_BANDS: Array = np.array([1.5, 2.5, 4.0, 6.0, 10.0])
"""Average positions that part the bands in which click rates are compared."""

_BAND_WORTH = 20.0
"""Clicks by which a band is taken to be like the others."""

_PRIOR = 4.0
"""Shape of the usual spread of click rates among a product's words: half of them within about 35 % of its level."""


class LowClickRate(Rule):
    """Drop a word whose click rate is surely a small part of what its product's words of that match type have at its position.

    A word that has sold and is more likely than not to pay is left alone: people who click it buy. So is one whose campaign is
    out of money every morning: the others are seen at hours, and in positions, at which it is not.
    """

    share_of_usual: float = Field(
        0.3, gt=0, lt=1, description="最低点击率占比 floor as a share of the usual click rate (disputed)"
    )
    impressions: float = Field(500.0, ge=0, description="最少展现 impressions before a word is judged")
    drop_below: float = Field(
        0.03,
        gt=0,
        lt=0.5,
        description="删词概率线 chance of reaching the floor below which a word is dropped",
    )

    whole_days_only: ClassVar[bool] = True

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        "seldom_clicked": ReasonText(
            "{impressions:.0f} 次展现、{clicks:.0f} 次点击，点击率 {ctr:.2%}；同宝贝同匹配、相近排名一般 {usual:.2%}，够到 {floor:.2%} 的把握只有 {doubt:.1%}",
            "{impressions:.0f} impressions and {clicks:.0f} clicks, CTR {ctr:.2%}; usual for the product, match type "
            "and position {usual:.2%}, the chance that it reaches {floor:.2%} is {doubt:.1%}",
        )
    }

    def judge(self, record: WordRecord, situation: Situation) -> Verdict:
        """Condemn by a Gamma posterior of the click rate around the usual one."""
        usual = _usual(situation.evidence, record)
        floor = self.share_of_usual * usual
        doubt = special.gammaincc(_PRIOR + record.clicks, floor * (_PRIOR / usual + record.impressions))
        proven = (record.orders > 0) & (record.worth >= 0.5)
        condemned = (doubt < self.drop_below) & (record.impressions >= self.impressions) & ~proven
        return Verdict(
            "seldom_clicked",
            condemned,
            doubt,
            {
                "impressions": record.impressions,
                "clicks": record.clicks,
                "ctr": ratio(record.clicks, record.impressions),
                "usual": usual,
                "floor": floor,
            },
        )


def _usual(evidence: Evidence, record: WordRecord) -> Array:
    """Click rate of the product's words of one match type at the word's position, shape (n,)."""
    level = _of_product(evidence, record)
    rank = evidence.keywords["average_rank"].to_numpy()
    band = np.where(np.isnan(rank), len(_BANDS) + 1, np.searchsorted(_BANDS, rank))
    due = level * record.impressions
    of_band = sums(band, record.clicks, len(_BANDS) + 2) + _BAND_WORTH
    usual: Array = level * (of_band / (sums(band, due, len(_BANDS) + 2) + _BAND_WORTH))[band]
    return usual


def _of_product(evidence: Evidence, record: WordRecord) -> Array:
    """Click rate of the product's words of one match type, shrunk to the product's, shape (n,)."""
    keywords = evidence.keywords
    group = key_numbers([keywords["platform"], keywords["product_id"], keywords["match_type"]])
    n = int(group.max(initial=-1)) + 1
    clicks = sums(group, record.clicks, n)[group] + evidence.group_ctr * _WORTH
    level: Array = clicks / (sums(group, record.impressions, n)[group] + _WORTH)
    return level
