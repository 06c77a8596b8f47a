"""The decision path, live and in backtests alike: evidence -> policies in order -> guardrails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from bidopt.decisions.draft import keep_everything
from bidopt.decisions.policy import NOT_JUDGED, Policy, Situation
from bidopt.domain.changes import Changes
from bidopt.domain.goals import Goals
from bidopt.domain.reasons import ReasonText
from bidopt.evidence.evidence import Evidence, EvidenceSettings, LookBack, believe, look_back
from bidopt.evidence.forecast import forecast
from bidopt.facts.fact_tables import FactTables, refuse_future
from bidopt.guardrails.guardrail import Guardrail
from bidopt.registry import plugin_name


@dataclass(frozen=True)
class Recommendation:
    """What to change, what to say about the account, and the beliefs both rest on.

    Args:
        changes: row-aligned with `evidence`.
        evidence: the beliefs.
        notes: what holds for the account as a whole, as encoded reasons.
        subject_tests: schema SUBJECT_TESTS: verdicts on products and creatives in test.
    """

    changes: Changes
    evidence: Evidence
    notes: tuple[str, ...]
    subject_tests: pd.DataFrame


@dataclass(frozen=True)
class Recommender:
    """Decides one shop's day.

    Args:
        goals: what the shop wants.
        evidence: how to learn.
        policies: in the order they decide.
        guardrails: in the order they limit.
    """

    goals: Goals
    evidence: EvidenceSettings
    policies: tuple[Policy, ...]
    guardrails: tuple[Guardrail, ...]

    def recommend(self, facts: FactTables, as_of: date) -> Recommendation:
        """Recommend from the facts known on the morning of `as_of`.

        Raises:
            SchemaError: a fact was not known that morning.
            StoppedError: the limits contradict each other.
        """
        return self.decide(self.learn(facts, as_of))

    def learn(self, facts: FactTables, as_of: date) -> Evidence:
        """What is believed on the morning of `as_of`.

        Raises:
            SchemaError: a fact was not known that morning.
        """
        return believe(self.look_back(facts, as_of), facts)

    def look_back(self, facts: FactTables, as_of: date) -> LookBack:
        """The part of learning that does not ask what is in force; policies on one morning may share it.

        Raises:
            SchemaError: a fact was not known that morning.
        """
        refuse_future(facts, as_of)
        return look_back(facts, as_of, self.evidence)

    def decide(self, evidence: Evidence) -> Recommendation:
        """Recommend from beliefs.

        Raises:
            StoppedError: the limits contradict each other.
        """
        situation = Situation(evidence.as_of, self.goals, evidence, keep_everything(evidence))
        for policy in self.policies:
            situation = situation.with_draft(policy.decide(situation))
        draft = situation.draft
        for guardrail in self.guardrails:
            draft = guardrail.apply(draft, situation)
        changes = draft.settled()
        changes = changes.with_bids(forecast(changes.bids, evidence)).check()
        return Recommendation(changes, evidence, draft.notes, draft.subject_tests)

    @property
    def reasons(self) -> Mapping[str, ReasonText]:
        """Reason code -> sentences, over all policies and guardrails."""
        texts = {"not_judged": NOT_JUDGED}
        for policy in self.policies:
            texts |= policy.reasons
        for guardrail in self.guardrails:
            texts |= guardrail.reasons
        return texts

    @property
    def limits(self) -> Mapping[str, ReasonText]:
        """What may stand in `limited_by` -> its title: limits of the policies, and guardrails by name."""
        titles: dict[str, ReasonText] = {}
        for policy in self.policies:
            titles |= policy.limits
        return titles | {plugin_name(guardrail): guardrail.title for guardrail in self.guardrails}


def as_simulated(recommender: Recommender) -> Recommender:
    """The recommender without the policies that replayed logs and fitted markets do not act on."""
    return replace(recommender, policies=tuple(p for p in recommender.policies if p.simulated))
