"""A finding about the data: what is wrong, how many rows, and a few of them to look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["info", "warn", "block"]


@dataclass(frozen=True)
class DataIssue:
    """One finding of a health check.

    Args:
        code: stable ASCII name of the check.
        severity: info (for the record), warn (look at it) or block (nothing may be published).
        zh: what, where and what to do, in Chinese.
        en: the same in English.
        count: rows, days or files concerned.
        sample: up to five rows as text, worst first.
    """

    code: str
    severity: Severity
    zh: str
    en: str
    count: int
    sample: tuple[str, ...] = field(default=())
