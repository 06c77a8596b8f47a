"""Says what part each word of a title plays: category, brand, function, material ..."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bidopt.text.normalize import fold


class Role(StrEnum):
    """What a word does in a title."""

    SPEC = "spec"
    MODEL = "model"
    OTHER = "other"
    MARK = "mark"


@dataclass(frozen=True)
class RoleOf:
    """The role of a word and how sure it is, between 0 and 1."""

    role: Role
    confidence: float


_SHAPES = (
    (re.compile(r"[^\w]+"), Role.MARK),
    (re.compile(r"[0-9].*[a-z\u4e00-\u9fd5]"), Role.SPEC),
    (re.compile(r"(?=.*[0-9])(?=.*[a-z])[a-z0-9.\-*]+"), Role.MODEL),
)


def roles_of(words: list[str]) -> list[RoleOf]:
    """Roles of the words of a title."""
    return [_by_shape(fold(word)) for word in words]


def _by_shape(word: str) -> RoleOf:
    for shape, role in _SHAPES:
        if shape.fullmatch(word):
            return RoleOf(role, 1.0)
    return RoleOf(Role.OTHER, 0.0)
