"""What the recommender hands on from policies and guardrails besides the tables of changes."""

from __future__ import annotations

from bidopt.decisions.allocation.target_roas import TargetRoas
from bidopt.decisions.expansion.mine_words import MineWords
from bidopt.decisions.expansion.negative_words import NegativeWords
from bidopt.decisions.titles.rewrite_titles import RewriteTitles
from bidopt.domain.goals import Goals
from bidopt.evidence.evidence import EvidenceSettings
from bidopt.guardrails.bid_step import BidStep
from bidopt.recommender import Recommender, as_simulated
from tests.conftest import AS_OF, FactsOf
from tests.talking_policy import TalkingPolicy


def test_notes_of_all_policies_are_handed_on_in_their_order(facts_of: FactsOf) -> None:
    facts = facts_of([{"age": 1, "impressions": 100.0, "clicks": 5.0, "cost": 5.0, "bid": 1.0}])
    policies = (TalkingPolicy(), TargetRoas(), TalkingPolicy())
    recommender = Recommender(Goals(), EvidenceSettings(), policies, (BidStep(),))
    assert recommender.recommend(facts, AS_OF).notes == ("more_budget step=100 gain=430",) * 2


def test_limits_are_those_of_policies_and_guardrails_together() -> None:
    recommender = Recommender(Goals(), EvidenceSettings(), (TargetRoas(), TalkingPolicy()), (BidStep(),))
    assert recommender.limits == {**TalkingPolicy.limits, "bid_step": BidStep.title}


def test_simulated_days_are_decided_without_words_to_add_or_block_and_titles() -> None:
    policies = (MineWords(), TargetRoas(), NegativeWords(), RewriteTitles())
    recommender = Recommender(Goals(), EvidenceSettings(), policies, (BidStep(),))
    assert as_simulated(recommender).policies == (TargetRoas(),)
    assert as_simulated(recommender).guardrails == (BidStep(),)
