"""Titles with labelled words, and how well a way to cut titles finds them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bidopt.jobs.read_titles import read_titles

KINDS = {"HC": "product", "HCCX": "product", "HP": "brand", "HPPX": "brand", "XH": "model", "MISC": "other"}
CORPORA = ("titles/jd_raw_10k.txt", "titles/sales_titles.tsv", "taobao-words/queries_50k.txt")
Cut = Callable[[str], list[str]]
Span = tuple[int, int]


@dataclass(frozen=True)
class Labelled:
    """A title and its labelled words: start, end, kind."""

    title: str
    words: tuple[tuple[int, int, str], ...]


def labelled(path: Path) -> list[Labelled]:
    """The labelled titles of a file, each title once."""
    found: dict[str, Labelled] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        title, words = line.split("\t")
        kinds = tuple((start, end, KINDS[label]) for start, end, label in json.loads(words))
        found.setdefault(title, Labelled(title, kinds))
    return list(found.values())


def corpus(data: Path) -> list[str]:
    """Titles and search terms without labels."""
    return [title for name in CORPORA for title in read_titles(data / name)]


def spans(title: str, tokens: Sequence[str]) -> Iterator[Span]:
    """Where the tokens stand in the title."""
    at = 0
    for token in tokens:
        at = title.index(token, at)
        yield at, at + len(token)
        at += len(token)


@dataclass(frozen=True)
class Score:
    """How well labelled words are found.

    Args:
        f1: of exact words; tokens count that lie inside the labelled parts of the titles.
        whole: share of the labelled words that are one token, by kind and in all.
        kept: share of the labelled words both of whose ends are ends of tokens, by kind and in all.
    """

    f1: float
    whole: dict[str, float] = field(default_factory=dict)
    kept: dict[str, float] = field(default_factory=dict)


def score(titles: Sequence[Labelled], cut: Cut) -> Score:
    """Scores a way to cut titles."""
    words, whole, kept, inside = Counter[str](), Counter[str](), Counter[str](), 0
    for row in titles:
        tokens = list(spans(row.title, cut(row.title)))
        exact, starts, ends = set(tokens), {start for start, _ in tokens}, {end for _, end in tokens}
        covered = {place for start, end, _ in row.words for place in range(start, end)}
        inside += sum(covered.issuperset(range(*token)) for token in tokens)
        for start, end, name in row.words:
            for kind in (name, "all"):
                words[kind] += 1
                whole[kind] += (start, end) in exact
                kept[kind] += start in starts and end in ends
    precision, recall = whole["all"] / inside, whole["all"] / words["all"]
    return Score(
        2 * precision * recall / (precision + recall),
        {kind: whole[kind] / n for kind, n in words.items()},
        {kind: kept[kind] / n for kind, n in words.items()},
    )
