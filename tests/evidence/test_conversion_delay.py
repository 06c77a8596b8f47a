"""The conversion-delay curve: prior, learning, and recovery of a known truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bidopt.evidence.conversion_delay import learn_delay, prior_delay
from bidopt.facts.schemas import RESTATEMENTS


def told(rows: list[tuple[float, float, float, float]]) -> pd.DataFrame:
    names = ("age_from", "age_to", "conversions_from", "conversions_to")
    return RESTATEMENTS.conform(
        {"platform": "native", **{n: [r[i] for r in rows] for i, n in enumerate(names)}}
    )


def test_without_restatements_the_prior_holds() -> None:
    delay = learn_delay(RESTATEMENTS.empty(), 15, 50)
    np.testing.assert_allclose(delay.matured, prior_delay(15))
    np.testing.assert_allclose(delay.at([1, 3, 7, 15, 99]), [0.65, 0.80, 0.92, 1, 1])


def test_an_age_below_one_day_counts_as_one() -> None:
    delay = learn_delay(RESTATEMENTS.empty(), 15, 50)
    assert delay.at([0])[0] == delay.at([1])[0]


@pytest.mark.parametrize("jump", [1, 4])
def test_many_restatements_recover_the_true_curve(jump: int) -> None:
    truth = np.array(
        [0, 0.3, 0.5, 0.62, 0.7, 0.76, 0.81, 0.85, 0.88, 0.91, 0.93, 0.95, 0.97, 0.98, 0.99, 1.0]
    )
    final = 20_000
    rows = [
        (a, min(a + jump, 15), final * truth[a], final * truth[min(a + jump, 15)])
        for start in range(1, jump + 1)
        for a in range(start, 15, jump)
    ]
    delay = learn_delay(told([(float(a), float(b), c, d) for a, b, c, d in rows]), 15, 50)
    # a jump of several days is split by the prior's shape, so that it is only nearly right between
    np.testing.assert_allclose(delay.matured[1:], truth[1:], atol=0.005 if jump == 1 else 0.07)


def test_the_curve_never_falls_and_ends_at_one() -> None:
    delay = learn_delay(told([(1, 2, 10, 4), (2, 9, 0, 7), (3, 40, 5, 6)]), 15, 5)
    assert (np.diff(delay.matured) >= 0).all()
    assert delay.matured[-1] == 1
    assert (delay.matured[1:] > 0).all()
