"""A history that remembers its mornings, for searches that walk through the same ones again and again."""

from __future__ import annotations

from datetime import date

import pandas as pd

from bidopt.backtest.logged_days import FactHistory
from bidopt.facts.fact_tables import FactTables


class RememberedMornings:
    """Gives what the history gives, each morning asked of it once.

    Mornings are kept while there is room. None is let go for a newer one: whoever walks through the same mornings
    again and again would otherwise find none of them.

    Args:
        history: of the shop.
        room: bytes of memory that mornings may take.
    """

    def __init__(self, history: FactHistory, room: int = 1 << 30) -> None:
        self._history, self._room = history, room
        self._kept: dict[tuple[date, int], FactTables] = {}

    def known_on(self, day: date, window_days: int = 120) -> FactTables:
        """The facts known on the morning of `day`, of the `window_days` days before it."""
        kept = self._kept.get((day, window_days))
        if kept is not None:
            return kept
        facts = self._history.known_on(day, window_days)
        size = sum(_bytes(table) for table in vars(facts).values() if isinstance(table, pd.DataFrame))
        if size <= self._room:
            self._room -= size
            self._kept[day, window_days] = facts
        return facts


def _bytes(table: pd.DataFrame) -> int:
    return int(table.memory_usage().sum())
