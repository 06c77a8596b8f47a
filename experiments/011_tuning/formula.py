"""Folds that are a formula: a factor whose best value is planted, a setting that does nothing, and luck."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from bidopt.backtest.folds import Folds, Takings
from bidopt.decisions.draft import Draft
from bidopt.decisions.policy import Policy, Situation
from bidopt.domain.goals import Goals
from bidopt.domain.reasons import ReasonText
from bidopt.domain.tunable import Tunable
from bidopt.evidence.evidence import EvidenceSettings
from bidopt.recommender import Recommender


class Formula(Policy):
    """Decides nothing; only its settings matter."""

    factor: Annotated[float, Tunable(0.2, 5.0, log=True)] = Field(1.0, gt=0, description="系数 factor")
    idle: Annotated[float, Tunable(0.0, 1.0)] = Field(0.5, ge=0, le=1, description="没用 without effect")

    reasons: ClassVar[Mapping[str, ReasonText]] = {}

    def decide(self, situation: Situation) -> Draft:
        """Nothing."""
        return situation.draft


class FormulaFolds(Folds):
    """Worth falls by `cost_of_error` x log(factor / best)^2; a unit's own luck is drawn anew for every setting.

    Args:
        seed: of luck.
        best: planted; None: the factor does nothing either.
        luck: standard deviation of a unit's own luck, as a share of its worth.
        cost_of_error: as a share of the worth.
        units: of a fold.
    """

    count = 4

    def __init__(
        self, seed: int, best: float | None, luck: float, cost_of_error: float = 0.1, units: int = 10
    ) -> None:
        self._seed, self._best, self._luck = seed, best, luck
        self._cost, self._units = cost_of_error, units

    def play(self, recommender: Recommender, fold: int) -> Takings:
        """What the settings bring."""
        (policy,) = recommender.policies
        assert isinstance(policy, Formula)  # noqa: S101
        off = 0.0 if self._best is None else np.log(policy.factor / self._best)
        shared = np.random.default_rng([self._seed, fold]).normal(1000.0, 200.0, self._units)
        setting = [self._seed, fold, round(policy.factor * 1e6), round(policy.idle * 1e6)]
        own = np.random.default_rng(setting).normal(0.0, self._luck, self._units)
        revenue = shared * (1 - self._cost * off**2 + own)
        return Takings(np.full(self._units, 100.0), revenue, revenue, np.full(self._units, 7.0))


def recommender(factor: float = 1.0) -> Recommender:
    return Recommender(Goals(target_roas=3.0), EvidenceSettings(), (Formula(factor=factor),), ())
