"""How busy each day was, and how busy today will be: weekday, recent level and shopping events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bidopt.domain.metrics import Array
from bidopt.evidence.keyword_index import Ints

DAY_NOISE = 0.3
"""Standard deviation of one keyword's demand around its day's factor, in logarithms."""

_WEEKDAY_SPREAD, _LEVEL_SPREAD, _DAY_SPREAD = 0.15, 0.2, 0.1
_SURE, _DARK = 20.0, 0.2
"""A day of which so much was expected and less than this share was seen was a day without delivery, not without demand."""

_LEVEL_MEMORY = 0.8
"""Weight of a day in today's level relative to the day after it."""


@dataclass(frozen=True)
class Demand:
    """Demand relative to an ordinary day.

    Args:
        log_factor: by age of the day, shape (ages,); entry 0 is the forecast for today.
        measured: which ages were measured, shape (ages,).
    """

    log_factor: Array
    measured: npt.NDArray[np.bool_]

    @property
    def expected(self) -> float:
        """Factor expected for the decision day."""
        return float(np.exp(self.log_factor[0]))

    def of(self, age: Ints) -> Array:
        """Factor of each day, shape of `age`."""
        return np.exp(self.log_factor[np.minimum(age, len(self.log_factor) - 1)])


def measure_demand(
    age: Ints,
    impressions: Array,
    expected: Array,
    usable: npt.NDArray[np.bool_],
    ordinary: npt.NDArray[np.bool_],
    weekday: int,
) -> Demand:
    """Each day's demand as the ratio of impressions seen to impressions expected of an ordinary day.

    A keyword counts with weight 1 / (1 + noise² x expected), the inverse of its relative variance, so that one
    large keyword does not stand for the day.

    Args:
        age: days before the decision morning, shape (rows,).
        impressions: seen, shape (rows,).
        expected: of an ordinary day at the row's bid, shape (rows,).
        usable: rows that tell demand, shape (rows,).
        ordinary: by age, whether the day belongs to no event; entry 0 is today; shape (ages,).
        weekday: of the decision day, Monday 0.
    """
    ages = len(ordinary)
    weight = usable / (1 + DAY_NOISE**2 * np.maximum(expected, 0.0))
    seen = np.bincount(age, weight * impressions, minlength=ages)[:ages]
    due = np.bincount(age, weight * expected, minlength=ages)[:ages]
    measured = (due > 0) & ~((due > _SURE) & (seen < _DARK * due))
    noise = np.full(ages, np.inf)
    noise[measured] = 1 / due[measured] + 1e-4
    log_factor = np.zeros(ages)
    log_factor[measured] = np.log((seen[measured] + 0.5) / (due[measured] + 0.5))
    fitted, forecast = _smooth(log_factor, noise, measured & ordinary, weekday)
    shrunk = fitted + (log_factor - fitted) * _DAY_SPREAD**2 / (_DAY_SPREAD**2 + np.minimum(noise, 1e9))
    log_factor = np.where(measured, np.where(ordinary, shrunk, log_factor), fitted)
    log_factor[0] = forecast
    return Demand(log_factor, measured)


def _smooth(
    log_factor: Array, noise: Array, usable: npt.NDArray[np.bool_], weekday: int
) -> tuple[Array, float]:
    """Weekday effects around the recent level, both shrunk to none; per age, and for today."""
    ages = np.arange(len(log_factor))
    day = (weekday - ages) % 7
    weight = np.where(usable, 1 / (np.where(usable, noise, 1.0) + _DAY_SPREAD**2), 0.0)
    mean = (weight @ log_factor) / weight.sum() if weight.sum() > 0 else 0.0
    total = np.bincount(day, weight, minlength=7)
    above = np.bincount(day, weight * (log_factor - mean), minlength=7)
    effect = above / (total + 1 / _WEEKDAY_SPREAD**2)
    recent = weight * _LEVEL_MEMORY**ages
    level = (recent @ (log_factor - effect[day])) / (recent.sum() + 1 / _LEVEL_SPREAD**2)
    return mean + effect[day], float(level + effect[weekday])
