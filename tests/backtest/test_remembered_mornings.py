"""Remembered mornings are asked of the history once, as long as there is room for them."""

from __future__ import annotations

from datetime import date

import pytest

from bidopt.backtest.remembered_mornings import RememberedMornings
from bidopt.facts.fact_tables import FactTables


class Counting:
    """A history that notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[date, int]] = []

    def known_on(self, day: date, window_days: int = 120) -> FactTables:
        self.asked.append((day, window_days))
        return FactTables.of()


MORNINGS = [(date(2026, 11, 20), 30), (date(2026, 11, 21), 30), (date(2026, 11, 21), 60)]


@pytest.mark.parametrize(("room", "times"), [(1 << 20, 1), (0, 2)])
def test_a_second_walk_asks_again_only_where_there_was_no_room(room: int, times: int) -> None:
    history = Counting()
    remembered = RememberedMornings(history, room)
    for _ in range(2):
        for day, window in MORNINGS:
            remembered.known_on(day, window)
    assert history.asked == MORNINGS * times
