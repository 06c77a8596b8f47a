"""Every way to say from a log what a plan would have brought, behind one signature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shops import RANKED, LoggedShop

from bidopt.backtest.off_policy.blocks import blocks_of
from bidopt.backtest.off_policy.estimators import ESTIMATORS
from bidopt.backtest.off_policy.randomised_log import OffPolicyError, randomised_log
from bidopt.backtest.off_policy.weights import OverlapRules, weigh


@dataclass(frozen=True)
class Estimated:
    """A figure per day with its 95 % interval."""

    value: float
    low: float
    high: float


Estimates = Mapping[str, Mapping[str, Mapping[str, Estimated]]]
"""Estimator -> policy -> outcome -> figure; a policy that was refused is left out."""


def estimates(shop: LoggedShop) -> Estimates:
    """All estimators on all plans of a shop."""
    return off_policy(shop)


def off_policy(shop: LoggedShop) -> Estimates:
    """IPS, SNIPS and DR."""
    log = randomised_log(shop.facts, shop.first, shop.last)
    blocks = blocks_of(log)
    found: dict[str, dict[str, dict[str, Estimated]]] = {name: {} for name in ESTIMATORS}
    for policy, plan in shop.plans.items():
        target = log.bids_of(plan)
        try:
            weights = weigh(log, target, blocks, OverlapRules())
        except OffPolicyError:
            continue
        for name, estimator in ESTIMATORS.items():
            figures = estimator(log, blocks, target, weights.weight)
            found[name][policy] = {
                outcome: Estimated(figures[outcome].value, *figures[outcome].interval()) for outcome in RANKED
            }
    return found
