"""Inverse propensity, self-normalised and doubly robust estimates of what other bids would have brought."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from bidopt.backtest.off_policy.blocks import Blocks, Estimate
from bidopt.backtest.off_policy.randomised_log import RandomisedLog
from bidopt.domain.metrics import Array, ratio
from bidopt.evidence.keyword_index import Ints

_LEAST = 4.0
"""Effective days from which a keyword's weights are normalised by themselves; the other keywords share one normalisation."""


@dataclass(frozen=True)
class Aim:
    """A log seen from a target policy; arrays have a row per keyword-day.

    Args:
        log: the log.
        blocks: of its days.
        bids: the target's; 0 where it pauses.
        weight: importance of the row for the target.
        logged, wanted: a model's outcomes at the logged and at the target's bids, by name.
    """

    log: RandomisedLog
    blocks: Blocks
    bids: Array
    weight: Array
    logged: Mapping[str, Array]
    wanted: Mapping[str, Array]


def inverse_propensity(aim: Aim) -> dict[str, Estimate]:
    """IPS (Horvitz and Thompson 1952): sum of weight x outcome. No model, no bias but the kernel's, and much noise."""
    return {name: _per_day(aim.blocks, aim.weight * values) for name, values in aim.log.outcomes.items()}


def self_normalised(aim: Aim) -> dict[str, Estimate]:
    """SNIPS (Swaminathan and Joachims 2015), within each keyword: its weighted mean x its days.

    Keywords differ by orders of magnitude: weights normalised over the whole account would take out little.
    """
    group = _groups(aim)
    count, blocks = int(group.max(initial=0)) + 1, len(aim.blocks.days)
    cell = group[aim.log.keyword] * blocks + aim.blocks.of_row

    def table(values: Array) -> Array:
        return np.bincount(cell, values, minlength=count * blocks).reshape(count, blocks).astype(np.float64)

    weights, rows = table(aim.weight), table((aim.bids > 0).astype(np.float64))
    return {
        name: _normalised(aim.blocks, weights, rows, table(aim.weight * values))
        for name, values in aim.log.outcomes.items()
    }


def doubly_robust(aim: Aim) -> dict[str, Estimate]:
    """DR (Dudik, Langford and Li 2011): a model at the target's bids, and the weighted errors it makes in the log.

    Right where the probabilities are or the model is. The kernel smooths over the model's errors only.
    """
    return {
        name: _per_day(aim.blocks, aim.wanted[name] + aim.weight * (values - aim.logged[name]))
        for name, values in aim.log.outcomes.items()
    }


ESTIMATORS: Mapping[str, Callable[[Aim], Mapping[str, Estimate]]] = {
    "ips": inverse_propensity,
    "snips": self_normalised,
    "dr": doubly_robust,
}
"""Name -> estimator of each outcome per day."""


def _per_day(blocks: Blocks, values: Array) -> Estimate:
    """Total of a value per row, per day."""
    sums, days = blocks.sums(values), blocks.days
    return Estimate(float(sums.sum() / days.sum()), _without(sums) / _without(days))


def _normalised(blocks: Blocks, weights: Array, rows: Array, weighted: Array) -> Estimate:
    """Weighted means of the groups x their rows, added up, per day; arguments of shape (groups, blocks)."""
    means = np.nan_to_num(ratio(weighted.sum(axis=1), weights.sum(axis=1)))
    others = np.nan_to_num(ratio(_without(weighted), _without(weights)))
    return Estimate(
        float(means @ rows.sum(axis=1) / blocks.days.sum()),
        (others * _without(rows)).sum(axis=0) / _without(blocks.days),
    )


def _without(sums: Array) -> Array:
    """Totals over the last axis without each of its places."""
    left: Array = sums.sum(axis=-1, keepdims=True) - sums
    return left


def _groups(aim: Aim) -> Ints:
    """Group of each keyword, shape (keywords,): its own, or the last for all that say too little by themselves."""
    n = len(aim.log.keywords)
    total = np.bincount(aim.log.keyword, aim.weight, minlength=n)
    squares = np.bincount(aim.log.keyword, aim.weight**2, minlength=n)
    enough = np.nan_to_num(ratio(total**2, squares)) >= _LEAST
    group: Ints = np.where(enough, np.cumsum(enough) - 1, enough.sum()).astype(np.int64)
    return group
