"""In which order buyers put words: of these two, of this word, or of words with its role, whatever was seen enough."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise

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


SIDE_BY_SIDE = 0.5
"""Search terms that two words side by side in one title tell as much of. Measured in experiment 006."""


@dataclass(frozen=True)
class BuyersOrder:
    """Where words stand in search terms: 0 at the beginning, 1 at the end.

    Args:
        of_word: by word.
        of_role: by role.
        seen: times that the first of two words stood before the second.
    """

    of_word: Mapping[str, float] = field(default_factory=dict, repr=False)
    of_role: Mapping[Role, float] = field(default_factory=dict)
    seen: Mapping[tuple[str, str], float] = field(default_factory=dict, repr=False)

    def sort(self, words: Iterable[str], language: Language) -> tuple[str, ...]:
        """Words as buyers would type them: those first that stand before most of the others."""
        some = tuple(words)
        places = {word: self._place(word, language) for word in some}

        def goes_before(word: str) -> float:
            return sum(self._before(word, other, places) for other in some if other != word)

        return tuple(sorted(some, key=lambda word: (-goes_before(word), places[word], word)))

    def _before(self, one: str, other: str, places: Mapping[str, float]) -> float:
        """Chance that a word stands before another: as seen, and as a single term of two such words would have it."""
        before, behind = self.seen.get((one, other), 0.0), self.seen.get((other, one), 0.0)
        usual = (1 + places[other] - places[one]) / 2
        return (before + usual) / (before + behind + 1)

    def _place(self, word: str, language: Language) -> float:
        known = self.of_word.get(word)
        role = language.roles.role_of(word).role
        return self.of_role.get(role, _usual(role)) if known is None else known


def buyers_order(
    terms: Iterable[Sequence[str]], language: Language, titles: Iterable[Sequence[str]] = ()
) -> BuyersOrder:
    """Learn the order of words.

    Args:
        terms: words of each search term.
        language: knows the roles of words.
        titles: words of each title; they tell of words side by side only.
    """
    words: dict[str, tuple[float, int]] = defaultdict(lambda: (0.0, 0))
    seen: dict[tuple[str, str], float] = defaultdict(float)
    for term in terms:
        for place, word in enumerate(term):
            if len(term) > 1:
                total, count = words[word]
                words[word] = total + place / (len(term) - 1), count + 1
        for pair in set(combinations(term, 2)):
            seen[pair] += 1.0
    for title in titles:
        for pair in pairwise(title):
            seen[pair] += SIDE_BY_SIDE
    role_of = {word: language.roles.role_of(word).role for word in words}
    sums: dict[Role, tuple[float, int]] = defaultdict(lambda: (0.0, 0))
    for word, (total, count) in words.items():
        before = sums[role_of[word]]
        sums[role_of[word]] = before[0] + total, before[1] + count
    of_role = {role: _shrunk(*sums[role], _usual(role)) for role in sorted(sums)}
    of_word = {word: _shrunk(*told, of_role[role_of[word]]) for word, told in words.items()}
    return BuyersOrder(of_word, of_role, dict(seen))


def _usual(role: Role) -> float:
    return USUAL.index(role) / (len(USUAL) - 1) if role in USUAL else 0.5


def _shrunk(total: float, seen: int, before: float) -> float:
    return (total + ENOUGH * before) / (seen + ENOUGH)
