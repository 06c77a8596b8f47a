"""What a platform accepts as a title and how much of it may change, and how far each variant of a title goes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bidopt.text.widths import Counting, width


class Variant(StrEnum):
    """How far a new title goes."""

    SMALLEST = "smallest"
    BALANCED = "balanced"
    MOST_DEMAND = "most_demand"

    @property
    def chinese(self) -> str:
        """What an operator calls it."""
        return {"smallest": "最小改动", "balanced": "均衡", "most_demand": "最多搜索"}[self]


@dataclass(frozen=True)
class TitleRules:
    """Rules of one platform.

    Args:
        width: widest title.
        counting: how width is counted.
        most_repeats: how often one word may stand.
        brackets: whether brackets are accepted.
        most_new: width that new words may take in one change.
        new_days: days for which a newly launched product is left alone.
        cooldown_days: days between two changes of a title.
        brand_first: whether the brand opens the title.
    """

    width: int = 60
    counting: Counting = "half_width"
    most_repeats: int = 2
    brackets: bool = True
    most_new: int = 10
    new_days: int = 28
    cooldown_days: int = 7
    brand_first: bool = False

    def measure(self, text: str) -> int:
        """Width of a text as this platform counts."""
        return width(text, self.counting)
