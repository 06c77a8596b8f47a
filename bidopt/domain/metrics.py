"""Ratios of the field, with 0/0 as NaN: a missing rate is never a zero rate."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def ratio(numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> Array:
    """Numerator / denominator elementwise; NaN where the denominator is 0 or unknown."""
    top = np.asarray(numerator, dtype=np.float64)
    bottom = np.asarray(denominator, dtype=np.float64)
    out: Array = np.full(np.broadcast_shapes(top.shape, bottom.shape), np.nan)
    return np.divide(top, bottom, out=out, where=np.broadcast_to(bottom > 0, out.shape))


def grade_of(roas: float, passing: float, good: float, excellent: float) -> str:
    """Grade of a ROAS as operators read it.

    Returns:
        excellent, good, pass or fail; unknown when the ROAS is NaN.
    """
    if np.isnan(roas):
        return "unknown"
    for name, least in (("excellent", excellent), ("good", good), ("pass", passing)):
        if roas >= least:
            return name
    return "fail"


def number_or_none(value: Any) -> float | None:  # noqa: ANN401  scalars of numpy and pandas
    """A plain float for JSON; None where unknown."""
    number = float(value)
    return number if np.isfinite(number) else None
