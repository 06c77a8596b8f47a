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
from bidopt.backtest.replay_cells import OwnDays
from bidopt.backtest.replay_estimate import Doubt, ReplayEstimate, estimate
from bidopt.domain.changes import KEYWORD_KEY
from bidopt.domain.metrics import Array
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
            policy: _told(
                said.figures[name], told["keep_bids"].figures.get(name) if "keep_bids" in told else None
            )
            for policy, said in told.items()
            if said.refused is None
        }
        for name in ESTIMATORS
    }


def _told(figures: Mapping[str, Estimate], kept: Mapping[str, Estimate] | None) -> Mapping[str, Estimated]:
    found = {outcome: figures[outcome] for outcome in RANKED}
    found["roas"] = figures["revenue"].over(figures["cost"])
    if kept is not None:
        found["gain"] = figures["revenue"].minus(kept["revenue"])
    return {outcome: _with_interval(figure) for outcome, figure in found.items()}


def replay(shop: LoggedShop) -> Mapping[str, Mapping[str, Estimated]]:
    """The log replay, which knows no probabilities and takes the shape of the response on trust."""
    log = read_log(shop.history, shop.first, shop.last, shop.morning, EvidenceSettings())
    found = {policy: _replayed(log, plan) for policy, plan in shop.plans.items()}
    kept = found["keep_bids"]
    return {policy: _figures(one, kept) for policy, one in found.items()}


def _figures(found: ReplayEstimate, kept: ReplayEstimate) -> Mapping[str, Estimated]:
    """A figure per day of each outcome, from its estimate and its draws."""

    def total(one: ReplayEstimate, name: str) -> Array:
        return np.append(one.days[name].mean(), getattr(one, name).mean(axis=1))

    cost, revenue = total(found, "cost"), total(found, "revenue")
    earned = np.append(found.mean_earned.mean(), found.earned.mean(axis=1))
    told = {
        "cost": cost,
        "revenue": revenue,
        "profit": earned - cost,
        "roas": revenue / cost,
        "gain": revenue - total(kept, "revenue"),
    }
    return {
        outcome: Estimated(float(values[0]), *np.quantile(values[1:], [0.025, 0.975]).tolist())
        for outcome, values in told.items()
    }


def _replayed(log: LoggedDays, plan: pd.DataFrame) -> ReplayEstimate:
    days = len(log.dates)
    row, _ = rows_of(plan, log.keywords, KEYWORD_KEY)
    bid = np.zeros(len(log.keywords))
    bid[row] = plan["bid"]
    own = np.repeat(bid[:, None], days, axis=1)
    return estimate(log, OwnDays(own, own > 0, log.budget), Doubt())


def _with_interval(figure: Estimate) -> Estimated:
    return Estimated(figure.value, *figure.interval())
