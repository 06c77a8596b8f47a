"""Tests of creatives (测图): which picture of a product wins, which may go, and what is still missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field
from scipy import special

from bidopt.decisions.policy import Situation
from bidopt.domain.key_numbers import key_numbers
from bidopt.domain.metrics import Array, ratio
from bidopt.domain.reasons import ReasonText, encode
from bidopt.domain.subject_tests import CREATIVE, SUBJECT_TESTS
from bidopt.evidence.keyword_index import Ints

_LIKE = 4.0
"""Clicks that the product's own click rate is worth for one of its creatives."""

_QUANTILES = (np.arange(64) + 0.5) / 64


class CreativeTest(BaseModel):
    """Compare the creatives of each product by their click rates, shown in turns (轮播) for the same length of time.

    A creative is judged once it has `impressions` and `clicks`, or where its chance of being the best is clear on enough
    impressions. Creatives shown much less often than their share are named, since platforms that favour the leader end a
    test before it has begun.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    enabled: bool = Field(default=True, description="启用 false judges no creative")
    impressions: float = Field(1000.0, ge=1, description="测图展现 impressions per creative (disputed)")
    clicks: float = Field(100.0, ge=1, description="测图点击 clicks per creative (disputed)")
    days: int = Field(7, ge=1, le=30, description="测图天数 days that a test lasts at least (disputed)")
    certainty: float = Field(
        0.95, gt=0.5, lt=1, description="把握 chance of being the best that settles a test"
    )
    least_share: float = Field(
        0.5,
        gt=0,
        lt=1,
        description="轮播下限 share of an even rotation below which a creative is hardly shown",
    )

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        "creative_wins": ReasonText(
            "够了：{rivals:.0f} 张图里最好的把握 {chance:.0%}（点击率 {ctr:.2%}，全部 {usual:.2%}），用它",
            "enough: the best of {rivals:.0f} with a chance of {chance:.0%} (CTR {ctr:.2%}, all {usual:.2%}): use it",
        ),
        "creative_loses": ReasonText(
            "够了：最好的把握只有 {chance:.0%}（点击率 {ctr:.2%}，全部 {usual:.2%}），可以停",
            "enough: the best with a chance of {chance:.0%} only (CTR {ctr:.2%}, all {usual:.2%}): may go",
        ),
        "creative_equal": ReasonText(
            "够了：和别的图差不多（最好的把握 {chance:.0%}，点击率 {ctr:.2%}），换新图再测",
            "enough: much like the others (the best with a chance of {chance:.0%}, CTR {ctr:.2%}): test new pictures",
        ),
        "creative_in_test": ReasonText(
            "还差 {impressions:.0f} 次展现、{clicks:.0f} 次点击，约 {days:.0f} 天（最好的把握 {chance:.0%}）",
            "needs {impressions:.0f} more impressions and {clicks:.0f} clicks, about {days:.0f} days (the best with a chance of "
            "{chance:.0%})",
        ),
        "creative_hidden": ReasonText(
            "展现只有轮播应得的 {share:.0%}，比不出来：设成轮播；还差 {impressions:.0f} 次展现、{clicks:.0f} 次点击",
            "shown {share:.0%} of its turns only, no comparison: set the creatives to rotate; needs {impressions:.0f} more "
            "impressions and {clicks:.0f} clicks",
        ),
    }

    def judge(self, situation: Situation) -> pd.DataFrame:
        """Verdicts on the creatives of products that have several; schema SUBJECT_TESTS, empty where it is switched off."""
        subjects = situation.evidence.subjects
        titles = subjects.products.drop_duplicates("product_id").set_index("product_id")["title"]
        shown = subjects.creatives
        group = key_numbers([shown["platform"], shown["product_id"]])
        several = np.bincount(group)[group] > 1 if len(group) else np.zeros(0, dtype=bool)
        if not self.enabled or not several.any():
            return SUBJECT_TESTS.empty()
        shown, group = shown[several].reset_index(drop=True), group[several]
        told = self._numbers(shown, group)
        every = {name: encode(name, len(shown), **told) for name in self.reasons}
        names = ("platform", "product_id", "creative_id", "impressions", "clicks", "cost")
        table = SUBJECT_TESTS.conform(
            {
                "kind": [CREATIVE] * len(shown),
                **{name: shown[name] for name in names},
                "title": titles.reindex(shown["product_id"]).fillna("").to_numpy(),
                "ctr": told["ctr"],
                "usual_ctr": told["usual"],
                "chance": told["chance"],
                "needed_clicks": told["clicks"],
                "needed_impressions": told["impressions"],
                "needed_cost": told["impressions"] * ratio(shown["cost"], shown["impressions"]),
                "days": told["days"],
                "reason": [every[name][row] for row, name in enumerate(self._verdicts(told))],
            }
        )
        return table.sort_values(
            ["platform", "product_id", "chance"],
            ascending=[True, True, False],
            kind="stable",
            ignore_index=True,
        )

    def _numbers(self, shown: pd.DataFrame, group: Ints) -> dict[str, Array]:
        """What the sentences tell of each creative; impressions, clicks and days are those still missing."""
        impressions, clicks = shown["impressions"].to_numpy(), shown["clicks"].to_numpy()
        in_all, clicked = (np.bincount(group, values)[group] for values in (impressions, clicks))
        rivals = np.bincount(group)[group].astype(np.float64)
        usual = ratio(clicked + 0.01 * _LIKE, in_all + _LIKE)
        shape, rate = _LIKE + clicks, _LIKE / usual + impressions
        chance = _best(group, shape, rate)
        settled = (np.abs(chance - 0.5) >= self.certainty - 0.5) & (impressions >= self.impressions)
        few_clicks = np.where(settled, 0.0, np.maximum(self.clicks - clicks, 0.0))
        few = np.where(settled, 0.0, np.maximum(self.impressions - impressions, few_clicks * rate / shape))
        early = np.where(settled, 0.0, np.maximum(self.days - shown["days"], 0.0))
        return {
            "rivals": rivals,
            "chance": chance,
            "ctr": ratio(clicks, impressions),
            "usual": ratio(clicked, in_all),
            "impressions": few,
            "clicks": few_clicks,
            "days": np.maximum(np.ceil(ratio(few, shown["daily_impressions"])), early),
            "share": ratio(impressions * rivals, in_all),
        }

    def _verdicts(self, told: Mapping[str, Array]) -> list[str]:
        waiting, chance = (told["impressions"] > 0) | (told["days"] > 0), told["chance"]
        code = np.select(
            [
                waiting & (told["share"] < self.least_share),
                waiting,
                chance >= self.certainty,
                chance <= 1 - self.certainty,
            ],
            ["creative_hidden", "creative_in_test", "creative_wins", "creative_loses"],
            "creative_equal",
        )
        return [str(name) for name in code]


def _best(group: Ints, shape: Array, rate: Array) -> Array:
    """Chance that each Gamma rate is the highest of its group, shape (n,).

    The product of the others' distribution functions, averaged over quantiles of its own.
    """
    chance = np.ones(len(shape))
    for number in np.unique(group):
        rows = np.flatnonzero(group == number)
        places = special.gammaincinv(shape[rows, None], _QUANTILES) / rate[rows, None]
        below = special.gammainc(shape[rows, None, None], rate[rows, None, None] * places[None])
        below[np.arange(len(rows)), np.arange(len(rows))] = 1.0
        chance[rows] = below.prod(axis=0).mean(axis=1)
    return chance
