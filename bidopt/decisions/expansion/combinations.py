"""Builds long tails outwards from the category word, only of roots that buyers or titles put together."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from bidopt.decisions.expansion.product_claims import Product
from bidopt.text.language import Language
from bidopt.text.roles import Role
from bidopt.text.word_order import without_order

LEAST_NPMI = 0.0
"""Association from which two roots are taken to belong together."""

MOST_PARTS = 3
"""Category word and roots of one combination."""

_ORDER = (
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
"""As buyers type: whose and from where, when, for whom, what it does, how it is, what it is, how much."""


@dataclass(frozen=True)
class Company:
    """Which words keep company, in titles and search terms alike.

    Args:
        texts: number of texts.
        alone: texts that hold a word.
        together: texts that hold both words of a sorted pair.
        searched: search volume of the terms that hold a word, and of those that hold both of a sorted pair.
        least: volume of the search term that is searched least: one that is not listed is searched less.
        total: volume of all search terms.
    """

    texts: int
    alone: Mapping[str, int]
    together: Mapping[tuple[str, str], int]
    searched: Mapping[tuple[str, ...], float]
    least: float
    total: float

    def npmi(self, one: str, other: str) -> float:
        """Normalised pointwise mutual information, from -1 (never together) to 1 (always)."""
        both = self.together.get(_pair(one, other), 0)
        if both == 0:
            return -1.0
        if both >= self.texts:
            return 0.0
        return math.log(both * self.texts / (self.alone[one] * self.alone[other])) / -math.log(
            both / self.texts
        )

    def belong(self, one: str, other: str) -> bool:
        """Whether two words may be combined."""
        return self.npmi(one, other) > LEAST_NPMI

    def volume(self, core: str, roots: Sequence[str]) -> float:
        """Searches of a category word with all of the roots, as if these came independently of each other.

        Less than of any two of the words, and less than of the least listed term: it would be listed too.
        """
        of_core = self.searched.get((core,), 0.0)
        if of_core <= 0:
            return 0.0
        share = math.prod(min(self._of_pair(core, root) / of_core, 1.0) for root in roots)
        pairs = (self._of_pair(*pair) for pair in combinations(roots, 2))
        searches = min(of_core * share, *pairs, of_core)
        return searches * self.least / (searches + self.least) if searches > 0 else 0.0

    def _of_pair(self, one: str, other: str) -> float:
        """Searches of two words: those seen, and those that would be if words met by chance."""
        by_chance = self.searched.get((one,), 0.0) * self.searched.get((other,), 0.0) / self.total
        return self.searched.get(_pair(one, other), 0.0) + by_chance


def company(terms: Iterable[tuple[Sequence[str], float]], titles: Iterable[Sequence[str]]) -> Company:
    """Count which words keep company.

    Args:
        terms: words of each search term, and its volume.
        titles: words of each title.
    """
    alone: Counter[str] = Counter()
    together: Counter[tuple[str, str]] = Counter()
    searched: dict[tuple[str, ...], float] = {}
    texts, volumes = 0, []
    for words, volume in [*terms, *((title, None) for title in titles)]:
        held = sorted(set(words))
        pairs = list(combinations(held, 2))
        texts += 1
        alone.update(held)
        together.update(pairs)
        if volume is not None:
            volumes.append(volume)
            for key in [*((word,) for word in held), *pairs]:
                searched[key] = searched.get(key, 0.0) + volume
    least = min((volume for volume in volumes if volume > 0), default=0.0)
    return Company(texts, alone, together, searched, least, sum(volumes))


def combine(product: Product, known: Company, language: Language) -> list[tuple[tuple[str, ...], float]]:
    """Combinations for a product: words in a buyer's order, and the volume expected; each set of words once.

    Only roots of the product's own title, brand and category are used, so that nothing is claimed that they do not.
    """
    roles = {word: language.roles.role_of(word).role for word in product.words}
    cores = sorted(word for word in product.categories if known.searched.get((word,), 0.0) > 0)
    roots = [w for w in product.words if roles[w] in _ORDER and len(w) > 1 and product.supports(w)]
    found: dict[tuple[str, ...], tuple[tuple[str, ...], float]] = {}
    for core in cores:
        near = [root for root in roots if not _same_say(root, core) and known.belong(core, root)]
        for size in range(1, MOST_PARTS):
            for chosen in combinations(near, size):
                if any(not known.belong(*pair) or _same_say(*pair) for pair in combinations(chosen, 2)):
                    continue
                words = _in_order((*chosen, core), {**roles, core: Role.CATEGORY})
                found.setdefault(without_order(words), (words, known.volume(core, chosen)))
    return list(found.values())


def _same_say(one: str, other: str) -> bool:
    return one in other or other in one


def _in_order(words: Sequence[str], roles: Mapping[str, Role]) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda word: _ORDER.index(roles[word])))


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)
