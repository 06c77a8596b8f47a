"""The operators' three-day rule, literally: after three days of display a weak word is dropped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from pydantic import Field

from bidopt.decisions.draft import Draft, Mask, put
from bidopt.decisions.policy import Policy, Situation
from bidopt.domain.metrics import Array, ratio
from bidopt.domain.reasons import ReasonText, encode
from bidopt.evidence.evidence import Evidence


class ThreeDayRule(Policy):
    """Drop a word that after three days of display has no impressions, a low quality score, a poor CTR or poor value.

    Orders are taken as reported, as operators do; the guardrail `drop_evidence` keeps thin verdicts back.
    A day without a report is no day of the test, and a word that is merely absent from the reports is not
    judged: missing is not zero.
    """

    test_days: int = Field(3, ge=1, le=30, description="测试天数 reported days a word is given")
    min_quality_score: float = Field(6.0, ge=1, le=10, description="最低质量分 below it a word is dropped")
    min_ctr: float | None = Field(
        None,
        gt=0,
        lt=1,
        description="最低点击率 absolute floor; 不写 = 用下面的比例 leave out to use the share",
    )
    min_ctr_share: float = Field(
        0.3, gt=0, le=1, description="最低点击率占比 floor as a share of the product's own click rate"
    )
    min_roas: float | None = Field(
        None, gt=0, description="最低投产比 value floor; 不写 = 目标投产比 leave out to use target_roas"
    )

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        "no_impressions": ReasonText("连续 {days:.0f} 天没有展现", "no impressions for {days:.0f} days"),
        "low_quality_score": ReasonText(
            "质量分 {score:g}，低于 {floor:g}", "quality score {score:g} is below {floor:g}"
        ),
        "poor_click_rate": ReasonText(
            "{days:.0f} 天 {impressions:.0f} 次展现、{clicks:.0f} 次点击，点击率 {ctr:.2%}，低于 {floor:.2%}",
            "{impressions:.0f} impressions and {clicks:.0f} clicks in {days:.0f} days: CTR {ctr:.2%}, below {floor:.2%}",
        ),
        "poor_value": ReasonText(
            "{days:.0f} 天花费 {currency}{cost:,.2f}、{clicks:.0f} 次点击、成交 {currency}{revenue:,.2f}，投产比 {roas:.2f}，低于 {floor:g}",
            "cost {currency}{cost:,.2f}, {clicks:.0f} clicks and sales {currency}{revenue:,.2f} in {days:.0f} days: ROAS {roas:.2f}, below {floor:g}",
        ),
    }

    def decide(self, situation: Situation) -> Draft:
        """A verdict for each word that fails; the first failing test in the operators' order gives the reason."""
        evidence, drops = situation.evidence, situation.draft.drops
        n = len(drops)
        in_test, present = self._test_days(evidence)
        days = evidence.days
        impressions, clicks, cost = (
            days.total(values, n, in_test) for values in (days.impressions, days.clicks, days.cost)
        )
        revenue = days.total(days.revenue, n, in_test & days.sales_known)
        ctr = ratio(clicks, impressions)
        roas = ratio(revenue, days.total(days.cost, n, in_test & days.sales_known))
        ctr_floor = (
            evidence.group_ctr * self.min_ctr_share if self.min_ctr is None else np.full(n, self.min_ctr)
        )
        value_floor = self.min_roas or situation.goals.target_roas
        score = evidence.keywords["quality_score"].to_numpy()

        displayed = self._displayed_long_enough(evidence) & evidence.running
        shown_nothing = displayed & (present >= self.test_days) & (impressions == 0)
        verdicts: tuple[tuple[Mask, list[str]], ...] = (
            (shown_nothing, encode("no_impressions", n, days=self.test_days)),
            (
                displayed & (score < self.min_quality_score),
                encode("low_quality_score", n, score=score, floor=self.min_quality_score),
            ),
            (
                displayed & (ctr < ctr_floor),
                encode(
                    "poor_click_rate",
                    n,
                    days=self.test_days,
                    impressions=impressions,
                    clicks=clicks,
                    ctr=ctr,
                    floor=ctr_floor,
                ),
            ),
            (
                displayed & (roas < value_floor),
                encode(
                    "poor_value",
                    n,
                    days=self.test_days,
                    cost=cost,
                    clicks=clicks,
                    revenue=revenue,
                    roas=roas,
                    floor=value_floor,
                ),
            ),
        )
        for failed, reason in reversed(verdicts):
            drops = put(drops, failed, reason=reason, policy="three_day_rule")
        return situation.draft.with_drops(drops)

    def _test_days(self, evidence: Evidence) -> tuple[Mask, Array]:
        """Which keyword-days lie in the newest test days of their platform, and how many each keyword has there.

        Being on the keyword list while its campaign was shown counts as having a row of nothing.
        """
        n = len(evidence.keywords)
        in_test = np.zeros(len(evidence.days.age), dtype=bool)
        present = np.zeros(n)
        platforms = evidence.keywords["platform"].to_numpy()
        for platform, ages in evidence.report_days.items():
            newest = ages[: self.test_days]
            rows = platforms == platform
            in_test |= rows[evidence.days.keyword] & np.isin(evidence.days.age, newest)
            present[rows] += self._listed_days(evidence, newest)[rows]
        has_row = np.bincount(evidence.days.keyword[in_test], minlength=n)
        return in_test, np.maximum(present, has_row)

    def _listed_days(self, evidence: Evidence, newest: tuple[int, ...]) -> Array:
        """Newest days on which the campaign was shown, for words the list says are enabled; else 0."""
        days, campaigns = evidence.days, len(evidence.campaigns)
        shown = np.zeros(campaigns)
        for age in newest:
            on = (days.age == age) & (days.impressions > 0)
            shown += np.bincount(evidence.campaign_of[days.keyword[on]], minlength=campaigns) > 0
        enabled = (evidence.keywords["status"] == "enabled").to_numpy()
        return np.where(enabled, shown[evidence.campaign_of], 0.0)

    def _displayed_long_enough(self, evidence: Evidence) -> Mask:
        """Words first reported or listed at least `test_days` reported days ago."""
        first = evidence.keywords["first_age"].to_numpy()
        needed = np.full(len(first), np.inf)
        platforms = evidence.keywords["platform"].to_numpy()
        for platform, ages in evidence.report_days.items():
            if len(ages) >= self.test_days:
                needed[platforms == platform] = ages[self.test_days - 1]
        long_enough: Mask = first >= needed
        return long_enough
