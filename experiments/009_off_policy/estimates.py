"""Every way to say from a log what a plan would have brought, behind one signature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shops import RANKED, LoggedShop

from bidopt.backtest.off_policy.blocks import Estimate
from bidopt.backtest.off_policy.estimators import ESTIMATORS
from bidopt.backtest.off_policy.evaluate import evaluate
from bidopt.backtest.off_policy.weights import OverlapRules


@dataclass(frozen=True)
class Estimated:
    """A figure per day with its 95 % interval."""

    value: float
    low: float
    high: float


RULES = OverlapRules()

Estimates = Mapping[str, Mapping[str, Mapping[str, Estimated]]]
"""Estimator -> policy -> outcome -> figure; a policy that was refused is left out."""


def estimates(shop: LoggedShop) -> Estimates:
    """All estimators on all plans of a shop."""
    return off_policy(shop)


def off_policy(shop: LoggedShop, rules: OverlapRules = RULES) -> Estimates:
    """IPS, SNIPS and DR."""
    told = evaluate(shop.facts, shop.plans, first=shop.first, last=shop.last, rules=rules)
    return {
        name: {
            policy: {outcome: _with_interval(said.figures[name][outcome]) for outcome in RANKED}
            for policy, said in told.items()
            if said.refused is None
        }
        for name in ESTIMATORS
    }


def _with_interval(figure: Estimate) -> Estimated:
    return Estimated(figure.value, *figure.interval())
