"""Shopping events: the calendar knows the days, the days seen so far tell the size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from bidopt.evidence.demand import Demand
from bidopt.evidence.events import PHASES, Calendar, calendar_of, size_of_past, size_of_today
from bidopt.evidence.evidence import EvidenceSettings, gather
from tests.conftest import AS_OF, FactsOf

PEAK = date(2026, 11, 11)


def seen(as_of: date, share: float, ages: int = 60) -> Demand:
    """Days of which the events had `share` of the table's size."""
    calendar = calendar_of(as_of, ages)
    measured = np.ones(ages, dtype=bool)
    measured[0] = False
    return Demand(calendar.demand * share * measured, measured)


def test_the_calendar_knows_the_peak_and_what_goes_with_it() -> None:
    peak = calendar_of(PEAK, 30)
    assert not peak.ordinary[0]
    assert min(peak.demand[0], peak.conversion[0], peak.rivals[0]) > 0
    before, after = calendar_of(PEAK - timedelta(days=5), 1), calendar_of(PEAK + timedelta(days=2), 1)
    assert before.demand[0] > 0 > before.conversion[0]
    assert after.demand[0] < 0
    usual = calendar_of(date(2026, 9, 10), 30)
    assert usual.ordinary.all()
    assert not usual.demand.any()


def test_age_counts_back_from_the_morning() -> None:
    later = calendar_of(PEAK + timedelta(days=6), 30)
    np.testing.assert_array_equal(later.demand[6:], calendar_of(PEAK, 24).demand)
    assert later.weekday == (PEAK + timedelta(days=6)).weekday()


def test_phases_do_not_overlap() -> None:
    days = sorted((phase.first, phase.last) for phase in PHASES)
    assert all(first <= last for first, last in days)
    assert all(before[1] < after[0] for before, after in pairwise(days))


SIZES = (size_of_past, size_of_today)


@pytest.mark.parametrize("size_of", SIZES)
def test_before_any_of_its_days_is_seen_an_event_is_believed_in_part(
    size_of: Callable[[Calendar, Demand], float],
) -> None:
    first_day, quiet = date(2026, 11, 1), date(2026, 9, 10)
    size = size_of(calendar_of(first_day, 60), seen(first_day, 0.0))
    assert 0.0 < size < 1.0
    assert size == size_of(calendar_of(quiet, 60), seen(quiet, 0.0))


@pytest.mark.parametrize("size_of", SIZES)
def test_the_days_of_a_phase_tell_the_size_of_the_rest(size_of: Callable[[Calendar, Demand], float]) -> None:
    eve = PEAK - timedelta(days=1)
    sizes = [size_of(calendar_of(eve, 60), seen(eve, share)) for share in (0.0, 0.5, 1.0)]
    assert sizes == sorted(sizes)
    assert sizes[0] < 0.5 * sizes[2]
    assert 0.3 < sizes[2] < 1.2


def test_a_peak_is_expected_where_the_days_before_it_showed_an_event() -> None:
    sizes = [size_of_today(calendar_of(PEAK, 60), seen(PEAK, share)) for share in (0.0, 0.1, 0.5, 1.0)]
    assert sizes == sorted(sizes)
    assert sizes[0] < 0.7 * sizes[-1]


@pytest.mark.parametrize("size_of", SIZES)
def test_a_size_is_never_negative_nor_beyond_all_measure(
    size_of: Callable[[Calendar, Demand], float],
) -> None:
    for share in (-5.0, 50.0):
        assert 0.0 <= size_of(calendar_of(PEAK, 60), seen(PEAK, share)) <= 2.0


def test_newer_days_of_the_event_count_more_for_today() -> None:
    """The event starts at its full size and is gone by its second half, or the other way round."""
    eve = PEAK - timedelta(days=1)
    calendar = calendar_of(eve, 60)
    full, none = seen(eve, 1.0), seen(eve, 0.0)
    late = np.arange(60) <= 5
    grows = replace(full, log_factor=np.where(late, full.log_factor, none.log_factor))
    fades = replace(full, log_factor=np.where(late, none.log_factor, full.log_factor))
    assert size_of_today(calendar, grows) > size_of_past(calendar, grows)
    assert size_of_today(calendar, fades) < size_of_past(calendar, fades)


def test_scaled_events_keep_their_days() -> None:
    calendar = calendar_of(PEAK, 30)
    half = calendar.scaled(0.5)
    np.testing.assert_allclose(half.rivals, 0.5 * calendar.rivals)
    np.testing.assert_array_equal(half.ordinary, calendar.ordinary)


def test_a_shop_with_nothing_but_event_days_takes_them_as_ordinary() -> None:
    calendar = calendar_of(PEAK, 30)
    new = calendar.as_seen(np.arange(1, 11))
    assert new.ordinary[1:].all()
    assert not new.demand[1:].any()
    assert (new.demand[0], new.ordinary[0]) == (calendar.demand[0], False)
    assert calendar.as_seen(np.arange(1, 12)) is calendar
    assert calendar.as_seen(np.zeros(0, dtype=np.int64)) is calendar


def test_a_shop_that_opened_during_an_event_learns_from_it(facts_of: FactsOf) -> None:
    day = {"impressions": 1e4, "clicks": 500.0, "cost": 500.0, "conversions": 50.0, "revenue": 5000.0}
    assert not calendar_of(AS_OF, 30).ordinary[[10, 11, 12]].any()
    evidence = gather(
        facts_of([{**day, "age": age, "bid": 1.2} for age in (10, 11, 12)]), AS_OF, EvidenceSettings()
    )
    assert evidence.cvr.mean[0] == pytest.approx(0.1, rel=0.15)
    assert evidence.response.clicks[0] == pytest.approx(500.0, rel=0.2)
