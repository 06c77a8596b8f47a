"""Every way to say from a log what a plan would have brought, behind one signature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from shops import RANKED, LoggedShop

from bidopt.backtest.logged_days import LoggedDays, read_log
from bidopt.backtest.off_policy.blocks import Estimate
from bidopt.backtest.off_policy.estimators import ESTIMATORS
from bidopt.backtest.off_policy.evaluate import evaluate
from bidopt.backtest.off_policy.weights import OverlapRules
from bidopt.backtest.replay_estimate import Doubt, OwnDays, estimate
from bidopt.domain.changes import KEYWORD_KEY
from bidopt.evidence.evidence import EvidenceSettings
from bidopt.evidence.keyword_index import rows_of


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
    return {**off_policy(shop), "replay": replay(shop)}


def off_policy(shop: LoggedShop, rules: OverlapRules = RULES) -> Estimates:
    """IPS, SNIPS and DR."""
    told = evaluate(
        shop.history.known_on(shop.morning), shop.plans, first=shop.first, last=shop.last, rules=rules
    )
    return {
        name: {
            policy: {outcome: _with_interval(said.figures[name][outcome]) for outcome in RANKED}
            for policy, said in told.items()
            if said.refused is None
        }
        for name in ESTIMATORS
    }


def replay(shop: LoggedShop) -> Mapping[str, Mapping[str, Estimated]]:
    """The log replay, which knows no probabilities and takes the shape of the response on trust."""
    log = read_log(shop.history, shop.first, shop.last, shop.morning, EvidenceSettings())
    return {policy: _replayed(log, plan) for policy, plan in shop.plans.items()}


def _replayed(log: LoggedDays, plan: pd.DataFrame) -> Mapping[str, Estimated]:
    days = len(log.dates)
    row, _ = rows_of(plan, log.keywords, KEYWORD_KEY)
    bid = np.zeros(len(log.keywords))
    bid[row] = plan["bid"]
    own = np.repeat(bid[:, None], days, axis=1)
    told = estimate(log, OwnDays(own, own > 0, log.budget), Doubt())
    means = {
        "cost": (told.days["cost"].to_numpy(), told.cost),
        "revenue": (told.days["revenue"].to_numpy(), told.revenue),
        "profit": (told.mean_earned - told.days["cost"].to_numpy(), told.earned - told.cost),
    }
    return {
        outcome: Estimated(float(mean.mean()), *np.quantile(draws.mean(axis=1), [0.025, 0.975]).tolist())
        for outcome, (mean, draws) in means.items()
    }


def _with_interval(figure: Estimate) -> Estimated:
    return Estimated(figure.value, *figure.interval())
