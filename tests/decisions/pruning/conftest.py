"""What the tests of words in test share: a day that sells, evidence of facts, and the verdicts on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from bidopt.decisions.draft import Draft, keep_everything
from bidopt.decisions.policy import Situation
from bidopt.decisions.pruning.test_and_prune import TestAndPrune
from bidopt.domain.goals import Goals
from bidopt.evidence.evidence import Evidence, EvidenceSettings, gather
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.schemas import OFFER_CHANGES
from tests.conftest import AS_OF

Row = Mapping[str, float | str]

SELLS: Row = {
    "impressions": 1000.0,
    "clicks": 40.0,
    "cost": 40.0,
    "conversions": 2.0,
    "revenue": 200.0,
    "bid": 1.2,
}
NEVER: Row = {"conversions": 0.0, "revenue": 0.0}


def evidence_of(facts: FactTables) -> Evidence:
    return gather(facts, AS_OF, EvidenceSettings())


def decide(evidence: Evidence, policy: TestAndPrune | None = None) -> Draft:
    situation = Situation(AS_OF, Goals(), evidence, keep_everything(evidence))
    return (policy or TestAndPrune()).decide(situation)


def offer_changed(facts: FactTables, days_ago: int) -> FactTables:
    """Another price or title since then."""
    morning = pd.Timestamp(AS_OF) - pd.Timedelta(days=days_ago)
    changed = pd.DataFrame({"product_id": ["p1"], "changed_on": [morning]})
    return replace(facts, offer_changes=OFFER_CHANGES.conform(changed))
