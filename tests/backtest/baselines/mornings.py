"""Small mornings to decide, and a closed loop in which bids have their effect on the days after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from bidopt.decisions.draft import Draft, keep_everything
from bidopt.decisions.policy import Policy, Situation
from bidopt.domain.goals import Goals
from bidopt.domain.metrics import Array
from bidopt.evidence.conversion_delay import prior_delay
from bidopt.evidence.evidence import Evidence, EvidenceSettings, gather
from bidopt.facts.fact_tables import FactTables
from tests.conftest import AS_OF, FactsOf

GOALS = Goals(target_roas=3.0, daily_budget=1000.0)


def morning(facts: FactTables, goals: Goals = GOALS) -> Situation:
    evidence = gather(facts, AS_OF, EvidenceSettings())
    return Situation(AS_OF, goals, evidence, keep_everything(evidence))


def week(keyword: str, *, days: int = 14, roas: float = 3.0, **row: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    """A keyword that does the same every day; its orders are reported as late as they usually are."""
    one = {"impressions": 500.0, "clicks": 20.0, "cost": 20.0, "bid": 1.5, **row}
    share = prior_delay(15)
    rows = []
    for age in range(1, days + 1):
        revenue = roas * one["cost"] * share[min(age, 15)]
        rows.append({"keyword": keyword, "age": age, "revenue": revenue, "conversions": revenue / 60, **one})
    return rows


def bids_of(draft: Draft) -> pd.Series[float]:
    return draft.bids.set_index("keyword")["bid"]


def reasons_of(draft: Draft) -> dict[str, str]:
    return {k: r.split(" ")[0] for k, r in zip(draft.bids["keyword"], draft.bids["reason"], strict=True)}


def budgets_of(draft: Draft) -> pd.Series[float]:
    return draft.budgets.set_index("campaign_id")["budget"]


@dataclass
class Loop:
    """A shop without luck: clicks = demand * bid ** elasticity, cost per click = 0.8 x bid; the budget cuts days off.

    Args:
        facts_of: the fixture.
        goals: with a daily budget.
        demand: clicks per day at a bid of 1, shape (n,).
        value: mature revenue per click, shape (n,).
        bid: bids in force, shape (n,).
        elasticity: of clicks.
    """

    facts_of: FactsOf
    goals: Goals
    demand: Array
    value: Array
    bid: Array
    elasticity: float = 0.9
    played: list[Mapping[str, Array]] = field(default_factory=list)
    wanted_cost: list[float] = field(default_factory=list)
    roas: list[float] = field(default_factory=list)
    first: Evidence | None = None

    def play(self) -> None:
        clicks = self.demand * self.bid**self.elasticity
        cost = clicks * 0.8 * self.bid
        share = min(1.0, (self.goals.daily_budget or np.inf) / cost.sum())
        self.wanted_cost.append(float(cost.sum()))
        self.roas.append(float((clicks * self.value).sum() / cost.sum()))
        self.played.append({"clicks": clicks * share, "cost": cost * share, "bid": self.bid})

    def decide(self, policy: Policy) -> Draft:
        """Decide on what the days played so far would be reported as; the first morning's tables, brought up to date."""
        if self.first is None:
            rows = [{"keyword": f"k{k:02d}", "age": 1, "bid": b} for k, b in enumerate(self.bid)]
            listed = [{"daily_budget": self.goals.daily_budget}]
            self.first = morning(self.facts_of(rows, campaigns=listed), self.goals).evidence
        first, n, played = self.first, len(self.bid), len(self.played)
        age = np.repeat(np.arange(played, 0, -1), n)
        matured = prior_delay(15)[np.minimum(age, 15)]
        clicks, cost, bid = (
            np.concatenate([day[c] for day in self.played]) for c in ("clicks", "cost", "bid")
        )
        revenue = clicks * np.tile(self.value, played) * matured
        days = replace(
            first.days,
            keyword=np.tile(np.arange(n), played),
            age=age,
            reported_age=age,
            impressions=clicks * 20,
            clicks=clicks,
            cost=cost,
            conversions=revenue / 60,
            revenue=revenue,
            sales_known=np.ones(len(age), dtype=bool),
            bid=bid,
        )
        evidence = replace(
            first,
            keywords=first.keywords.assign(base_bid=self.bid, current_bid=self.bid, first_age=float(played)),
            days=days,
            matured=matured,
            report_days={"native": tuple(range(1, played + 1))},
        )
        return policy.decide(Situation(AS_OF, self.goals, evidence, keep_everything(evidence)))

    def run(self, policy: Policy, history: int, days: int) -> None:
        for _ in range(history):
            self.play()
        for _ in range(days):
            self.bid = self.decide(policy).settled().bids["bid"].to_numpy()
            self.play()
