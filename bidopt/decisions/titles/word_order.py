"""Puts the words of a new title in order: old words keep theirs, new ones go where buyers and titles put them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from bidopt.decisions.titles.best_words import Choice, Words
from bidopt.decisions.titles.market_demand import TitleMarket
from bidopt.decisions.titles.title_parts import Fate, Part
from bidopt.text.roles import Role

ORDER = {
    Role.BRAND: 0,
    Role.SEASON: 1,
    Role.OCCASION: 2,
    Role.AUDIENCE: 2,
    Role.STYLE: 3,
    Role.ORIGIN: 3,
    Role.MATERIAL: 3,
    Role.ATTRIBUTE: 3,
    Role.FUNCTION: 4,
    Role.CATEGORY: 5,
    Role.MODEL: 5,
    Role.SPEC: 6,
}
"""Where words of a role stand in a title, from its head to its end."""

JOINED = "+-/*&·x×"


PRIOR = 3.0
"""Times that the role of a word counts for what may follow it."""

TOGETHER = 2.0
"""What it is worth, in logarithms, that a word stands where all searches with it put it: core combinations stay whole."""

OUT_OF_ORDER = 0.2
"""What each word on the wrong side costs, in logarithms."""


@dataclass(frozen=True)
class Habit:
    """How buyers and titles put words side by side: pairs of words, and of roles where words are rare.

    Args:
        searched: (word, next word) -> value of the searches that say so.
        market: how titles do.
    """

    searched: Mapping[tuple[str, str], float]
    market: TitleMarket

    def likes(self, left: str, right: str) -> float:
        """Log of the chance that a word follows another in a title, more where buyers type them so; "" is the edge."""
        market = self.market
        role, after = self._role(left), self._role(right)
        by_role = (self._role_pairs[role, after] + 1) / (self._role_firsts[role] + len(Role))
        share = (market.uses.get(right, 0) + 1) / (self._role_uses[after] + 1)
        chance = (market.pairs.get((left, right), 0) + PRIOR * by_role * min(share, 1.0)) / (
            market.uses.get(left, 0) + PRIOR
        )
        whole = max(market.demand_of.get(left, 0.0), market.demand_of.get(right, 0.0))
        return math.log(chance) + (
            TOGETHER * min(self.searched.get((left, right), 0.0) / whole, 1.0) if whole else 0.0
        )

    def _role(self, word: str) -> Role | None:
        return self.market.roles.role_of(word).role if word else None

    @cached_property
    def _role_pairs(self) -> Counter[tuple[Role | None, Role | None]]:
        found: Counter[tuple[Role | None, Role | None]] = Counter()
        for (left, right), times in self.market.pairs.items():
            found[self._role(left), self._role(right)] += times
        return found

    @cached_property
    def _role_firsts(self) -> Counter[Role | None]:
        found: Counter[Role | None] = Counter()
        for (left, _), times in self._role_pairs.items():
            found[left] += times
        return found

    @cached_property
    def _role_uses(self) -> Counter[Role | None]:
        found: Counter[Role | None] = Counter()
        for word, times in self.market.uses.items():
            found[self._role(word)] += times
        return found


def habit_of(market: TitleMarket) -> Habit:
    """The habits of a market."""
    searched: dict[tuple[str, str], float] = {}
    for query in market.queries:
        for pair in pairwise(query.words):
            searched[pair] = searched.get(pair, 0.0) + query.value
    return Habit(searched, market)


def arrange(words: Words, choice: Choice, habit: Habit, opening: AbstractSet[str] = frozenset()) -> str:
    """The new title.

    Args:
        words: all that it could have.
        choice: what it has.
        habit: which words belong together.
        opening: folded names of the brand, where the platform wants it first.
    """
    line = [part for at, part in enumerate(words.parts) if at in choice.kept]
    line = _without_empty_brackets(line)
    for word in sorted(choice.gained, key=lambda w: (-habit.market.demand_of.get(w, 0), w)):
        new = _part(word, habit)
        place = max(range(len(line) + 1), key=lambda at: (_fit(line, at, new, habit), -at))
        line.insert(place, new)
    return _joined(_brand_first(line, opening))


def fit_of(word: str, parts: Sequence[Part], habit: Habit) -> float:
    """How well a word stands at its best place in a title: the change of the title's log chance."""
    line, new = list(parts), _part(word, habit)
    return max(_fit(line, at, new, habit) for at in range(len(line) + 1))


def own_fit(parts: Sequence[Part], habit: Habit) -> float:
    """How well the words of a title stand in it, on average: a new one that fits as well leaves it as likely."""
    line = ["", *(part.folded for part in parts), ""]
    return sum(habit.likes(left, right) for left, right in pairwise(line)) / (len(line) - 1)


def _part(word: str, habit: Habit) -> Part:
    return Part(word, word, habit.market.roles.role_of(word).role, Fate.FREE, "")


def _fit(line: list[Part], at: int, new: Part, habit: Habit) -> float:
    """How well a word stands before place `at`."""
    if _closed(line, at):
        return -math.inf
    left = line[at - 1].folded if at else ""
    right = line[at].folded if at < len(line) else ""
    score = habit.likes(left, new.folded) + habit.likes(new.folded, right) - habit.likes(left, right)
    if habit.market.bound(left, right):
        score -= 20
    rank = ORDER.get(new.role, 3)
    behind = sum(ORDER.get(part.role, rank) > rank for part in line[:at])
    ahead = sum(ORDER.get(part.role, rank) < rank for part in line[at:])
    return score - OUT_OF_ORDER * (behind + ahead)


def _closed(line: list[Part], at: int) -> bool:
    """Whether nothing may be put before place `at`: inside brackets, beside a joining sign, before the brand."""
    depth = sum((part.folded == "(") - (part.folded == ")") for part in line[:at])
    if depth > 0:
        return True
    left = line[at - 1] if at else None
    right = line[at] if at < len(line) else None
    if any(part is not None and part.folded in JOINED for part in (left, right)):
        return True
    if right is not None and (right.role is Role.BRAND or (len(right.folded) == 1 and not right.gap)):
        return True
    return left is None or (len(left.folded) == 1 and left.role is not Role.MARK)


def _brand_first(line: list[Part], names: AbstractSet[str]) -> list[Part]:
    """The line with the brand at its head; a brand in brackets stays with what it explains."""
    at = next((at for at, part in enumerate(line) if part.folded in names), 0)
    opened = sum((part.folded == "(") - (part.folded == ")") for part in line[:at])
    explained = at + 1 < len(line) and line[at + 1].folded in {"(", *JOINED}
    if at == 0 or opened or explained or line[at - 1].folded in JOINED:
        return line
    brand, rest = line[at], [*line[:at], *line[at + 1 :]]
    return [replace(brand, gap=""), *rest]


def _without_empty_brackets(line: list[Part]) -> list[Part]:
    """The line without brackets around nothing."""
    kept: list[Part] = []
    for part in line:
        if part.folded == ")" and kept and kept[-1].folded == "(":
            kept.pop()
        else:
            kept.append(part)
    return kept


def _joined(line: list[Part]) -> str:
    """The text; one space between Latin words, others as they stood."""
    text = ""
    for part in line:
        latin = bool(text) and text[-1].isascii() and text[-1].isalnum() and part.text[0].isascii()
        if part.gap or (latin and part.text[0].isalnum() and not _was_one(text, part)):
            text += " "
        text += part.text
    return text.strip()


def _was_one(text: str, part: Part) -> bool:
    """Whether the part followed its neighbour without a space before, as 12v33ah."""
    return part.gap == "" and any(c.isdigit() for c in text[-1:] + part.text[:1])
