"""The language of a shop and its market: how their texts are cut, and what the words are for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from bidopt.text.dictionary import Dictionary, general_dictionary
from bidopt.text.lexicon import learn_lexicon
from bidopt.text.normalize import fold
from bidopt.text.role_lexicon import RoleLexicon, learn_roles
from bidopt.text.segment import Segmenter


@dataclass(frozen=True)
class Language:
    """How texts are cut, and what their words are for.

    Args:
        segmenter: cuts texts into words.
        roles: roles of the words.
    """

    segmenter: Segmenter
    roles: RoleLexicon

    def words(self, text: str) -> tuple[str, ...]:
        """The folded words of a text, without signs."""
        return self.words_of_all((text,))[0]

    def words_of_all(self, texts: Iterable[str]) -> list[tuple[str, ...]]:
        """`words` of each text, of many of them much faster than one by one."""
        rows = self.segmenter.cut_all([fold(text) for text in texts])
        return [tuple(word for word in row if any(map(str.isalnum, word))) for row in rows]


@lru_cache(maxsize=2)
def learn_language(
    texts: tuple[str, ...], brands: tuple[str, ...] = (), categories: tuple[str, ...] = ()
) -> Language:
    """The language of texts; asked again for the same ones, as commands and backtests do, it is ready.

    Args:
        texts: titles, search terms and keywords.
        brands: of the shop.
        categories: of its products.
    """
    general = _general()
    segmenter = learn_lexicon(texts, general).segmenter()
    roles = learn_roles(texts, segmenter, general, own_brands=brands, categories=categories)
    return Language(segmenter, roles)


@cache
def _general() -> Dictionary:
    """Read once: it never changes."""
    return general_dictionary()
