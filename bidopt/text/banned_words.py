"""Finds words in titles that the advertising law or platforms refuse, with the reason.

A find must begin and end where words of the title do, and lie outside of longer texts that mean something else: 第一 is
found, 第一章 is not; 正品 is found, the end of 纯正 and the start of 品味 are not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import accumulate

from bidopt.text.normalize import fold


class Tier(StrEnum):
    """How bad a word is."""

    BANNED = "banned"
    PROOF = "proof"
    CATEGORY = "category"


@dataclass(frozen=True)
class BannedRule:
    """One reason to refuse words.

    Args:
        code: stable name.
        tier: how bad.
        zh: the reason in Chinese.
        en: the reason in English.
        words: texts that are refused, folded.
        patterns: regular expressions of texts that are refused.
        unless: regular expressions; a find inside one of their matches is left alone.
        fine_in: parts of names of categories in which the words are ordinary.
    """

    code: str
    tier: Tier
    zh: str
    en: str
    words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    fine_in: tuple[str, ...] = ()

    @cached_property
    def refused(self) -> re.Pattern[str]:
        """All that is refused, longest words first."""
        words = sorted(map(re.escape, self.words), key=len, reverse=True)
        return re.compile("|".join([*self.patterns, *words]))

    @cached_property
    def allowed(self) -> re.Pattern[str] | None:
        """All that is left alone."""
        return re.compile("|".join(self.unless)) if self.unless else None


@dataclass(frozen=True)
class Flag:
    """A refused word in a title.

    Args:
        text: as it stands there.
        start: its place in the title.
        end: the place after it.
        rule: why.
    """

    text: str
    start: int
    end: int
    rule: BannedRule


@dataclass(frozen=True)
class BannedWords:
    """All rules; they are asked in their order, and a place is flagged once.

    Args:
        rules: worst first.
    """

    rules: tuple[BannedRule, ...]

    def find(self, title: str, words: Sequence[str] = (), category: str = "") -> list[Flag]:
        """What is refused in a title, in its order.

        Args:
            title: as it stands.
            words: the words it is cut into, in their order, without white space; none: any place counts.
            category: of the product; "" if not known.
        """
        folded = fold(title)
        edges = word_places(title, words)
        flags: list[Flag] = []
        for rule in self.rules:
            if any(part in category for part in rule.fine_in):
                continue
            for found in rule.refused.finditer(folded):
                start, end = found.span()
                known = any(start < flag.end and flag.start < end for flag in flags)
                if (
                    not known
                    and _is_word(start, end, edges)
                    and not _inside(rule.allowed, folded, start, end)
                ):
                    flags.append(Flag(title[start:end], start, end, rule))
        return sorted(flags, key=lambda flag: flag.start)


def word_places(title: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Start and end of each word of a title."""
    ends = accumulate(words, lambda at, word: title.index(word, at) + len(word), initial=0)
    return [(end - len(word), end) for word, end in zip(words, list(ends)[1:], strict=True)]


def _is_word(start: int, end: int, words: Sequence[tuple[int, int]]) -> bool:
    """Whether no word of the title is cut by a place that reaches beyond it."""
    return not any((first < start < last < end) or (start < first < end < last) for first, last in words)


def _inside(allowed: re.Pattern[str] | None, text: str, start: int, end: int) -> bool:
    if allowed is None:
        return False
    return any(found.start() <= start and end <= found.end() for found in allowed.finditer(text))
