"""Cuts titles, keywords and search terms into words, keeping the original characters.

A scanner of our own finds what a dictionary cannot list (1.5m, h7, 304不锈钢, 3-6岁, T恤); runs of Chinese characters are
cut by a dictionary that knows the shop's words (`lexicon.py`).
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bidopt.text.dictionary import HAN, Cutter
from bidopt.text.normalize import fold
from bidopt.text.word_lists import word_list

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_RUNS = re.compile(
    rf"([{HAN}]+)"  # Chinese characters: group 1
    rf"|({_NUMBER}(?:[-~*x/]{_NUMBER})*(?![a-z0-9]|[.\-*][a-z0-9])"  # a number, a range, a size; a letter or
    rf"|[^\W_{HAN}]+(?:[.\-*][^\W_{HAN}]+)*)"  # digit that follows makes it a code or a unit: group 2
    r"|\s+|."
)
_CHINESE, _LATIN = 1, 2
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

    def cut(self, text: str) -> list[str]:
        """The words and signs of `text` as they stand there: all but its white space."""
        folded = fold(text)
        pieces = self._pieces(folded)
        if folded == text:
            return [piece for piece in pieces if not piece.isspace()]
        words: list[str] = []
        start = 0
        for piece in pieces:
            end = start + len(piece)
            # What folds to a space may be a picture.
            words += text[start:end].split() if piece.isspace() else (text[start:end],)
            start = end
        return words

    def _pieces(self, folded: str) -> list[str]:
        """Words, signs and white space, which joined are `folded` again."""
        pieces: list[str] = []
        latin = False  # whether the piece before is one that Chinese characters may complete
        cut = self.cutter.cut
        for run in _RUNS.finditer(folded):
            piece = run.group()
            if run.lastindex != _CHINESE:
                pieces.append(piece)
                latin = run.lastindex == _LATIN
            elif latin:
                pieces += self._after_latin(pieces.pop(), piece)
                latin = False
            elif len(piece) > 1:
                pieces += cut(piece)
            else:
                pieces.append(piece)
        return pieces

    def _after_latin(self, latin: str, run: str) -> list[str]:
        """Words of a Latin run or number and of the Chinese characters that follow it without a space."""
        for length in range(min(len(run), _LONGEST_TAIL), 0, -1):
            if latin + run[:length] in self.mixed:
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
