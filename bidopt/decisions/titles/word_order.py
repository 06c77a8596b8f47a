"""Puts the words of a new title in order: old words keep theirs, new ones go where buyers and titles put them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from bidopt.decisions.titles.best_words import Choice, Words
from bidopt.decisions.titles.market_demand import TitleMarket
from bidopt.decisions.titles.title_parts import Part
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


@dataclass(frozen=True)
class Habit:
    """How buyers and titles put words side by side.

    Args:
        searched: (word, next word) -> value of the searches that say so.
        market: how titles do.
    """

    searched: Mapping[tuple[str, str], float]
    market: TitleMarket

    def likes(self, left: str, right: str) -> float:
        """How well two words stand side by side."""
        titles = math.log1p(self.market.pairs.get((left, right), 0))
        return titles + 2 * math.log1p(self.searched.get((left, right), 0.0))


def habit_of(market: TitleMarket) -> Habit:
    """The habits of a market."""
    searched: dict[tuple[str, str], float] = {}
    for query in market.queries:
        for pair in pairwise(query.words):
            searched[pair] = searched.get(pair, 0.0) + query.value
    return Habit(searched, market)


def arrange(words: Words, choice: Choice, habit: Habit) -> str:
    """The new title.

    Args:
        words: all that it could have.
        choice: what it has.
        habit: which words belong together.
    """
    line = [part for at, part in enumerate(words.parts) if at in choice.kept]
    line = _without_empty_brackets(line)
    for word in sorted(choice.gained, key=lambda w: (-habit.market.demand_of.get(w, 0), w)):
        role = habit.market.roles.role_of(word).role
        new = Part(word, word, role, words.parts[0].fate, "")
        place = max(range(len(line) + 1), key=lambda at: (_fit(line, at, new, habit), -at))
        line.insert(place, new)
    return _joined(line)


def _fit(line: list[Part], at: int, new: Part, habit: Habit) -> float:
    """How well a word stands before place `at`."""
    left = line[at - 1] if at else None
    right = line[at] if at < len(line) else None
    if _closed(line, at):
        return -math.inf
    score = 0.0
    if left:
        score += habit.likes(left.folded, new.folded)
    if right:
        score += habit.likes(new.folded, right.folded)
    if left and right and not right.gap:
        score -= habit.likes(left.folded, right.folded)
        if habit.market.bound(left.folded, right.folded):
            score -= 20
    rank = ORDER.get(new.role, 3)
    score -= sum(ORDER.get(part.role, rank) > rank for part in line[:at])
    score -= sum(ORDER.get(part.role, rank) < rank for part in line[at:])
    return score


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
