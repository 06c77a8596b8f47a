"""Cuts titles, keywords and search terms into words, keeping the original characters.

A scanner of our own finds what a dictionary cannot list (1.5m, h7, 304不锈钢, 3-6岁, T恤); runs of Chinese characters are
cut by a dictionary that knows the shop's words (`lexicon.py`). Many texts are cut at once: one pass of the scanner and one
call of the dictionary's program serve a thousand of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from bidopt.text.dictionary import HAN, Cutter
from bidopt.text.normalize import as_scanned, has_odd_characters
from bidopt.text.word_lists import word_list

_BLANK, _PLACE, _END = " ", "\t", "\n"
"""White space, what stands for the place of something that is not Chinese, and the end of a text."""

_DIGITS = r"[0-9]*+(?:\.[0-9]+)?"  # behind the first
_NUMBER = r"[0-9]++(?:\.[0-9]+)?"
_UNIT = "(?i:[kmcd]?m|[km]?g|m?l|k?w|k?v|m?a|m?ah|[kmg]?hz|[kmgt]b)"
_LETTER = rf"[^\W_{HAN}]"
_OTHERS = re.compile(
    rf"([^{_BLANK}{_END}{HAN}](?:"  # one set of characters in front lets the scanner run past all others
    r"(?<![0-9a-zA-Z\x80-\uff00\uff10-\U0010ffff])"  # a plain sign
    r"|(?<=[0-9])(?:[0-9]*+(?![a-zA-Z0-9.\-*~])"  # a plain number
    rf"|{_DIGITS}{_UNIT}(?={_NUMBER}{_UNIT}?(?![a-zA-Z0-9]))"  # 12v before 33ah
    rf"|{_DIGITS}(?:[-~*x]{_NUMBER})*(?![a-zA-Z0-9]|[.\-*][a-zA-Z0-9]))"  # a range, a size; a letter or digit
    rf"|(?<=[^\W_]){_LETTER}*+(?:[.\-*]{_LETTER}++)*"  # that follows makes it a code or a unit
    "|))"
)
_POWERS = frozenset("百千万亿")
_PACKED = frozenset("装入")
_LONGEST_TAIL = 4  # Chinese characters at the end of a mixed word
_AT_ONCE = 1_000
"""Texts that are cut by one call."""


@dataclass(frozen=True)
class Segmenter:
    """Cuts texts into words.

    Args:
        cutter: cuts runs of Chinese characters.
        mixed: words of Latin letters or digits followed by Chinese characters, folded.
        units: what belongs to the number before it.
    """

    cutter: Cutter
    mixed: AbstractSet[str] = frozenset(word_list("mixed"))
    units: AbstractSet[str] = frozenset(word_list("units"))

    @cached_property
    def heads(self) -> AbstractSet[str]:
        """What mixed words have before their Chinese characters."""
        return frozenset(re.split(f"[{HAN}]", word)[0] for word in self.mixed)

    @cached_property
    def tails(self) -> AbstractSet[str]:
        """Chinese characters that may belong to the Latin letters or the number before them."""
        begins = (re.search(f"[{HAN}]", word) for word in self.mixed)
        return frozenset(unit[0] for unit in self.units) | {found.group() for found in begins if found}

    def cut(self, text: str) -> list[str]:
        """The words and signs of `text` as they stand there: all but its white space."""
        return self.cut_all((text,))[0]

    def cut_all(self, texts: Sequence[str]) -> list[list[str]]:
        """`cut` of each text, and of many of them much faster than one by one."""
        rows: list[list[str]] = []
        for start in range(0, len(texts), _AT_ONCE):
            some = list(texts[start : start + _AT_ONCE])
            odd = [(place, text) for place, text in enumerate(some) if has_odd_characters(text)]
            for place, text in odd:
                some[place] = as_scanned(text)
            found = self._rows(_END.join(some) + _END)
            for place, text in odd:
                found[place] = _as_written(text, some[place], found[place])
            rows += found
        return rows

    def _rows(self, texts: str) -> list[list[str]]:
        """The words and signs of texts as they are scanned, each with its end behind it."""
        tails = self.tails
        parts = _OTHERS.split(texts)  # Chinese characters with white space, and others in turn
        others = iter(parts[1::2])
        rows: list[list[str]] = []
        row: list[str] = []
        at = (
            -1
        )  # place in the row of what is not Chinese, if only Chinese words without a space came after it
        for word in self.cutter.cut(_PLACE.join(parts[::2])):
            if word > _BLANK:
                row.append(word)
                continue
            if 0 <= at < len(row) - 1 and row[at + 1][0] in tails:
                self._join(row, at)
            at = -1
            if word == _PLACE:
                at = len(row)
                row.append(next(others))
            elif word == _END:
                rows.append(row)
                row = []
        return rows

    def _join(self, row: list[str], at: int) -> None:
        """Join what is not Chinese in a row and what belongs to it of the Chinese words behind it, all without a space."""
        latin = row[at].lower()
        if latin in self.heads:
            run = "".join(row[at + 1 :])
            for length in range(min(len(run), _LONGEST_TAIL), 0, -1):
                if latin + run[:length] in self.mixed:
                    row[at:] = [row[at] + run[:length], *self.cutter.cut(run[length:])]
                    return
        if not latin[-1].isdigit() or row[at + 1] not in self.units:
            return
        end = at + 2
        if row[at + 1] in _POWERS and row[end : end + 1] and row[end] in self.units:
            end += 1
        if row[end : end + 1] and row[end] in _PACKED:
            end += 1
        row[at:end] = ["".join(row[at:end])]


def _as_written(text: str, scanned: str, words: Sequence[str]) -> list[str]:
    """The words of a text as they stand in it, and what has no form to scan."""
    found: list[str] = []
    end = 0
    for word in words:
        start = scanned.index(word, end)
        if start > end:
            found += text[end:start].split()  # what folds to a space may be a picture
        end = start + len(word)
        found.append(text[start:end])
    return found + text[end:].split()
