"""A policy with two settings on folds whose best setting is known: nothing is played, takings are a formula with luck."""

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


class Toy(Policy):
    """Does nothing; its factor is worth something to `ToyFolds`, its idle setting nothing to anybody."""

    factor: Annotated[float, Tunable(0.2, 5.0, log=True)] = Field(1.0, gt=0, description="系数 factor")
    idle: Annotated[float, Tunable(0.0, 1.0)] = Field(0.5, ge=0, le=1, description="没用 without effect")
    steps: Annotated[int, Tunable(1, 9)] = Field(3, ge=1, description="步数 without effect")
    fixed: float = Field(0.5, gt=0, description="不调 not tunable")

    reasons: ClassVar[Mapping[str, ReasonText]] = {}

    def decide(self, situation: Situation) -> Draft:
        return situation.draft


class ToyFolds(Folds):
    """Worth a day falls with the square of log(factor / best).

    Args:
        seed: of luck.
        best: factor that brings most; None: the factor does not matter.
        luck: standard deviation of a unit's worth beside what all recommenders share, as a share of it.
    """

    def __init__(
        self, seed: int, best: float | None, *, luck: float = 0.05, units: int = 10, folds: int = 4
    ) -> None:
        self._seed, self._best, self._luck, self._units, self._folds = seed, best, luck, units, folds
        self.played: list[tuple[float, int]] = []

    @property
    def count(self) -> int:
        return self._folds

    def play(self, recommender: Recommender, fold: int) -> Takings:
        (toy,) = recommender.policies
        assert isinstance(toy, Toy)
        self.played.append((toy.factor, fold))
        off = 0.0 if self._best is None else np.log(toy.factor / self._best)
        shared = np.random.default_rng([self._seed, fold]).normal(1000.0, 200.0, self._units)
        setting = [self._seed, fold, round(toy.factor * 1e6), round(toy.idle * 1e6), toy.steps]
        own = np.random.default_rng(setting).normal(0.0, self._luck, self._units)
        revenue = shared * (1 - 0.1 * off**2 + own)
        return Takings(np.full(self._units, 100.0), revenue, revenue, np.full(self._units, 7.0))


def toy_recommender(factor: float = 1.0) -> Recommender:
    return Recommender(Goals(target_roas=3.0), EvidenceSettings(), (Toy(factor=factor),), ())
