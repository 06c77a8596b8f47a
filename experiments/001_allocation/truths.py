"""Pieces of the truth put in place of beliefs, so that everyone sees where revenue is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from bidopt.backtest.market import TrueDay
from bidopt.backtest.runner import Edit
from bidopt.domain.changes import KEYWORD_KEY
from bidopt.domain.metrics import Array
from bidopt.evidence.belief import Belief
from bidopt.evidence.bid_response import STEPS, BidResponse
from bidopt.evidence.evidence import Evidence

DOUBT = 1e-3
"""Relative standard deviation left to what is known: none to speak of, and nothing divides by zero."""


def true_values(evidence: Evidence, truth: TrueDay) -> Evidence:
    """Learned curves, true values: what a click brings on the coming day is known."""
    _same_keywords(evidence, truth)
    sure = np.full(len(truth.value_per_click), DOUBT**-2)
    return replace(evidence, value_per_click=Belief(truth.value_per_click, sure))


def true_curves(evidence: Evidence, truth: TrueDay) -> Evidence:
    """Learned values, true curves: what bids buy on the coming day is known."""
    _same_keywords(evidence, truth)
    learned = evidence.response
    bids = learned.anchor[:, None] * np.exp(STEPS)
    known = BidResponse(
        learned.base_bid,
        learned.anchor,
        clicks_grid=_along(truth.bids, truth.clicks, bids),
        cost_grid=_along(truth.bids, truth.cost, bids),
        spread_grid=np.full(bids.shape, DOUBT),
    )
    return replace(evidence, response=known)


def true_values_and_curves(evidence: Evidence, truth: TrueDay) -> Evidence:
    """Nothing left to learn: what is missing now is lost to limits, rounding and caution."""
    return true_curves(true_values(evidence, truth), truth)


TRUTHS: Mapping[str, Edit] = {
    "values": true_values,
    "curves": true_curves,
    "values and curves": true_values_and_curves,
}


def _along(grid: Array, height: Array, bids: Array) -> Array:
    """`height` at `bids`, interpolated over log bid row by row; beyond the grid its ends.

    Args:
        grid: ascending bids, shape (n, levels).
        height: at each of them, shape (n, levels).
        bids: wanted, shape (n, m).

    Returns:
        Shape (n, m).
    """
    left = (grid[:, None, :] <= bids[:, :, None]).sum(axis=2) - 1
    left = np.clip(left, 0, grid.shape[1] - 2)
    low, high = (np.take_along_axis(grid, at, axis=1) for at in (left, left + 1))
    share = np.clip(np.log(bids / low) / np.log(high / low), 0.0, 1.0)
    below, above = (np.take_along_axis(height, at, axis=1) for at in (left, left + 1))
    between: Array = below + share * (above - below)
    return between


def _same_keywords(evidence: Evidence, truth: TrueDay) -> None:
    key = list(KEYWORD_KEY)
    if not evidence.keywords[key].equals(truth.keywords[key]):
        raise ValueError("evidence and truth are of different keywords")
