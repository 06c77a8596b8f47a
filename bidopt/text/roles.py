"""The parts that words play in titles, and what their shape alone tells of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a word does in a title."""

    CATEGORY = "category"
    BRAND = "brand"
    FUNCTION = "function"
    MATERIAL = "material"
    ATTRIBUTE = "attribute"
    STYLE = "style"
    SPEC = "spec"
    MODEL = "model"
    AUDIENCE = "audience"
    SEASON = "season"
    OCCASION = "occasion"
    ORIGIN = "origin"
    FILLER = "filler"
    OTHER = "other"
    MARK = "mark"


class Owner(StrEnum):
    """Whose a brand is."""

    OWN = "own"
    RIVAL = "rival"
    UNKNOWN = ""


@dataclass(frozen=True)
class RoleOf:
    """The role of a word.

    Args:
        role: the likeliest.
        confidence: how likely, between 0 and 1.
        owner: whose brand; unknown for other words, and where the shop's brands are not known.
    """

    role: Role
    confidence: float
    owner: Owner = Owner.UNKNOWN


_SHAPES = (
    (re.compile(r"[\W_]+"), Role.MARK, 1.0),
    (re.compile(r"(19|20)[0-9]{2}年?"), Role.SEASON, 0.8),
    (re.compile(r"[0-9].*[岁月]龄?"), Role.AUDIENCE, 0.7),
    (re.compile(r"[0-9][0-9.\-~*x/]*([\u4e00-\u9fd5]+|[a-z]{1,3}|mah|inch|pcs)"), Role.SPEC, 0.9),
    (re.compile(r"[0-9.]+[a-z]*([x*\-][0-9.]+[a-z]*)+"), Role.SPEC, 0.9),
    (re.compile(r"[0-9.]+|[a-z]|x{1,4}l"), Role.SPEC, 0.4),  # a size, or the rest of a name
    (re.compile(r"(?=.*[0-9])[a-z0-9][a-z0-9.\-*]*"), Role.MODEL, 0.8),
)


def role_by_shape(word: str) -> RoleOf | None:
    """The role of a word of signs, numbers, units or codes; None for all others.

    Args:
        word: folded.
    """
    found = ((role, sure) for shape, role, sure in _SHAPES if shape.fullmatch(word))
    return next((RoleOf(role, sure) for role, sure in found), None)
