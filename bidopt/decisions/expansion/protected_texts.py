"""Which texts a negative word would block, by the strictest reading of the platforms' matching."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bidopt.text.word_order import squeezed, without_order


class ProtectedTexts:
    """Texts that no negative word may block.

    Platforms differ in whether a phrase must stand in its order and whether plain characters count, so a phrase is
    taken to block whatever holds its characters in a row or all of its words in any order.
    """

    def __init__(self, texts: Iterable[Sequence[str]]) -> None:
        """Index the texts.

        Args:
            texts: the words of each text.
        """
        self._holding: dict[str, set[int]] = {}
        self._orderless: set[tuple[str, ...]] = set()
        rows = []
        for row, words in enumerate(texts):
            rows.append(squeezed("".join(words)))
            self._orderless.add(without_order(words))
            for word in words:
                self._holding.setdefault(word, set()).add(row)
        self._joined = "\n".join(rows)

    def hit_exactly(self, words: Sequence[str]) -> bool:
        """Whether an exact negative word of `words` would block one of the texts; the order does not matter."""
        return without_order(words) in self._orderless

    def hit_by(self, words: Sequence[str]) -> bool:
        """Whether a negative phrase of `words` would block one of the texts."""
        holding = sorted((self._holding.get(word, set()) for word in words), key=len)
        text = "".join(words)
        return bool(set.intersection(*holding)) or (not text.isascii() and text in self._joined)
