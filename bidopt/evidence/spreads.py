"""How far products, roots and single keywords differ: variances learned from the shop (empirical Bayes)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bidopt.domain.metrics import Array
from bidopt.evidence.nil_share import nil_likelihood
from bidopt.evidence.source_effects import Counts, Spread, Step, curvature, log_likelihood, solve
from bidopt.evidence.sources import PRODUCT, ROOT, Sources

_SHOP, _PRODUCT, _PRICE, _MATCH_TYPE, _LENGTH, _ROOT, _NOT_BUYING, _CLICK_PRICE = (
    0.5,
    0.3,
    0.25,
    0.15,
    0.2,
    0.25,
    0.3,
    0.3,
)
"""Standard deviations of effects on the log of a rate before the shop's own data say otherwise, by kind."""

_OWN = 0.25
"""The same of a keyword's own deviation."""

_WORTH = {PRODUCT: 5.0, ROOT: 10.0}
"""Kinds whose spread is learned: how many effects the standard deviation above is worth."""

_TOLERANCE = 0.1

_GRID = np.linspace(-3.0, 3.0, 9)
"""Logs of a variance over its first value."""


def first_spread() -> Spread:
    """The variances of a shop without data."""
    return Spread(
        np.array([_SHOP, _PRODUCT, _PRICE, _MATCH_TYPE, _LENGTH, _ROOT, _NOT_BUYING, _CLICK_PRICE]) ** 2,
        _OWN**2,
    )


def learn_spread(
    counts: Counts, step: Step, level: float, nil: Array, spread: Spread, sources: Sources
) -> Spread:
    """Variances that the counts speak for, drawn towards the first ones where they say little.

    Effects by MacKay's evidence update: their sum of squares over the number of effects that the data decide.

    Args:
        counts: of the keywords with chances.
        step: where the effects stand.
        level: log of the rate where all effects are 0.
        nil: chance that a keyword earns nothing, before its own counts, shape (n,).
        spread: in force.
        sources: with their kinds.
    """
    effects, first = spread.effects.copy(), first_spread().effects
    # Hutchinson's estimate of the trace of the effects' posterior covariance, kind by kind.
    probe = np.random.default_rng(0).choice([-1.0, 1.0], len(step.effects))
    undecided = probe * solve(curvature(counts, step), probe, step.diagonal, _TOLERANCE)
    for kind, worth in _WORTH.items():
        of_kind = sources.kind == kind
        decided = max(np.count_nonzero(of_kind) - float(undecided[of_kind].sum()) / effects[kind], 0.0)
        effects[kind] = (np.sum(step.effects[of_kind] ** 2) + worth * first[kind]) / (decided + worth)
    return Spread(effects, _own_variance(counts, step, level, nil))


def _own_variance(counts: Counts, step: Step, level: float, nil: Array) -> float:
    """Under which each keyword's counts are likeliest given the other keywords'."""
    log_rate = level + counts.rows @ step.effects
    expected = np.maximum(counts.exposure * np.exp(log_rate), 1e-9)
    unsure = counts.squares @ (1 / step.diagonal)
    pull = np.minimum(step.weight * unsure, 0.9)  # of a keyword's own counts on what its sources say
    residual = (counts.events - expected) / expected
    without = expected * np.exp(-np.clip(pull / (1 - pull) * residual, -1.5, 1.5))
    unsure = unsure / (1 - pull)
    worthless = np.log(np.maximum(nil, 1e-300)) + nil_likelihood(counts.events, without)

    def score(own: float) -> float:
        good = log_likelihood(counts.events, without, own + unsure)
        return float(np.logaddexp(np.log1p(-nil) + good, worthless).sum())

    return likeliest_variance(score, _OWN**2)


def likeliest_variance(score: Callable[[float], float], first: float) -> float:
    """The variance that scores best on a grid around `first`, drawn to it by one unit of log.

    Args:
        score: log-likelihood of the data under a variance.
        first: variance without data.

    Returns:
        The top of the parabola through the best value and its neighbours, so that the answer moves without jumps.
    """
    scores = np.array([score(own) for own in first * np.exp(_GRID)]) - _GRID**2 / 2
    best = int(np.clip(np.argmax(scores), 1, len(_GRID) - 2))
    below, at, above = scores[best - 1 : best + 2]
    bend = below - 2 * at + above
    shift = float(np.clip((below - above) / (2 * bend), -1, 1)) if bend < 0 else 0.0
    return float(first * np.exp(_GRID[best] + shift * (_GRID[1] - _GRID[0])))
