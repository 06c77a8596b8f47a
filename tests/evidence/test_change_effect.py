"""Effects of a change: false alarms are as rare as promised, harm is found, what cannot be compared is not judged."""

from __future__ import annotations

import numpy as np
import pytest

from bidopt.domain.metrics import Array
from bidopt.evidence.change_effect import Mask, Span, change_effect

SPAN = Span(before=(22, 9), after=(7, 1))
PRODUCTS, AGES = 12, 91
CHANCE = 0.05


def market(rng: np.random.Generator, daily: float, sway: float) -> tuple[Array, Array]:
    """Counts and expectations: days that all products share, and each product's own slow swing (AR(1))."""
    shared = rng.lognormal(0.0, 0.3, AGES)
    swing = np.zeros((PRODUCTS, AGES))
    for age in range(1, AGES):
        swing[:, age] = 0.8 * swing[:, age - 1] + rng.normal(0.0, 0.6 * sway, PRODUCTS)
    level = daily * rng.lognormal(0.0, 0.5, (PRODUCTS, 1))
    counts = rng.poisson(level * shared * np.exp(swing)).astype(np.float64)
    return counts, np.broadcast_to(level, counts.shape)


def others(product: int) -> Mask:
    rest = np.ones(PRODUCTS, dtype=np.bool_)
    rest[product] = False
    return rest


@pytest.mark.parametrize(("daily", "sway"), [(40.0, 0.3), (40.0, 0.0), (3.0, 0.3), (0.5, 0.0)])
def test_products_that_nothing_happened_to_raise_false_alarms_as_rarely_as_promised(
    daily: float, sway: float
) -> None:
    """A/A: 750 changes of nothing; at a promise of 5 % a share of 8.2 % has a chance of 1 in 10,000."""
    rng = np.random.default_rng(7)
    alarms = []
    for _ in range(250):
        counts, due = market(rng, daily, sway)
        alarms += [change_effect(counts, due, p, others(p), SPAN, CHANCE).high < 0 for p in range(3)]
    assert np.mean(alarms) <= 0.082


def test_harm_is_found_and_measured() -> None:
    rng = np.random.default_rng(8)
    found, told = [], []
    for _ in range(100):
        counts, due = market(rng, 40.0, 0.1)
        counts[0, 1:8] = rng.binomial(counts[0, 1:8].astype(np.int64), 0.6)
        effect = change_effect(counts, due, 0, others(0), SPAN, CHANCE)
        found.append(effect.high < 0)
        told.append(effect.change)
    assert np.mean(found) > 0.8
    assert np.median(told) == pytest.approx(-0.4, abs=0.08)


def test_what_bids_explain_is_no_effect_of_the_change() -> None:
    rng = np.random.default_rng(9)
    counts, due = market(rng, 200.0, 0.0)
    due = due.copy()
    counts[0, 1:8] = rng.poisson(2 * counts[0, 1:8])
    due[0, 1:8] *= 2
    effect = change_effect(counts, due, 0, others(0), SPAN, CHANCE)
    assert effect.low < 0 < effect.high


def test_without_two_unchanged_products_nothing_is_said() -> None:
    counts, due = market(np.random.default_rng(1), 10.0, 0.0)
    only = np.zeros(PRODUCTS, dtype=np.bool_)
    only[5] = True
    effect = change_effect(counts, due, 0, only, SPAN, CHANCE)
    assert np.isnan(effect.change)
    assert effect.group == 1
    assert effect.before == counts[0, 9:23].sum()
