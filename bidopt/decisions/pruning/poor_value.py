"""A word whose clicks are hardly worth their price."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from bidopt.decisions.policy import Situation
from bidopt.decisions.pruning.rule import Rule, Verdict
from bidopt.decisions.pruning.word_record import WordRecord
from bidopt.domain.reasons import ReasonText
from bidopt.domain.tunable import Tunable
from bidopt.text.search_intent import not_buying


class PoorValue(Rule):
    """Drop a word that in all likelihood cannot pay, by everything known of it: own orders, product, roots, delay.

    The chance is taken from the belief in its value per click, so that 10 clicks without an order are no verdict on a
    word that may convert at 5 %. Of the words dropped, fewer than `drop_below` are expected to have been worth keeping;
    `experiments/003_prune` shows what other lines would cost and save.
    """

    drop_below: Annotated[float, Tunable(0.02, 0.4, log=True)] = Field(
        0.15, gt=0, lt=0.5, description="删词概率线 chance of paying below which a word is dropped"
    )
    clicks: float = Field(5.0, ge=0, description="最少点击 clicks of its own before a word is judged")

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        "hardly_pays": ReasonText(
            "{clicks:.0f} 次点击、花费 {currency}{cost:,.2f}、{orders:.0f} 单：点击价值约 {currency}{value:,.2f}，够到 {currency}{least:,.2f} 的把握只有 {doubt:.1%}",
            "{clicks:.0f} clicks, cost {currency}{cost:,.2f}, {orders:.0f} orders: value per click about {currency}{value:,.2f}, the chance that it "
            "reaches {currency}{least:,.2f} is {doubt:.1%}",
        ),
        "lookers_hardly_pay": ReasonText(
            "搜这类词（图片、维修、二手……）的人多半不是来买的：{clicks:.0f} 次点击、花费 {currency}{cost:,.2f}、{orders:.0f} 单，点击价值够到 {currency}{least:,.2f} 的把握只有 {doubt:.1%}",
            "people who search this (pictures, repair, second-hand ...) mostly do not come to buy: {clicks:.0f} clicks, cost {currency}{cost:,.2f}, "
            "{orders:.0f} orders, the chance that the value per click reaches {currency}{least:,.2f} is {doubt:.1%}",
        ),
    }

    def judge(self, record: WordRecord, situation: Situation) -> Verdict:
        """Condemn what pays with less than `drop_below`."""
        evidence = situation.evidence
        looks = not_buying(evidence.keywords["keyword"].tolist(), evidence.words.products["title"])
        condemned = (record.worth < self.drop_below) & (record.clicks >= self.clicks)
        return Verdict(
            np.where(looks, "lookers_hardly_pay", "hardly_pays").astype(object),
            condemned,
            record.worth,
            {
                "clicks": record.clicks,
                "cost": record.cost,
                "orders": record.orders,
                "value": record.value.mean,
                "least": record.least_value,
            },
        )
