"""A word that has spent what should have brought orders, and brought none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from bidopt.decisions.policy import Situation
from bidopt.decisions.pruning.rule import Rule, Verdict
from bidopt.decisions.pruning.word_record import WordRecord
from bidopt.domain.metrics import ratio
from bidopt.domain.reasons import ReasonText
from bidopt.domain.tunable import Tunable


class SpendWithoutSales(Rule):
    """Drop a word without an order where a word that just pays would have had one, whatever other words do.

    Orders come one by one, so a word due k of them has none with chance e^-k. As the first order ends the test for
    good, judging every day condemns no more words that just pay than judging once.
    """

    false_alarms: Annotated[float, Tunable(0.005, 0.1, log=True)] = Field(
        0.03, gt=0, lt=0.5, description="误删率 chance that a word that just pays is dropped"
    )

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        "spent_without_order": ReasonText(
            "花费 {currency}{cost:,.2f}、{clicks:.0f} 次点击没有一单：划算的词到现在该有 {due:.1f} 单，仍一单没有的可能只有 {doubt:.1%}",
            "cost {currency}{cost:,.2f}, {clicks:.0f} clicks and no order: a word that pays would have had {due:.1f} by now, none with a "
            "chance of {doubt:.1%}",
        )
    }

    def judge(self, record: WordRecord, situation: Situation) -> Verdict:
        """Condemn words without orders that were due enough of them."""
        evidence = situation.evidence
        order_value = ratio(evidence.value_per_click.mean, evidence.cvr.mean)
        due = record.matured_clicks * ratio(record.least_value, order_value)
        doubt = np.exp(-due)
        condemned = (record.orders == 0) & (doubt < self.false_alarms)
        return Verdict(
            "spent_without_order",
            condemned,
            doubt,
            {"clicks": record.clicks, "cost": record.cost, "due": due},
        )
