"""The words of a shop and its market: the general dictionary, made to fit their titles."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from bidopt.text.dictionary import HAN, Cutter, Dictionary, Program, cutter
from bidopt.text.new_words import PIECES, TitleCounts, candidates, count_titles
from bidopt.text.normalize import fold
from bidopt.text.segment import Segmenter
from bidopt.text.word_lists import word_list
from bidopt.text.word_score import word_scores

LEAST_SCORE = 0.0
"""Log odds from which a candidate is taken for a word."""

WEIGHT_OF_TITLES = 50
"""Occurrences in general texts that one in the titles is worth: titles are few, but they are what will be cut."""

MOST_RUNS = 200_000
"""Runs of Chinese characters that frequencies are counted in; of more, evenly spread ones stand for all."""

FREE_SHARE, FREE_COUNT = 0.5, 3
"""A compound is a phrase if each part stands elsewhere at least this often: as a share of the compound, and in all."""

_PEOPLE = ("男", "女")
"""Buyers put them behind anything or before it (单鞋女, 女单鞋): the two are no new word."""

RUNS = re.compile(f"([0-9]?)([{HAN}]+)")
"""A run of Chinese characters: group 2; group 1 is the end of a number before it."""

_PRONOUN = "r"
"""Part of speech of 怎么, 什么, 自己: what holds one is no name of anything."""

_UNITS = frozenset(word_list("units"))


@dataclass(frozen=True)
class Lexicon:
    """Words that titles are made of.

    Args:
        dictionary: all words with frequencies.
        new_words: word, count, cohesion, left_freedom, right_freedom, score, best first.
        counts: what was counted; more titles can be added.
    """

    dictionary: Dictionary
    new_words: pd.DataFrame
    counts: TitleCounts

    def segmenter(self, *, guess: bool = True, program: Program | None = None) -> Segmenter:
        """What cuts by these words."""
        return Segmenter(cutter(self.dictionary, guess=guess, program=program))


def learn_lexicon(
    titles: Sequence[str],
    general: Dictionary,
    known: TitleCounts | None = None,
    *,
    program: Program | None = None,
) -> Lexicon:
    """The lexicon of titles.

    Args:
        titles: of the shop and of its market; search terms are as good.
        general: the general dictionary.
        known: counts of earlier titles.
        program: which one cuts; default: the fastest that is installed.
    """
    runs = [run.groups() for title in titles for run in RUNS.finditer(fold(title))]
    compounds, loose = known_compounds(general), loose_cutter(general, program)
    counts = count_titles((free_pieces(loose, *run) for run in runs), frozenset(compounds))
    if known:
        counts = known.plus(counts)
    table = candidates(counts)
    table["score"] = word_scores(table, counts, general)
    found = table[table["score"] > LEAST_SCORE]
    found = found[np.array([not general.frequencies.get(word, 0) for word in found["word"]], dtype=bool)]
    found = found[~_with_pronouns(found, general)]
    uses = dict(zip(table["word"].tolist(), table["count"].tolist(), strict=True))
    uses.update(zip(counts.pieces.tolist(), counts.seen.tolist(), strict=True))
    new = found["word"].tolist()
    phrases = _phrases({**compounds, **_splits(new, {*counts.pieces, *new})}, uses)
    found = found[~found["word"].isin(phrases) & ~_for_people(found["word"], {*counts.pieces, *new})]
    fitted = general.replace(
        {**dict.fromkeys(phrases & compounds.keys(), 0), **_new_frequencies(found, general)}
    )
    columns = ["word", "count", "cohesion", "left_freedom", "right_freedom", "score"]
    best = found.sort_values(["score", "word"], ascending=[False, True])[columns].drop_duplicates("word")
    return Lexicon(_fit(fitted, [run for _, run in runs], program), best.reset_index(drop=True), counts)


def free_pieces(loose: Cutter, number: str, run: str) -> list[str]:
    """The pieces of a run that may be part of words: all but a unit that belongs to the number before it."""
    pieces = loose.cut(run)
    return pieces[1:] if number and pieces[0] in _UNITS else pieces


@lru_cache(maxsize=1)
def known_compounds(general: Dictionary) -> Mapping[str, list[tuple[str, str]]]:
    """Known words that two known words of two or more characters make up, with the ways to split them."""
    known = {word for word, frequency in general.frequencies.items() if frequency > 0}
    return _splits(known, known)


@lru_cache(maxsize=1)
def loose_cutter(general: Dictionary, program: Program | None) -> Cutter:
    """What cuts by all known words but the compounds."""
    return cutter(general.replace(dict.fromkeys(known_compounds(general), 0)), guess=False, program=program)


def _splits(words: Iterable[str], parts: AbstractSet[str]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for word in words:
        for at in range(2, len(word) - 1):
            if word[:at] in parts and word[at:] in parts:
                found.setdefault(word, []).append((word[:at], word[at:]))
    return found


def _phrases(compounds: Mapping[str, list[tuple[str, str]]], uses: Mapping[str, float]) -> set[str]:
    """Compounds whose parts live on their own in the titles.

    Args:
        compounds: words, with the ways to split them.
        uses: occurrences of words, parts and pieces.
    """

    def lives(word: str, part: str) -> bool:
        together = uses.get(word, 0)
        return uses.get(part, 0) - together >= max(FREE_SHARE * together, FREE_COUNT)

    return {
        word
        for word, splits in compounds.items()
        if any(lives(word, head) and lives(word, tail) for head, tail in splits)
    }


def _for_people(words: pd.Series[str], parts: AbstractSet[str]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which words are a word of two or more characters and whom it is for."""
    found = [
        (word.endswith(_PEOPLE) and len(word) > 2 and word[:-1] in parts)
        or (word.startswith(_PEOPLE) and len(word) > 2 and word[1:] in parts)
        for word in words
    ]
    return np.array(found, dtype=bool)


def _with_pronouns(found: pd.DataFrame, general: Dictionary) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which candidates hold a pronoun of two or more characters (怎么 in 子怎么用)."""
    rows = found[PIECES].to_numpy(dtype=object).tolist()
    asking = [any(len(piece) > 1 and general.tags.get(piece) == _PRONOUN for piece in row) for row in rows]
    return np.array(asking, dtype=bool)


def _new_frequencies(found: pd.DataFrame, general: Dictionary) -> dict[str, int]:
    """Frequencies at which new words just win against their pieces; the surer, the clearer."""
    total, known = general.total, general.frequencies
    rows = found[PIECES].to_numpy(dtype=object).tolist()
    pieces = {piece for row in rows for piece in row}
    log_of = {piece: math.log(max(known.get(piece, 0), 1) / total) for piece in pieces} | {"": 0.0}
    apart = np.array([sum(log_of[piece] for piece in row) for row in rows])
    frequency = np.exp(apart + (found["score"].to_numpy() - LEAST_SCORE).clip(0, 10)) * total
    least = np.maximum(np.floor(frequency) + 1, 3).astype(np.int64)
    order = np.argsort(least)  # a word found in several ways gets the largest
    return dict(zip(found["word"].to_numpy()[order].tolist(), least[order].tolist(), strict=True))


def _fit(dictionary: Dictionary, runs: Sequence[str], program: Program | None) -> Dictionary:
    """Frequencies of general texts and of the titles together."""
    step = len(runs) // MOST_RUNS + 1
    cut = cutter(dictionary, guess=False, program=program)
    uses = Counter(word for run in runs[::step] for word in cut.cut(run))
    known, weight = dictionary.frequencies, step * WEIGHT_OF_TITLES
    return dictionary.replace(
        {word: known[word] + weight * n for word, n in uses.items() if known.get(word, 0)}
    )
