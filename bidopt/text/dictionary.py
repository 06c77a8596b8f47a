"""The general Chinese dictionary, and the two programs that cut runs of Chinese characters by it.

`jieba` is pure Python and always there; `rjieba`, an extra, is the same method in Rust, about ten times faster. Both get
the very same words with the very same frequencies, and both see nothing but Chinese characters, so they cut alike.
"""

from __future__ import annotations

import importlib
import importlib.util
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Literal, Protocol

HAN = "\u4e00-\u9fd5"
"""What counts as a Chinese character, as in a regular expression: what both programs take for one."""

Program = Literal["jieba", "rjieba"]


class Cutter(Protocol):
    """Cuts runs of Chinese characters into words."""

    def cut(self, run: str) -> list[str]:
        """The words of `run`, which joined are `run` again."""


@dataclass(frozen=True)
class Dictionary:
    """Words and how often they were met in general texts.

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
    """jieba with a tokenizer of its own: the global one and its cache file are left alone."""

    def __init__(self, dictionary: Dictionary, *, guess: bool) -> None:
        self._guess = guess
        known = {word: frequency for word, frequency in dictionary.frequencies.items() if frequency > 0}
        starts = {word[:end]: 0 for word in known for end in range(1, len(word))}
        self._tokenizer = _jieba().Tokenizer()
        self._tokenizer.FREQ = {**starts, **known}
        self._tokenizer.total = sum(known.values())
        self._tokenizer.initialized = True

    def cut(self, run: str) -> list[str]:
        words: list[str] = self._tokenizer.lcut(run, HMM=self._guess)
        return words


class _Rust:
    """rjieba, filled with the words from nothing."""

    def __init__(self, dictionary: Dictionary, *, guess: bool) -> None:
        self._guess = guess
        self._jieba = importlib.import_module("rjieba").Jieba.empty()
        for word, frequency in dictionary.frequencies.items():
            if frequency > 0:
                self._jieba.add_word(word, frequency, "")

    def cut(self, run: str) -> list[str]:
        words: list[str] = self._jieba.cut(run, self._guess)
        return words


def _jieba() -> ModuleType:
    """jieba; its import looks for pkg_resources and has escapes that newer Pythons warn of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module("jieba")
