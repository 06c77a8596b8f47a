"""Cuts the titles of a file into words and says what part each word plays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bidopt.jobs.read_titles import read_titles
from bidopt.text.language import learn_language
from bidopt.text.roles import RoleOf


@dataclass(frozen=True)
class SegmentedTitle:
    """A title, its words and signs in their order, and the role of each."""

    title: str
    words: list[str]
    roles: list[RoleOf]


def segment_titles(file: Path, corpora: Sequence[Path] = ()) -> Iterator[SegmentedTitle]:
    """The titles of `file`, one after another.

    Args:
        file: titles; they count among the titles that words are learned from.
        corpora: files of further titles or search terms to learn words from.

    Raises:
        ReportError: a file cannot be read.
    """
    titles = read_titles(file)
    language = learn_language((*titles, *(title for path in corpora for title in read_titles(path))))
    cut = zip(titles, language.segmenter.cut_all(titles), strict=True)
    return (SegmentedTitle(title, words, language.roles.roles_of(words)) for title, words in cut)
