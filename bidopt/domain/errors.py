"""Errors a user can act on: what happened, where, why, and what to do.

BidoptError
├── SettingsError     shop.yaml is wrong (names line and column)
├── UsageError        what a command was asked for does not exist or makes no sense
├── ReportError       an export cannot be read; the file goes to quarantine
├── SchemaError       a table breaks its contract: a fault in bidopt or a plug-in
├── StoppedError      a guard, a halt or a data check forbids publishing
└── LockedError       another run of the same shop is under way
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class BidoptError(Exception):
    """An expected failure.

    Args:
        message: what happened and where, with the value in question.
        hint: what the user can do about it; may be empty.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class SettingsError(BidoptError):
    """The shop's settings cannot be used."""


class UsageError(BidoptError):
    """What a command was asked for does not exist or makes no sense."""


class ReportError(BidoptError):
    """An exported report cannot be read, or contradicts itself."""


class SchemaError(BidoptError):
    """A table does not keep the contract of its schema."""


class StoppedError(BidoptError):
    """Publishing is forbidden: a data check, a guard or a halt stands in the way."""


class LockedError(BidoptError):
    """Another process is working on this shop."""


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.5) -> str | None:
    """The known word most like `word`, or None when nothing is near."""
    matches = get_close_matches(word, list(known), n=1, cutoff=cutoff)
    return matches[0] if matches else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint sentence naming the nearest known word; empty when nothing is near."""
    match = nearest(word, known)
    return f"是不是想写 {match}？" if match else ""
