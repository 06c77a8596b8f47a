"""Cuts titles, keywords and search terms into words, keeping the original characters.

A scanner of our own finds what a dictionary cannot list (1.5m, h7, 304不锈钢, 3-6岁, T恤); runs of Chinese characters are
cut by a dictionary that knows the shop's words (`lexicon.py`).
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from bidopt.text.dictionary import HAN, Cutter
from bidopt.text.normalize import fold, is_plain
from bidopt.text.word_lists import word_list

_CHINESE = re.compile(f"([{HAN}]+)")
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_UNIT = "(?:[kmcd]?m|[km]?g|m?l|k?w|k?v|m?a|m?ah|[kmg]?hz|[kmgt]b)"
_OTHERS = re.compile(
    rf"{_NUMBER}(?i:{_UNIT})(?={_NUMBER}(?i:{_UNIT})?(?![a-zA-Z0-9]))"  # 12v before 33ah
    rf"|{_NUMBER}(?:[-~*x]{_NUMBER})*(?![a-zA-Z0-9]|[.\-*][a-zA-Z0-9])"  # a number, a range, a size; a letter or digit
    r"|[^\W_]+(?:[.\-*][^\W_]+)*"  # that follows makes it a code or a unit
    r"|\S"
)
_POWERS = frozenset("百千万亿")
_PACKED = frozenset("装入")
_LONGEST_TAIL = 4  # Chinese characters at the end of a mixed word


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
        return frozenset(_CHINESE.split(word)[0] for word in self.mixed)

    def cut(self, text: str) -> list[str]:
        """The words and signs of `text` as they stand there: all but its white space."""
        if is_plain(text):
            return self._pieces(text)
        folded = fold(text)
        words: list[str] = []
        end = 0
        for piece in self._pieces(folded):
            start = folded.index(piece, end)
            if start > end:
                words += text[end:start].split()  # what folds to a space may be a picture
            end = start + len(piece)
            words.append(text[start:end])
        return words + text[end:].split()

    def _pieces(self, text: str) -> list[str]:
        """The words and signs of a text that is plain or folded."""
        parts = _CHINESE.split(text)  # others and Chinese characters in turn
        cut = self.cutter.cut
        pieces = _OTHERS.findall(parts[0])
        for at in range(1, len(parts), 2):
            run, before = parts[at], parts[at - 1]
            if before and before[-1].isalnum() and (before[-1].isdigit() or pieces[-1].lower() in self.heads):
                pieces += self._after_latin(pieces.pop(), run)
            elif len(run) > 1:
                pieces += cut(run)
            else:
                pieces.append(run)
            if parts[at + 1]:
                pieces += _OTHERS.findall(parts[at + 1])
        return pieces

    def _after_latin(self, latin: str, run: str) -> list[str]:
        """Words of a Latin run or number and of the Chinese characters that follow it without a space."""
        latin_folded = latin.lower()
        if latin_folded in self.heads:
            for length in range(min(len(run), _LONGEST_TAIL), 0, -1):
                if latin_folded + run[:length] in self.mixed:
                    return [latin + run[:length], *(self.cutter.cut(run[length:]) if run[length:] else ())]
        words = self.cutter.cut(run)
        if not latin[-1].isdigit() or words[0] not in self.units:
            return [latin, *words]
        taken = 1
        if words[0] in _POWERS and words[1:2] and words[1] in self.units:
            taken = 2
        if words[taken : taken + 1] and words[taken] in _PACKED:
            taken += 1
        return [latin + "".join(words[:taken]), *words[taken:]]
