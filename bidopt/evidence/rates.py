"""Rates of keywords (clicks per impression, orders per click) from few counts, by borrowing and own experience.

A Poisson model with random effects: the log of a keyword's rate is the sum of what its sources say (shop, product,
match type, root words) plus a deviation of its own, and a share of the keywords, told by the sources too, earns
nothing whatever is bought. The own deviation, a Gamma factor, is integrated out, which leaves negative-binomial
counts (hierarchical GLM: Lee & Nelder 1996). Everything is sparse: a step costs two passes over the table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from bidopt.domain.metrics import Array
from bidopt.evidence.belief import Belief
from bidopt.evidence.nil_share import chance_of_nil, first_share, learn_share, posterior_of_nil
from bidopt.evidence.source_effects import Counts, doubt, fisher_step
from bidopt.evidence.sources import Sources
from bidopt.evidence.spreads import first_spread, learn_spread

_TOLERANCE = (0.2, 0.1, 0.1, 0.05, 0.05)
"""Of each step's solution: the first steps go to places that the next ones leave."""

_LEARN_AT = (1, 3)
"""Steps after which the spreads are learned anew."""


@dataclass(frozen=True)
class RatePrior:
    """What is known before the data.

    Args:
        rate: of a shop without data.
        exposure: chances (impressions, clicks) that `rate` is worth.
        nil: share of keywords that earn nothing; 0 where there is no such thing.
    """

    rate: float
    exposure: float
    nil: float = 0.0


def believed_rates(events: Array, exposure: Array, sources: Sources, prior: RatePrior) -> Belief:
    """Rate of each keyword.

    Args:
        events: weighted events seen (clicks, orders), shape (n,); may outnumber the chances.
        exposure: weighted chances seen (impressions, clicks already matured), shape (n,).
        sources: what each keyword borrows from.
        prior: what is known before the data.

    Returns:
        The belief, shape (n,): given the effects, a Gamma posterior of the own counts, so that more events of a
        keyword raise its own rate; the uncertainty of the effects widens it where the own counts are few.
    """
    events = np.maximum(events, 0.0)
    seen = np.flatnonzero(exposure > 0)
    rows = sources.of_keyword[seen]
    counts = Counts(events[seen], exposure[seen], rows, sparse.csr_array(rows.T))
    shop = (counts.events.sum() + prior.rate * prior.exposure) / (counts.exposure.sum() + prior.exposure)
    level = float(np.log(shop) - np.log1p(-prior.nil))
    spread, share, effects = first_spread(), first_share(sources, prior.nil), np.zeros(len(sources.kind))
    for number, tolerance in enumerate(_TOLERANCE):
        expected = counts.exposure * np.exp(level + rows @ effects)
        share, is_nil = learn_share(counts, expected, spread.own, sources, share, prior.nil)
        step = fisher_step(counts, expected, is_nil, effects, spread, sources, tolerance)
        effects = step.effects
        if number in _LEARN_AT:
            spread = learn_spread(counts, step, level, chance_of_nil(rows, share), spread, sources)
    log_rate = level + sources.of_keyword @ effects
    variance = doubt(counts, step, sources.of_keyword)
    chance = chance_of_nil(sources.of_keyword, share)
    belief = _own_posterior(events, exposure, log_rate, variance, chance, spread.own)
    # All told, what was seen: with the prior's chances spread over all keywords.
    due = exposure @ belief.mean + prior.exposure * belief.mean.sum() / max(len(events), 1)
    return belief.scaled((events.sum() + prior.rate * prior.exposure) / max(due, 1e-12))


def _own_posterior(
    events: Array, exposure: Array, log_rate: Array, variance: Array, nil: Array, own: float
) -> Belief:
    """Belief of each keyword, given what its sources say and how sure they are; arrays of shape (n,).

    The mean of what is unsure by its logarithm lies above the likeliest value, by half the variance.
    """
    shape = 1 / own
    expected = exposure * np.exp(log_rate)
    say = shape / (shape + expected)  # what is left of the sources' say beside the keyword's own counts
    unsure = say**2 * variance
    mean = np.exp(log_rate + unsure / 2) * (shape + events) / (shape + expected)
    is_nil = posterior_of_nil(events, expected, nil, own)
    return Belief(mean * (1 - is_nil), 1 / (1 / (shape + events) + unsure), is_nil)
