"""The general Chinese dictionary, and the two programs that cut runs of Chinese characters by it.

`jieba` is pure Python and always there; `rjieba`, an extra, is the same method in Rust, about ten times faster. Both get
the very same words with the very same frequencies, and both see nothing but Chinese characters, so they cut alike.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import ModuleType
from typing import Literal, Protocol

HAN = "\u4e00-\u9fd5"
"""What counts as a Chinese character, as in a regular expression: what both programs take for one."""

_RUNS = re.compile(rf"[{HAN}]+|\s")

Program = Literal["jieba", "rjieba"]

_START = 1.0
"""Mark of what only starts words; their scores, logarithms of probabilities, are below."""

_REMEMBERED = 100_000
"""Guesses that are kept: the same characters are left over again and again."""


class Cutter(Protocol):
    """Cuts Chinese characters into words."""

    def cut(self, runs: str) -> list[str]:
        """The words of `runs`, which joined are `runs` again.

        Args:
            runs: of Chinese characters, with white space between; each character of white space is a word.
        """


@dataclass(frozen=True, eq=False)
class Dictionary:
    """Words and how often they were met in general texts; equal only to itself, so that what follows from it is kept.

    Args:
        frequencies: of each word; 0 takes a word out.
        tags: part of speech of each word, as jieba writes them: n noun, v verb, a adjective, m numeral, q measure ...
    """

    frequencies: Mapping[str, int] = field(repr=False)
    tags: Mapping[str, str] = field(repr=False)

    def replace(self, changes: Mapping[str, int]) -> Dictionary:
        """A dictionary with other or new words."""
        return Dictionary({**self.frequencies, **changes}, self.tags)

    @property
    def total(self) -> int:
        """Sum of the frequencies."""
        return sum(self.frequencies.values())


def general_dictionary() -> Dictionary:
    """The dictionary of jieba, read from its text: its binary cache in a shared folder could be anybody's."""
    frequencies, tags = {}, {}
    with _jieba().Tokenizer().get_dict_file() as file:
        for line in file.read().decode("utf-8").splitlines():
            word, frequency, tag = line.split(" ")
            frequencies[word], tags[word] = int(frequency), tag
    return Dictionary(frequencies, tags)


def fastest_program() -> Program:
    """Which program to use where speed matters: rjieba if it is installed."""
    return "rjieba" if importlib.util.find_spec("rjieba") else "jieba"


def cutter(dictionary: Dictionary, *, guess: bool = True, program: Program | None = None) -> Cutter:
    """What cuts by `dictionary`.

    Args:
        dictionary: words and frequencies.
        guess: whether characters that form no known word may be joined to words by how words are usually built; finds
            names, but sometimes joins what does not belong together.
        program: which one cuts; default: the fastest that is installed.
    """
    kind = _Rust if (program or fastest_program()) == "rjieba" else _Python
    return kind(dictionary, guess=guess)


class _Python:
    """jieba's method: the likeliest way through the words, and its guess for characters that are left over.

    The way is searched here, because jieba takes every logarithm anew and keeps all ways in lists; the words are the
    same, tie for tie. Guesses come from jieba, each run of characters once.
    """

    def __init__(self, dictionary: Dictionary, *, guess: bool) -> None:
        known = {word: frequency for word, frequency in dictionary.frequencies.items() if frequency > 0}
        total = math.log(sum(known.values())) if known else 0.0
        starts = {word[:end]: _START for word in known for end in range(1, len(word))}
        self._scores = {**starts, **{word: math.log(n) - total for word, n in known.items()}}
        self._unknown = math.log(1) - total
        self._guess = guess
        self._guessed = lru_cache(maxsize=_REMEMBERED)(_guessed)

    def cut(self, runs: str) -> list[str]:
        return [word for run in _RUNS.findall(runs) for word in (self._cut(run) if len(run) > 1 else (run,))]

    def _cut(self, run: str) -> list[str]:
        ends = self._ends(run)
        if not self._guess:
            return self._words(run, ends)
        words: list[str] = []
        at, alone = 0, 0  # characters from `alone` on stand alone so far
        while at < len(run):
            end = ends[at]
            if end - at > 1:
                if at > alone:
                    words += self._joined(run[alone:at])
                words.append(run[at:end])
                alone = end
            at = end
        if at > alone:
            words += self._joined(run[alone:])
        return words

    def _ends(self, run: str) -> list[int]:
        """Where the word that starts at each character ends, on the likeliest way from there to the end."""
        scores, n = self._scores, len(run)
        ends, best = [0] * n, [0.0] * (n + 1)
        for start in range(n - 1, -1, -1):
            highest, at = -math.inf, start + 1
            for end in range(start + 1, n + 1):
                score = scores.get(run[start:end])
                if score is None:
                    break
                if score != _START:
                    score += best[end]
                    if score >= highest:  # of equal ways the longer word
                        highest, at = score, end
            if highest == -math.inf:
                highest = self._unknown + best[at]
            ends[start], best[start] = at, highest
        return ends

    def _joined(self, run: str) -> Sequence[str]:
        """Words of characters that stand alone; those that are a known word together stay apart, as in jieba."""
        if len(run) == 1 or self._scores.get(run, _START) != _START:
            return list(run)
        return self._guessed(run)

    @staticmethod
    def _words(run: str, ends: Sequence[int]) -> list[str]:
        words, at = [], 0
        while at < len(run):
            words.append(run[at : ends[at]])
            at = ends[at]
        return words


def _guessed(run: str) -> list[str]:
    return list(_jieba().finalseg.cut(run))


class _Rust:
    """rjieba, filled with the words from nothing."""

    def __init__(self, dictionary: Dictionary, *, guess: bool) -> None:
        self._guess = guess
        self._jieba = importlib.import_module("rjieba").Jieba.empty()
        for word, frequency in dictionary.frequencies.items():
            if frequency > 0:
                self._jieba.add_word(word, frequency, "")

    def cut(self, runs: str) -> list[str]:
        words: list[str] = self._jieba.cut(runs, self._guess)
        return words


def _jieba() -> ModuleType:
    """jieba; its import looks for pkg_resources and has escapes that newer Pythons warn of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module("jieba")
