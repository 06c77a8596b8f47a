"""Builds long tails outwards from the category word, only of roots that buyers or titles put together."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from bidopt.decisions.expansion.buyers_order import USUAL, BuyersOrder
from bidopt.decisions.expansion.product_claims import SURE, Product
from bidopt.text.language import Language
from bidopt.text.roles import Role, RoleOf
from bidopt.text.word_order import without_order

LEAST_NPMI = -0.1
"""Association from which two roots belong together: not surely less often than by chance. In a market of one category,
whose word stands in nearly every text, what belongs to it has none above 0."""

UNSEEN = 0.5
"""Searches of a category word with a root that were not seen, as a share of the category's: this times the geometric
middle of the root's share of all searches and its share of the category's titles. Measured in experiment 006."""

MOST_PARTS = 3
"""Category word and roots of one combination."""

TOGETHER = 0.25
"""Searches that name two roots beside the category word, as a share of what there would be if roots came independently
of each other: buyers type few words. Measured in experiment 006."""

_DESCRIBE = frozenset({Role.AUDIENCE, Role.SEASON, Role.MATERIAL, Role.ATTRIBUTE, Role.STYLE})
"""Roles of single characters that buyers add to any thing (男, 冬, 棉, 大); the others are mostly ends of longer words
(霜 of 面霜). Measured in experiment 006."""

Combination = tuple[tuple[str, ...], float]
"""Words in a buyer's order, and their expected search volume."""


@dataclass(frozen=True)
class Company:
    """Which words keep company, in titles and search terms alike.

    A key is a single word or a sorted pair.

    Args:
        texts: number of texts.
        held: texts that hold the key.
        titled: titles that hold it.
        searched: search volume of the terms that hold it.
        least: volume of the search term that is searched least: one that is not listed is searched less.
        total: volume of all search terms.
    """

    texts: int
    held: Mapping[tuple[str, ...], int] = field(repr=False)
    titled: Mapping[tuple[str, ...], int] = field(repr=False)
    searched: Mapping[tuple[str, ...], float] = field(repr=False)
    least: float
    total: float

    def npmi(self, one: str, other: str) -> float:
        """Normalised pointwise mutual information, from -1 (never together) to 1 (always)."""
        both = self.held.get(_pair(one, other), 0)
        if both == 0:
            return -1.0
        if both >= self.texts:
            return 0.0
        apart = self.held[(one,)] * self.held[(other,)]
        return math.log(both * self.texts / apart) / -math.log(both / self.texts)

    def typed(self, one: str, other: str) -> bool:
        """Whether buyers typed both in one term."""
        return _pair(one, other) in self.searched

    def belong(self, one: str, other: str) -> bool:
        """Whether two words may be combined: buyers did, or titles do."""
        return self.typed(one, other) or self.npmi(one, other) >= LEAST_NPMI

    def volume(self, core: str, roots: Sequence[str]) -> float:
        """Searches of a category word with all of the roots.

        Less than of any two of the words, and less than of the least listed term: it would be listed too.
        """
        of_core = self.searched.get((core,), 0.0)
        if of_core <= 0:
            return 0.0
        share = math.prod(min(self.with_root(core, root) / of_core, 1.0) for root in roots)
        pairs = (self._of_pair(*pair) for pair in combinations(roots, 2))
        searches = TOGETHER ** (len(roots) - 1) * min(of_core * share, *pairs, of_core)
        return searches * self.least / (searches + self.least) if searches > 0 else 0.0

    def with_root(self, core: str, root: str) -> float:
        """Searches that name both: those seen, and those that are to be expected beside them."""
        titles = max(self.titled.get((core,), 0), 1)
        titled = self.titled.get(_pair(core, root), 0) / titles
        searched = (self.searched.get((root,), 0.0) + self.least) / (self.total + self.least)
        unseen = UNSEEN * self.searched.get((core,), 0.0) * math.sqrt(searched * titled)
        return self.searched.get(_pair(core, root), 0.0) + unseen

    def _of_pair(self, one: str, other: str) -> float:
        """Searches of two words: those seen, and those that would be if words met by chance."""
        by_chance = self.searched.get((one,), 0.0) * self.searched.get((other,), 0.0) / self.total
        return self.searched.get(_pair(one, other), 0.0) + by_chance


def company(terms: Iterable[tuple[Sequence[str], float]], titles: Iterable[Sequence[str]]) -> Company:
    """Count which words keep company.

    Args:
        terms: words of each search term, and its volume, above 0.
        titles: words of each title.
    """
    held: Counter[tuple[str, ...]] = Counter()
    titled: Counter[tuple[str, ...]] = Counter()
    searched: dict[tuple[str, ...], float] = {}
    texts, volumes = 0, []
    for title in titles:
        texts += 1
        titled.update(_keys(title))
    for words, volume in terms:
        volumes.append(volume)
        for key in _keys(words):
            held[key] += 1
            searched[key] = searched.get(key, 0.0) + volume
    held.update(titled)
    return Company(texts + len(volumes), held, titled, searched, min(volumes, default=0.0), sum(volumes))


def combine(
    product: Product, known: Company, order: BuyersOrder, language: Language, most: int
) -> list[Combination]:
    """The combinations for a product that are searched most, each set of words once.

    Only roots of the product's own title, brand and category are used, so that nothing is claimed that they do not.
    """
    roots = [word for word in product.words if _role(word, language).role in USUAL and product.supports(word)]
    found: dict[tuple[str, ...], Combination] = {}
    for core in sorted(word for word in product.categories if known.searched.get((word,), 0.0) > 0):
        near = [
            root
            for root in roots
            if not _same_say(root, core)
            and known.belong(core, root)
            and (known.typed(core, root) or _is_whole(root, language))
        ]
        near.sort(key=lambda root: (-known.with_root(core, root), root))
        whole = [root for root in near if _is_whole(root, language)]
        for size in range(1, MOST_PARTS):
            some = (
                near if size == 1 else whole
            )  # what only ends a word (子 of 被子) goes with that word alone
            for chosen in combinations(some[:most], size):  # none has more searches than its rarest pair
                if any(not known.belong(*pair) or _same_say(*pair) for pair in combinations(chosen, 2)):
                    continue
                words = order.sort((*chosen, core), language)
                found.setdefault(without_order(words), (words, known.volume(core, chosen)))
    return sorted(found.values(), key=lambda combination: (-combination[1], combination[0]))[:most]


def _is_whole(word: str, language: Language) -> bool:
    """Whether a word says something by itself; of single characters only those that surely describe a thing."""
    of_word = _role(word, language)
    return len(word) > 1 or (of_word.role in _DESCRIBE and of_word.confidence >= SURE)


def _role(word: str, language: Language) -> RoleOf:
    return language.roles.role_of(word)


def _same_say(one: str, other: str) -> bool:
    return one in other or other in one


def _keys(words: Sequence[str]) -> list[tuple[str, ...]]:
    alone = sorted(set(words))
    return [*((word,) for word in alone), *combinations(alone, 2)]


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)
