"""Which rows a limit on numbers leaves out."""

from __future__ import annotations

import numpy as np

from bidopt.decisions.policy import Mask
from bidopt.domain.metrics import Array


def beyond(rows: Mask, weight: Array, limit: int) -> Mask:
    """The rows left over when only the `limit` heaviest of `rows` may stay; ties go to the earlier row."""
    candidates = np.flatnonzero(rows)
    order = np.argsort(-np.nan_to_num(weight[candidates]), kind="stable")
    out = np.zeros(len(rows), dtype=bool)
    out[candidates[order[limit:]]] = True
    return out
