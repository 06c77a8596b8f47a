"""Searches of people who look, learn, mend, resell or seek work: they click and buy nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from bidopt.text.normalize import fold
from bidopt.text.word_lists import word_list

_BETWEEN = "|"
"""Stands between texts that are searched in one go; in none of the words."""

_WORDS = sorted((word.replace("_", " ") for word in word_list("not_buying")), key=len, reverse=True)
_ANY = re.compile("|".join(_WORDS))


def not_buying(texts: Sequence[str], titles: Iterable[str] = ()) -> npt.NDArray[np.bool_]:
    """Which texts hold a word of people who do not come to buy, shape (texts,).

    A sign, no proof: whoever uses it lets the shop's own orders decide.

    Args:
        texts: keywords or search terms.
        titles: of the shop's own products. What they say is no such sign there: a shop may sell manuals (说明书).
    """
    sold = {word for word, _ in _signs(titles)}
    place = np.array([at for word, at in _signs(texts) if word not in sold], dtype=np.int64)
    starts = np.cumsum([0, *(len(text) + 1 for text in texts)])
    found = np.zeros(len(texts), dtype=np.bool_)
    found[np.searchsorted(starts, place, side="right") - 1] = True
    return found


def _signs(texts: Iterable[str]) -> Iterator[tuple[str, int]]:
    """The words found and where they begin in the joined texts; Latin ones where they stand alone."""
    joined = fold(_BETWEEN.join(texts))
    for match in _ANY.finditer(joined):
        word, (start, end) = match.group(), match.span()
        if not word.isascii() or not _letters(joined[max(start - 1, 0) : start] + joined[end : end + 1]):
            yield word, start


def _letters(neighbours: str) -> bool:
    """Whether Latin letters or digits stand among them, so that the word is a part of a longer one."""
    return any(sign.isascii() and sign.isalnum() for sign in neighbours)
