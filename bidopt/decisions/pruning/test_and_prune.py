"""Test and prune: every word gets a test, and none is dropped but by a rule whose numbers suffice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from bidopt.decisions.draft import Draft, Mask, put
from bidopt.decisions.policy import Policy, Situation
from bidopt.decisions.pruning.duplicate_keyword import DuplicateKeyword
from bidopt.decisions.pruning.funnel import FUNNEL, funnel_notes
from bidopt.decisions.pruning.life import LIFE
from bidopt.decisions.pruning.low_click_rate import LowClickRate
from bidopt.decisions.pruning.low_quality_score import LowQualityScore
from bidopt.decisions.pruning.no_impressions import NoImpressions
from bidopt.decisions.pruning.poor_value import PoorValue
from bidopt.decisions.pruning.rule import Rule
from bidopt.decisions.pruning.spend_without_sales import SpendWithoutSales
from bidopt.decisions.pruning.test_plan import TestPlan, plan_of_tests
from bidopt.decisions.pruning.word_record import WordRecord, word_record
from bidopt.domain.metrics import Array
from bidopt.domain.reasons import ReasonText, encode
from bidopt.domain.tunable import Tunable

NAME = "test_and_prune"


class TestAndPrune(Policy):
    """Test each word, drop the weak ones when the numbers suffice, and say of all others what is still missing.

    A word's state (candidate, testing, graduated, extended, raise the bid first, dropped) is read from the facts every
    morning. Sold-out products, paused campaigns, days on which the money ran out, missing days, the days before a
    shopping event and those after a change of price or title condemn no word. The bids themselves are left to the policies that follow.
    """

    __test__: ClassVar[bool] = False  # pytest takes any Test... for a test

    test_days: Annotated[int, Tunable(2, 10)] = Field(
        3, ge=1, le=30, description="测试天数 whole days on display a word is given"
    )
    offer_days: int = Field(
        7,
        ge=0,
        le=60,
        description="改价改标题后等待天数 days without a verdict after a price or title changed",
    )
    price_share: float = Field(
        0.5,
        gt=0,
        le=1,
        description="降价余地 a word that pays at this share of its price has its bid cut instead of being dropped",
    )
    graduate_at: Annotated[float, Tunable(0.6, 0.98)] = Field(
        0.9, gt=0.5, lt=1, description="通过概率线 chance of paying from which a word has passed"
    )
    test_share: Annotated[float, Tunable(0.05, 0.4)] = Field(
        0.2, ge=0, le=1, description="测词预算占比 share of the account budget for words not yet judged"
    )
    no_impressions: NoImpressions = Field(NoImpressions(), description="没有展现 never shown")
    spend_without_sales: SpendWithoutSales = Field(
        SpendWithoutSales(), description="花费无成交 spent without an order"
    )
    poor_value: PoorValue = Field(PoorValue(), description="性价比差 hardly worth its price")
    low_quality_score: LowQualityScore = Field(LowQualityScore(), description="质量分低 low quality score")
    low_click_rate: LowClickRate = Field(LowClickRate(), description="点击率低 seen but not clicked")
    duplicate_keyword: DuplicateKeyword = Field(DuplicateKeyword(), description="重复词 same search twice")

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        **NoImpressions.reasons,
        **SpendWithoutSales.reasons,
        **PoorValue.reasons,
        **LowQualityScore.reasons,
        **LowClickRate.reasons,
        **DuplicateKeyword.reasons,
        **LIFE,
        **FUNNEL,
    }

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in force; the first that condemns a word gives the reason."""
        rules: tuple[Rule, ...] = (
            self.no_impressions,
            self.spend_without_sales,
            self.poor_value,
            self.low_quality_score,
            self.low_click_rate,
            self.duplicate_keyword,
        )
        return tuple(rule for rule in rules if rule.enabled)

    def decide(self, situation: Situation) -> Draft:
        """A verdict for each word that a rule condemns, and the state of every word's test."""
        draft = situation.draft
        if draft.drops.empty:
            return draft
        record = word_record(situation, price_share=self.price_share)
        plan = plan_of_tests(situation, record, drop_below=self.poor_value.drop_below)
        offer_age = situation.evidence.keywords["offer_age"].to_numpy()
        may_judge = record.open & (record.days >= self.test_days) & ~(offer_age < self.offer_days)
        drops, doubt = draft.drops, np.zeros(len(draft.drops))
        for rule in reversed(self.rules):
            verdict = rule.judge(record, situation)
            rows = verdict.condemned & may_judge
            reason = np.full(len(rows), "", dtype=object)
            reason[rows] = verdict.reasons(rows)
            drops = put(drops, rows, reason=reason, policy=NAME)
            doubt = np.where(rows, verdict.doubt, doubt)
        dropped = np.asarray(drops["policy"] == NAME)
        state = self._states(situation, record, plan)
        state[dropped] = encode("condemned", int(dropped.sum()), worth=record.worth[dropped])
        bids = draft.bids.assign(state=pd.array(state, dtype="str"))
        notes = funnel_notes(situation, plan, state, dropped, doubt, test_share=self.test_share)
        return draft.with_bids(bids).with_drops(drops).with_notes(*notes)

    def _states(self, situation: Situation, record: WordRecord, plan: TestPlan) -> npt.NDArray[np.object_]:
        """Encoded state of each word as if none were dropped, "" of words that are off; shape (n,)."""
        evidence, n = situation.evidence, len(record.days)
        ends = [situation.as_of + timedelta(days=max(int(self.test_days - days), 1)) for days in record.days]
        offer_age = evidence.keywords["offer_age"].to_numpy()
        to_raise, most = self.no_impressions.raise_first(record, situation)
        known: dict[str, Array] = {
            "clicks": record.clicks,
            "orders": record.orders,
            "worth": record.worth,
            "value": record.value.mean,
            "needed": plan.clicks,
        }
        passed = (record.worth >= self.graduate_at) & (record.orders > 0)
        early = record.days < self.test_days
        told: tuple[tuple[Mask, str, dict[str, Array]], ...] = (
            (
                np.ones(n, dtype=bool),
                "undecided",
                {"worth": record.worth, "needed": plan.clicks, "days": plan.days, "cost": plan.cost},
            ),
            (record.clicks == 0, "quiet", {"days": record.days, "impressions": record.impressions}),
            (np.isnan(record.worth) & (record.clicks > 0), "value_unclear", {}),
            (passed, "graduated", {k: known[k] for k in ("worth", "clicks", "orders", "value")}),
            (
                early,
                "testing",
                {
                    "day": record.days,
                    "month": np.array([day.month for day in ends], dtype=np.float64),
                    "date": np.array([day.day for day in ends], dtype=np.float64),
                    "clicks": record.clicks,
                    "needed": plan.clicks,
                },
            ),
            (
                to_raise,
                "raise_first",
                {
                    "bid": evidence.response.base_bid,
                    "most": most,
                    "clicks": evidence.response.clicks_at(most),
                },
            ),
            (early & (record.days == 0), "candidate", {}),
            (offer_age < self.offer_days, "waits_for_offer", {"days": offer_age}),
            (~evidence.in_stock, "waits_for_stock", {}),
        )
        state = np.full(n, "", dtype=object)
        for rows, code, numbers in told:
            here = rows & evidence.running
            state[here] = encode(code, int(here.sum()), **{k: v[here] for k, v in numbers.items()})
        return state
