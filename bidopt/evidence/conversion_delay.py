"""Conversion delay: which share of a day's orders has arrived when the day is reported.

Yesterday's two orders may be only 65 % of what they become. The curve is learned from restated exports by
reverse-time hazards (Kalbfleisch & Lawless 1989, right-truncated lags): of the orders known at age b, the
share that arrived in the last day estimates P(lag = b | lag <= b); the curve is the product over later ages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bidopt.domain.metrics import Array

PRIOR_AGES = (0.0, 1.0, 3.0, 7.0, 15.0)
PRIOR_SHARES = (0.0, 0.65, 0.80, 0.92, 1.0)
"""Share of orders arrived by age in days, for a 15-day window: the curve of a shop that has not restated yet."""


@dataclass(frozen=True)
class ConversionDelay:
    """Share of the final conversions that is known at each age.

    Args:
        matured: shape (window + 1,); matured[a] is the share known a days after the click's day; matured[-1] is 1.
    """

    matured: Array

    def at(self, age: npt.ArrayLike) -> Array:
        """Share matured at `age` days (reported_on - date), clipped to the curve; shape of `age`."""
        days = np.clip(np.asarray(age, dtype=np.int64), 1, len(self.matured) - 1)
        share: Array = self.matured[days]
        return share


def prior_delay(window: int) -> Array:
    """The curve before any restatement is seen, stretched to `window` days; shape (window + 1,)."""
    ages = np.arange(window + 1) * (PRIOR_AGES[-1] / window)
    shares: Array = np.interp(ages, PRIOR_AGES, PRIOR_SHARES)
    return shares


def learn_delay(restatements: pd.DataFrame, window: int, strength: float) -> ConversionDelay:
    """Learn the curve of one shop.

    Args:
        restatements: schema RESTATEMENTS.
        window: days within which orders count, >= 1.
        strength: orders the prior is worth at each age.

    Returns:
        The curve; the prior where nothing was restated.
    """
    prior = prior_delay(window)
    hazard = 1 - prior[:-1] / np.maximum(prior[1:], 1e-12)
    arrived = strength * hazard
    known = np.full(window, float(strength))
    columns = ("age_from", "age_to", "conversions_from", "conversions_to")
    for start, stop, before, after in zip(*(restatements[c].tolist() for c in columns), strict=True):
        first, last = int(max(start, 0)), int(min(stop, window))
        if last <= first or after <= 0:
            continue
        steps = np.diff(prior[first : last + 1])
        share = steps / steps.sum() if steps.sum() > 0 else np.full(last - first, 1 / (last - first))
        new = max(after - before, 0.0) * share
        arrived[first:last] += new
        known[first:last] += max(after - new.sum(), 0.0) + np.cumsum(new)
    keep = 1 - arrived / known
    matured = np.append(np.cumprod(keep[::-1])[::-1], 1.0)
    return ConversionDelay(matured)


@dataclass(frozen=True)
class ConversionDelays:
    """The curve of each platform.

    Args:
        curves: platform -> its curve.
        default: curve of a platform that is not named.
    """

    curves: Mapping[str, ConversionDelay]
    default: ConversionDelay

    def at(self, platform: npt.NDArray[Any], age: npt.ArrayLike) -> Array:
        """Share matured `age` days after the click's day, row by row; both of one shape."""
        ages = np.asarray(age)
        matured = self.default.at(ages)
        for name, curve in self.curves.items():
            rows = platform == name
            matured[rows] = curve.at(ages[rows])
        return matured


def learn_delays(
    restatements: pd.DataFrame, windows: Mapping[str, int], default_window: int, strength: float
) -> ConversionDelays:
    """Learn the curve of each platform within its own attribution window.

    Args:
        restatements: schema RESTATEMENTS.
        windows: platform -> days within which its orders count, where its exports say so.
        default_window: the same for every other platform.
        strength: orders the prior is worth at each age.
    """
    platform = restatements["platform"].to_numpy()
    curves = {
        name: learn_delay(restatements[platform == name], windows.get(name, default_window), strength)
        for name in sorted({*platform, *windows})
    }
    return ConversionDelays(curves, learn_delay(restatements.iloc[:0], default_window, strength))
