"""What tells the role of a word: its characters, its part of speech, its place in titles and the words beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from bidopt.text.roles import Role

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

ROLES = tuple(Role)
EDGE = len(ROLES)
"""In place of a neighbour's role: the title ends here."""
UNCERTAIN = EDGE + 1
"""In place of a neighbour's role: it is not known."""

NEAR = (-1, 1, -2, 2)
"""Places that tell something: just before and behind, and one further, as a sign may stand between."""

_SMOOTHING = 2.0
"""A word that occurs so often has half of what its neighbours tell believed."""


@dataclass(frozen=True)
class WordUses:
    """Where words stand in titles.

    Args:
        words: each word once, folded.
        codes: numbers of the words of all titles in order, -1 between titles.
    """

    words: pd.Index[str]
    codes: Ints

    @property
    def seen(self) -> Ints:
        """Occurrences of each word."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.words)).astype(np.int64)


def word_uses(titles: Sequence[Sequence[str]]) -> WordUses:
    """Uses of the words of titles, each a list of folded words."""
    flat: list[str | None] = [None]
    for words in titles:
        flat += words
        flat.append(None)
    codes, found = pd.factorize(np.array(flat, dtype=object))
    return WordUses(pd.Index(found.tolist(), dtype="str"), codes.astype(np.int64))


def beside(uses: WordUses, role: Ints) -> Floats:
    """How often which role stands near each word, at each of NEAR, as shrunk shares.

    Shape (words, near * (roles + 2)).

    Args:
        uses: of the words.
        role: number of each word's role, or UNCERTAIN, shape (words,).
    """
    roles = np.where(uses.codes >= 0, np.append(role, EDGE)[uses.codes], EDGE)
    place = np.flatnonzero(uses.codes >= 0)
    word = uses.codes[place]
    count = np.maximum(uses.seen, 1)[:, None]
    width = UNCERTAIN + 1
    sides = []
    for step in NEAR:
        neighbour = np.clip(place + step, 0, len(roles) - 1)  # both ends are edges
        table = np.bincount(word * width + roles[neighbour], minlength=len(uses.words) * width)
        sides.append(table.reshape(-1, width) / (count + _SMOOTHING))
    return np.concatenate(sides, axis=1)


def form(words: Sequence[str], examples: Iterable[int], tags: Mapping[str, str]) -> csr_array:
    """Which traits of form each word has, shape (words, traits).

    Args:
        words: folded.
        examples: places of the words whose traits count; traits that none of them has tell nothing.
        tags: parts of speech of the general dictionary.
    """
    traits = [_traits(word, tags) for word in words]
    numbers = {
        trait: number
        for number, trait in enumerate(dict.fromkeys(t for place in examples for t in traits[place]))
    }
    found = [
        (row, numbers[trait]) for row, of_word in enumerate(traits) for trait in of_word if trait in numbers
    ]
    rows, columns = np.array(found, dtype=np.int64).reshape(-1, 2).T
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(words), len(numbers)))


def _traits(word: str, tags: Mapping[str, str]) -> list[str]:
    tag = tags.get(word, "none")
    traits = [
        f"ends {word[-1]}",
        f"begins {word[0]}",
        f"size {min(len(word), 5)}",
        f"tag {tag}",
        f"kind {tag[0]}",
    ]
    if len(word) > 2:
        traits += [f"ends {word[-2:]}", f"begins {word[:2]}"]
    if word.isascii():
        traits = [f"latin {min(len(word), 8)}"]
    return traits
