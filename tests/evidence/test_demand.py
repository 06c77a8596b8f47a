"""How busy days were and how busy today will be: weekday, recent level, and little said where little was seen."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from bidopt.domain.metrics import Array
from bidopt.evidence.demand import Demand, measure_demand

AGES, WORDS, WEEKDAY = 61, 40, 5
"""Days in the calendar, keywords, and the weekday of the decision: a Saturday."""

AGE = np.arange(AGES)


def measure(
    factor: Array, *, usual: float = 50.0, ordinary: npt.NDArray[np.bool_] | None = None, seed: int = 1
) -> Demand:
    """Demand of WORDS keywords of `usual` impressions on days of the given factors, by age; today is not seen."""
    rng = np.random.default_rng(seed)
    age = np.repeat(np.arange(1, AGES), WORDS)
    expected = np.tile(usual * rng.uniform(0.5, 1.5, WORDS), AGES - 1)
    told = np.ones(AGES, dtype=bool) if ordinary is None else ordinary
    return measure_demand(
        age,
        rng.poisson(expected * factor[age]).astype(float),
        expected,
        np.ones(len(age), dtype=bool),
        told,
        WEEKDAY,
    )


def weekends(effect: float) -> Array:
    """Factor of each age with busier Saturdays and Sundays."""
    return np.where((WEEKDAY - AGE) % 7 >= 5, effect, 1.0)


def test_the_weekday_is_recovered_and_forecast() -> None:
    """2,000 impressions a day: a factor is told to 2 %, eight weekends to within 0.05."""
    demand = measure(weekends(1.5))
    factor = demand.of(AGE)
    saturday, monday = (factor[1:][(WEEKDAY - AGE[1:]) % 7 == day].mean() for day in (5, 0))
    assert saturday / monday == pytest.approx(1.5, abs=0.1)
    assert demand.expected == pytest.approx(1.5, abs=0.15)


@pytest.mark.parametrize("level", [0.6, 1.6])
def test_today_follows_the_level_of_the_last_days(level: float) -> None:
    demand = measure(np.where(AGE <= 10, level, 1.0))
    assert abs(np.log(demand.expected / level)) < 0.5 * abs(np.log(level))


def test_each_measured_day_keeps_what_was_seen_of_it() -> None:
    busy = np.where(AGE == 12, 2.0, 1.0)
    factor = measure(busy).of(AGE)
    assert factor[12] > 1.6
    assert np.delete(factor[1:], 11) == pytest.approx(np.ones(AGES - 2), abs=0.15)


def test_a_few_impressions_say_little() -> None:
    """Twice as many impressions as expected: 4 of 2 move the forecast little, 4,000 of 2,000 much."""
    few, many = (
        measure_demand(
            np.array([1]), np.array([2.0 * n]), np.array([n]), np.array([True]), np.ones(AGES, dtype=bool), WEEKDAY
        ).expected
        for n in (2.0, 2000.0)
    )  # fmt: skip
    assert 1.0 < few < many < 2.0
    assert few < 1.1


def test_without_any_day_demand_is_ordinary() -> None:
    none = np.zeros(0)
    demand = measure_demand(
        none.astype(np.int64), none, none, none.astype(bool), np.ones(AGES, dtype=bool), WEEKDAY
    )
    assert demand.expected == 1.0
    assert not demand.measured.any()
    np.testing.assert_array_equal(demand.of(AGE), 1.0)


def test_event_days_are_measured_and_move_neither_the_level_nor_the_weekday() -> None:
    event = (AGE >= 1) & (AGE <= 3)
    demand = measure(np.where(event, 3.0, 1.0), ordinary=~event)
    assert demand.of(np.array([1, 2, 3])) == pytest.approx(np.full(3, 3.0), rel=0.1)
    assert demand.expected == pytest.approx(1.0, abs=0.1)


def test_one_large_word_does_not_stand_for_the_day() -> None:
    """Its own ups and downs are as large as any other's, whatever its impressions."""
    age, expected = np.ones(41, dtype=np.int64), np.r_[np.full(40, 50.0), 1e6]
    seen = np.r_[np.full(40, 50.0), 3e6]
    demand = measure_demand(age, seen, expected, np.ones(41, dtype=bool), np.ones(AGES, dtype=bool), WEEKDAY)
    assert demand.of(np.array([1]))[0] < 1.2


def test_a_day_without_delivery_says_nothing_of_demand() -> None:
    dark = measure(np.where(AGE == 1, 0.0, 1.0))
    assert not dark.measured[1]
    assert dark.expected == pytest.approx(1.0, abs=0.1)
    assert measure(np.where(AGE == 1, 0.4, 1.0)).measured[1]
