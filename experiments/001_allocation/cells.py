"""The cells of the experiment: which policy plays which market, with which limits and how much of the truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from known_prior import known_prior
from truths import TRUTHS

import bidopt.backtest.baselines
import bidopt.decisions.allocation
import bidopt.guardrails
from bidopt.backtest.runner import play_days
from bidopt.backtest.scenarios import LANDSCAPES, SCENARIOS, scenario
from bidopt.decisions.policy import Policy
from bidopt.evidence.evidence import EvidenceSettings
from bidopt.guardrails.bid_range import BidRange
from bidopt.guardrails.guardrail import ORDER, Guardrail
from bidopt.recommender import Recommender
from bidopt.registry import plugins
from bidopt.settings.rules import bid_limits

OURS, LINE_TO_BEAT, NOTHING = "learning_bidder", "paced_value", "keep_bids"
GSP = "generalized_second_price"
OTHER_FAMILIES = tuple(sorted(set(LANDSCAPES) - {GSP}))
ABLATED = ("steady", "tight_target")
PRIOR = "prior"
MONEY_LIMITS = ("bid_range", "account_budget")
"""What stays where guardrails are off: what a platform would refuse, and the shop's own money."""


@dataclass(frozen=True)
class Setup:
    """What is tried, whatever the seed.

    Args:
        scenario: one of SCENARIOS.
        family: of the market, one of LANDSCAPES.
        policy: file name of a baseline or of an allocation policy, with its default settings.
        limits: "default" guardrails, or "off": MONEY_LIMITS alone.
        known: what is handed over: PRIOR, or a piece of the truth, one of TRUTHS; "" for a fair game.
    """

    scenario: str
    family: str = GSP
    policy: str = OURS
    limits: str = "default"
    known: str = ""

    @property
    def fair(self) -> bool:
        """As a shop would be bid for: default guardrails, nothing handed over."""
        return self.limits == "default" and not self.known


@dataclass(frozen=True)
class Cell:
    """One shop played by one setup."""

    setup: Setup
    seed: int
    days: int


@cache
def policies() -> Mapping[str, type[Policy]]:
    """Every baseline and every policy that a shop can choose, by file name."""
    found = plugins(bidopt.backtest.baselines, Policy) | plugins(bidopt.decisions.allocation, Policy)
    return {name: policy for name, policy in found.items() if issubclass(policy, Policy)}


def setups() -> Iterator[Setup]:
    """The setups of the whole experiment; each is played with every seed."""
    for policy in policies():
        for name in SCENARIOS:
            yield Setup(name, policy=policy)
        for family in OTHER_FAMILIES:
            yield Setup("steady", family, policy)
    for name in SCENARIOS:
        for policy in (OURS, LINE_TO_BEAT):
            yield Setup(name, policy=policy, limits="off")
    for name in ABLATED:
        for known in (PRIOR, *TRUTHS):
            yield Setup(name, known=known)


@cache
def guardrails(limits: str) -> tuple[Guardrail, ...]:
    """The default guardrails in their order, or MONEY_LIMITS alone."""
    known = plugins(bidopt.guardrails, Guardrail)
    made = [
        BidRange(platforms=bid_limits()) if name == "bid_range" else known[name]()
        for name in (ORDER if limits == "default" else MONEY_LIMITS)
    ]
    return tuple(guardrail for guardrail in made if isinstance(guardrail, Guardrail))


def play(cell: Cell) -> dict[str, Any]:
    """Play a cell; what the results file keeps of it."""
    setup = cell.setup
    market = scenario(setup.scenario, cell.seed, setup.family)
    policy = policies()[setup.policy]()
    recommender = Recommender(market.goals, EvidenceSettings(), (policy,), guardrails(setup.limits))
    edit = known_prior(market) if setup.known == PRIOR else TRUTHS.get(setup.known)
    played = play_days(market, recommender, cell.days, edit)
    columns = ("budget", "expected_cost", "expected_revenue", "best_cost", "best_revenue")
    return {
        **asdict(setup),
        "seed": cell.seed,
        "days": cell.days,
        "target_roas": market.goals.target_roas,
        "account_budget": market.goals.daily_budget,
        "seconds": round(played.seconds, 3),
        **{name: played.days[name].round(4).tolist() for name in columns},
    }
