"""Marks a setting that is worth tuning, with the range in which a better value may lie."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tunable:
    """Put beside a field's type: `caution: Annotated[float, Tunable(0.0, 2.0)] = Field(...)`.

    A range is narrower than what the field accepts: what a sensible operator would try. Limits that an operator sets
    for safety carry none, or tuning would find that less safety pays.

    Args:
        low, high: of the values tried, both included.
        log: whether values matter by their ratio rather than by their difference; `low` is then positive.
    """

    low: float
    high: float
    log: bool = False
