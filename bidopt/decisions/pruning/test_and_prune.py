"""Test and prune: every word gets a test, and none is dropped but by a rule whose numbers suffice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import numpy as np
import pandas as pd
from pydantic import Field

from bidopt.decisions.draft import Draft, put
from bidopt.decisions.policy import Policy, Situation
from bidopt.decisions.pruning.comeback import Comeback
from bidopt.decisions.pruning.creative_test import CreativeTest
from bidopt.decisions.pruning.duplicate_keyword import DuplicateKeyword
from bidopt.decisions.pruning.funnel import FUNNEL, funnel_notes
from bidopt.decisions.pruning.life import LIFE
from bidopt.decisions.pruning.low_click_rate import LowClickRate
from bidopt.decisions.pruning.low_quality_score import LowQualityScore
from bidopt.decisions.pruning.no_impressions import NoImpressions
from bidopt.decisions.pruning.off_topic_search_term import OffTopicSearchTerm
from bidopt.decisions.pruning.poor_value import PoorValue
from bidopt.decisions.pruning.product_test import ProductTest
from bidopt.decisions.pruning.rule import Rule
from bidopt.decisions.pruning.spend_without_sales import SpendWithoutSales
from bidopt.decisions.pruning.test_plan import TestPlan, plan_of_tests
from bidopt.decisions.pruning.trusted_bid import trusted_bids
from bidopt.decisions.pruning.word_record import WordRecord, word_record
from bidopt.decisions.pruning.word_states import word_states
from bidopt.domain.metrics import Array
from bidopt.domain.reasons import ReasonText, encode
from bidopt.domain.tunable import Tunable

NAME = "test_and_prune"


class TestAndPrune(Policy):
    """Test each word, drop the weak ones when the numbers suffice, and say of all others what is still missing.

    A word's state (candidate, testing, graduated, extended, raise the bid first, dropped) is read from the facts every
    morning. Sold-out products, paused campaigns, missing days, the days before a shopping event and those after a change of
    price or title condemn no word. Days on which the money ran out count by the share that they ran, and for clicks without
    enough orders only: what a word was not shown on them, and how it was clicked where it stood, is not held against it
    (`Rule.whole_days_only`). The bids themselves are left to the policies that follow,
    but that no word that has clicks is raised to a price that it pays for with less chance than `raise_from`, or while it has
    not sold the larger of that and `raise_unsold_from`.
    """

    __test__: ClassVar[bool] = False  # pytest takes any Test... for a test

    test_days: Annotated[int, Tunable(2, 10)] = Field(
        3,
        ge=1,
        le=30,
        description="测试天数 days on display a word is given; one on which the money ran out counts by the share that it ran",
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
    raise_from: float = Field(
        0.8,
        ge=0,
        lt=1,
        description="加价概率线 chance of paying, at the new price, below which a word that has clicks is not raised; 0 = no such line, for words without an order neither",
    )
    raise_unsold_from: float = Field(
        0.9,
        ge=0,
        lt=1,
        description="没成交的词加价概率线 the same of words that have clicks and no order yet; at least raise_from",
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
    off_topic_search_term: OffTopicSearchTerm = Field(
        OffTopicSearchTerm(), description="搜索词无关 drawn by searches for other goods"
    )
    product_test: ProductTest = Field(ProductTest(), description="测款 products in test")
    creative_test: CreativeTest = Field(CreativeTest(), description="测图 creatives in test")
    comeback: Comeback = Field(Comeback(), description="删过的词再测 another test for words dropped earlier")

    reasons: ClassVar[Mapping[str, ReasonText]] = {
        **NoImpressions.reasons,
        **SpendWithoutSales.reasons,
        **PoorValue.reasons,
        **LowQualityScore.reasons,
        **LowClickRate.reasons,
        **DuplicateKeyword.reasons,
        **OffTopicSearchTerm.reasons,
        **Comeback.reasons,
        **ProductTest.reasons,
        **CreativeTest.reasons,
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
            self.off_topic_search_term,
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
        may_judge = record.open & ~(offer_age < self.offer_days)
        drops, doubt = draft.drops, np.zeros(len(draft.drops))
        for rule in reversed(self.rules):
            verdict = rule.judge(record, situation)
            shown_for = record.days if rule.whole_days_only else record.exposure
            rows = verdict.condemned & may_judge & (shown_for >= self.test_days)
            reason = np.full(len(rows), "", dtype=object)
            reason[rows] = verdict.reasons(rows)
            drops = put(drops, rows, reason=reason, policy=NAME)
            doubt = np.where(rows, verdict.doubt, doubt)
        dropped = np.asarray(drops["policy"] == NAME)
        comebacks = self._comebacks(situation, record, plan)
        state = word_states(
            situation,
            record,
            plan,
            to_raise=self.no_impressions.raise_first(record, situation),
            test_days=self.test_days,
            offer_days=self.offer_days,
            graduate_at=self.graduate_at,
        )
        notes = funnel_notes(situation, plan, state, dropped, doubt, test_share=self.test_share)
        # So that a word spared by a limit tells why it fell.
        state[dropped] = drops["reason"].to_numpy()[dropped]
        bids = draft.bids.assign(state=pd.array(state, dtype="str"))
        draft = draft.with_bids(bids).with_drops(drops).with_comebacks(comebacks)
        products, told = self.product_test.judge(situation, self._money(situation))
        creatives = self.creative_test.judge(situation)
        draft = draft.with_subject_tests(pd.concat([products, creatives], ignore_index=True))
        return draft.with_trusted_bids(self.trusted(situation, record)).with_notes(*notes, *told)

    def trusted(self, situation: Situation, record: WordRecord) -> Array:
        """Bid above which each word has not yet shown that it pays; as `Draft.trusted_bids`."""
        return trusted_bids(
            situation,
            record,
            price_share=self.price_share,
            raise_from=self.raise_from,
            raise_unsold_from=self.raise_unsold_from,
        )

    def _money(self, situation: Situation) -> float | None:
        """For tests, per day; None where no budget is known."""
        budget = situation.account_budget
        return None if budget is None else self.test_share * budget

    def _comebacks(self, situation: Situation, record: WordRecord, plan: TestPlan) -> pd.DataFrame:
        """Words to put back on test."""
        waiting = record.open & ~((record.worth >= self.graduate_at) & (record.orders > 0))
        tests = float(np.nansum(plan.daily_cost[waiting]))
        money = self._money(situation)
        money = None if money is None else max(money - tests, 0.0)
        back, anew = self.comeback.called_back(situation, record, plan, money)
        reason, state = np.full((2, len(back)), "", dtype=object)
        reason[back] = self.comeback.why(situation, plan, back, anew)
        state[back] = encode("called_back", int(back.sum()), needed=plan.clicks[back], cost=plan.cost[back])
        return put(situation.draft.comebacks, back, reason=reason, policy=NAME, state=state)
