"""What orders prove of a product besides its name: for whom it is, when it is used, for what occasion."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from bidopt.text.roles import Role, RoleOf

SURE = 0.8
"""Confidence in a role from which orders are believed."""

PROVEN_BY_ORDERS = frozenset({Role.AUDIENCE, Role.SEASON, Role.OCCASION})
"""Roles of words that hold if they sold: who buys it and when; what it is and does the product table must say."""

SEASONS, LONGEST_SEASON = frozenset("春夏秋冬"), 4
"""Signs of the seasons, and characters of the longest word that tells one; longer ones are names."""


def is_proven(word: str, role: RoleOf, said: AbstractSet[str]) -> bool:
    """Whether a word of a keyword that sold the product is true of it.

    Args:
        word: folded.
        role: of the word.
        said: folded words that the product's title, brand, category or attributes say.
    """
    known = role.role in PROVEN_BY_ORDERS and role.confidence >= SURE
    return known and (role.role is not Role.SEASON or in_season(word, said))


def in_season(word: str, said: AbstractSet[str]) -> bool:
    """Whether a word of a season is one of those that the title says the product is for, where it says any."""
    own = {sign for text in said if len(text) <= LONGEST_SEASON for sign in SEASONS & set(text)}
    return not own or own >= SEASONS & set(word)
