"""In which order buyers put words: learned from what they type, by the role of a word where it was hardly seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bidopt.text.language import Language
from bidopt.text.roles import Role

USUAL = (
    Role.BRAND,
    Role.ORIGIN,
    Role.SEASON,
    Role.OCCASION,
    Role.AUDIENCE,
    Role.FUNCTION,
    Role.STYLE,
    Role.MATERIAL,
    Role.ATTRIBUTE,
    Role.CATEGORY,
    Role.MODEL,
    Role.SPEC,
    Role.FILLER,
)
"""Before anything was typed: whose and from where, when, for whom, what it does, how it is, what it is, how much."""

ENOUGH = 4.0
"""Terms with a role, or with a word, that tell as much of its place as what was held before."""


@dataclass(frozen=True)
class BuyersOrder:
    """Where words stand in search terms: 0 at the beginning, 1 at the end.

    Args:
        of_word: by word.
        of_role: by role.
    """

    of_word: Mapping[str, float] = field(default_factory=dict, repr=False)
    of_role: Mapping[Role, float] = field(default_factory=dict)

    def sort(self, words: Iterable[str], language: Language) -> tuple[str, ...]:
        """Words as buyers would type them."""
        return tuple(sorted(words, key=lambda word: (self._place(word, language), word)))

    def _place(self, word: str, language: Language) -> float:
        known = self.of_word.get(word)
        role = language.roles.role_of(word).role
        return self.of_role.get(role, _usual(role)) if known is None else known


def buyers_order(terms: Iterable[Sequence[str]], language: Language) -> BuyersOrder:
    """Learn the order of search terms, each given as its words."""
    words: dict[str, tuple[float, int]] = defaultdict(lambda: (0.0, 0))
    for term in terms:
        for place, word in enumerate(term):
            if len(term) > 1:
                total, seen = words[word]
                words[word] = total + place / (len(term) - 1), seen + 1
    role_of = {word: language.roles.role_of(word).role for word in words}
    sums: dict[Role, tuple[float, int]] = defaultdict(lambda: (0.0, 0))
    for word, (total, seen) in words.items():
        before = sums[role_of[word]]
        sums[role_of[word]] = before[0] + total, before[1] + seen
    of_role = {role: _shrunk(*sums[role], _usual(role)) for role in sorted(sums)}
    of_word = {word: _shrunk(*told, of_role[role_of[word]]) for word, told in words.items()}
    return BuyersOrder(of_word, of_role)


def _usual(role: Role) -> float:
    return USUAL.index(role) / (len(USUAL) - 1) if role in USUAL else 0.5


def _shrunk(total: float, seen: int, before: float) -> float:
    return (total + ENOUGH * before) / (seen + ENOUGH)
