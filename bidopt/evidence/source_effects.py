"""One step towards the likeliest effects of the sources: Fisher scoring, solved by conjugate gradients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse, special

from bidopt.domain.metrics import Array
from bidopt.evidence.sources import Sources

_MOST_PASSES = 12
"""Of one solution; where counts are so rich that it takes more, the sources hardly matter."""


_PROBES, _PROBED = 4, 0.1
"""Probes of the joint variance, which find it to a tenth, and the tolerance of their solutions."""

_LEAST_JOINT = 0.3
"""Share of the single variances that the joint one is believed to be at least."""


@dataclass(frozen=True)
class Counts:
    """Keywords that had a chance: events and exposure (n,), sources by row (n, sources) and by column."""

    events: Array
    exposure: Array
    rows: sparse.csr_array
    columns: sparse.csr_array

    @cached_property
    def squares(self) -> sparse.csr_array:
        """Of the entries of `rows`, of that shape."""
        return self.rows.power(2)


@dataclass(frozen=True)
class Spread:
    """Variance of the effects on the log of a rate by kind of source (kinds,), and of the own deviation."""

    effects: Array
    own: float


@dataclass(frozen=True)
class Step:
    """Where a step arrived, and the curvature it was made with.

    Args:
        effects: of the sources, shape (sources,).
        weight: how much each keyword's counts tell of its log rate, shape (n,).
        precision: of the effects before the data, shape (sources,).
        diagonal: of the curvature, shape (sources,); its inverse is the variance of an effect beside known others.
    """

    effects: Array
    weight: Array
    precision: Array
    diagonal: Array


def fisher_step(
    counts: Counts,
    expected: Array,
    is_nil: Array,
    effects: Array,
    spread: Spread,
    sources: Sources,
    tolerance: float,
) -> Step:
    """One step on the negative-binomial likelihood, penalised by the spread of the effects.

    Args:
        counts: of the keywords with chances.
        expected: events expected at the present effects, shape (n,).
        is_nil: chance that a keyword earns nothing, so that its counts tell nothing of its sources, shape (n,).
        effects: present ones.
        spread: variances in force.
        sources: kinds of the sources.
        tolerance: of the solution.
    """
    damped = (1 - is_nil) / (1 + expected * spread.own)
    weight = damped * expected
    precision = 1 / spread.effects[sources.kind]
    gradient = counts.columns @ (damped * (counts.events - expected)) - precision * effects
    here = Step(effects, weight, precision, counts.squares.T @ weight + precision)
    move = solve(curvature(counts, here), gradient, here.diagonal, tolerance)
    furthest = float(np.abs(counts.rows @ move).max(initial=0.0))
    # Beyond a factor of e² the parabola that the step follows is no guide.
    return Step(effects + move * min(1.0, 2 / max(furthest, 1e-12)), weight, precision, here.diagonal)


def doubt(counts: Counts, step: Step, of_keyword: sparse.csr_array) -> Array:
    """Variance of the log of each keyword's rate that the effects leave open, shape (n,).

    Effects that stand in the same keywords make up for each other, so that their sums are known better than each of them
    beside known others. By how much is taken as one share for all keywords: the sum of their true variances, by
    Hutchinson's estimate of a trace, over the sum of what single effects add up to.

    Args:
        counts: of the keywords with chances.
        step: where the effects stand.
        of_keyword: sources of all keywords, shape (n, sources).
    """
    alone: Array = of_keyword.power(2) @ (1 / step.diagonal)
    probes = np.random.default_rng(0).choice([-1.0, 1.0], (_PROBES, len(step.effects)))
    times = curvature(counts, step)
    solved = np.stack([solve(times, probe, step.diagonal, _PROBED) for probe in probes])
    together = np.sum((of_keyword @ probes.T) * (of_keyword @ solved.T)) / _PROBES
    return alone * float(np.clip(together / max(alone.sum(), 1e-12), _LEAST_JOINT, 1.0))


def curvature(counts: Counts, step: Step) -> Callable[[Array], Array]:
    """The curvature of the penalised likelihood, as the product with a vector."""

    def times(vector: Array) -> Array:
        product: Array = counts.columns @ (step.weight * (counts.rows @ vector)) + step.precision * vector
        return product

    return times


def solve(times: Callable[[Array], Array], right: Array, diagonal: Array, tolerance: float) -> Array:
    """Conjugate gradients for a positive definite matrix given as a product, preconditioned by its diagonal."""
    solution, rest = np.zeros_like(right), right.copy()
    scaled = rest / diagonal
    direction, size = scaled, float(rest @ scaled)
    enough = tolerance**2 * size
    for _ in range(_MOST_PASSES):
        if size <= enough:
            break
        image = times(direction)
        far = size / float(direction @ image)
        solution += far * direction
        rest -= far * image
        scaled = rest / diagonal
        size, before = float(rest @ scaled), size
        direction = scaled + size / before * direction
    return solution


def log_likelihood(events: Array, expected: Array, own: Array | float) -> Array:
    """Negative-binomial log-likelihood, shape (n,), without the terms that the events alone decide.

    Args:
        events: seen, shape (n,).
        expected: without own deviation, shape (n,), positive.
        own: variance of the own deviation.
    """
    shape = 1 / own
    likelihood: Array = (
        special.gammaln(shape + events)
        - special.gammaln(shape)
        - shape * np.log1p(expected * own)
        + events * np.log(expected / (shape + expected))
    )
    return likelihood
