"""Inverse propensity, self-normalised and doubly robust estimates of what other bids would have brought."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from bidopt.backtest.off_policy.blocks import Blocks, Estimate
from bidopt.backtest.off_policy.outcome_model import cross_fitted
from bidopt.backtest.off_policy.randomised_log import RandomisedLog
from bidopt.domain.metrics import Array, ratio

_LEAST_KEYWORD = 4.0
"""Effective days from which a keyword's weights are normalised by themselves; other keywords share one normalisation."""

Estimator = Callable[[RandomisedLog, Blocks, Array, Array], Mapping[str, Estimate]]
"""Log, blocks, target bids and weights of its rows -> outcome per day."""


def inverse_propensity(
    log: RandomisedLog, blocks: Blocks, target: Array, weight: Array
) -> dict[str, Estimate]:
    """IPS (Horvitz and Thompson 1952): sum of weight x outcome. No model, no bias but the kernel's, much noise."""
    del target
    return {name: _per_day(blocks, weight * values) for name, values in log.outcomes.items()}


def self_normalised(log: RandomisedLog, blocks: Blocks, target: Array, weight: Array) -> dict[str, Estimate]:
    """SNIPS (Swaminathan and Joachims 2015), within each keyword: its weighted mean x its days.

    Keywords differ by orders of magnitude, so that weights normalised over the whole account would take out little.
    """
    runs = np.nan_to_num(target) > 0
    group, count = _groups(log, weight)
    of_row, size = group[log.keyword], (count, len(blocks.days))
    cell = of_row * size[1] + blocks.of_row

    def table(values: Array) -> Array:
        summed: Array = np.bincount(cell, values, minlength=size[0] * size[1]).reshape(size)
        return summed

    weights, rows = table(weight), table(runs.astype(np.float64))
    return {
        name: _normalised(blocks, weights, rows, table(weight * values))
        for name, values in log.outcomes.items()
    }


def doubly_robust(log: RandomisedLog, blocks: Blocks, target: Array, weight: Array) -> dict[str, Estimate]:
    """DR (Dudik, Langford, Li 2011): a model's prediction at the target, and the weighted errors it makes in the log.

    Right where either the probabilities or the model are; as the model takes what bids usually do to traffic, the
    kernel smooths over its errors only. Models are fitted across blocks (Chernozhukov et al. 2018).
    """
    logged, wanted = cross_fitted(log, blocks, target)
    return {
        name: _per_day(blocks, wanted[name] + weight * (values - logged[name]))
        for name, values in log.outcomes.items()
    }


ESTIMATORS: Mapping[str, Estimator] = {
    "ips": inverse_propensity,
    "snips": self_normalised,
    "dr": doubly_robust,
}


def _per_day(blocks: Blocks, values: Array) -> Estimate:
    """Total of a value per row, per day."""
    sums, days = blocks.sums(values), blocks.days
    return Estimate(float(sums.sum() / days.sum()), (sums.sum() - sums) / (days.sum() - days))


def _normalised(blocks: Blocks, weights: Array, rows: Array, weighted: Array) -> Estimate:
    """Weighted means of the groups x their rows, added up, per day; arguments of shape (groups, blocks)."""

    def without(table: Array) -> Array:
        left: Array = table.sum(axis=1, keepdims=True) - table
        return left

    whole = np.nan_to_num(ratio(weighted.sum(axis=1), weights.sum(axis=1))) @ rows.sum(axis=1)
    means = np.nan_to_num(ratio(without(weighted), without(weights)))
    left = (means * without(rows)).sum(axis=0) / (blocks.days.sum() - blocks.days)
    return Estimate(float(whole / blocks.days.sum()), left)


def _groups(log: RandomisedLog, weight: Array) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], int]:
    """Group of each keyword: its own, or the last one for all that say too little by themselves."""
    n = len(log.keywords)
    total = np.bincount(log.keyword, weight, minlength=n)
    squares = np.bincount(log.keyword, weight**2, minlength=n)
    enough = np.nan_to_num(ratio(total**2, squares)) >= _LEAST_KEYWORD
    group = np.where(enough, np.cumsum(enough) - 1, enough.sum())
    return group.astype(np.int64), int(enough.sum()) + 1
