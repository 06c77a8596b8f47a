"""Makes texts that mean the same look the same, character by character, so that places in the original still hold.

Full width becomes half width, capitals become small, traditional characters become simplified, all brackets become
round ones, and what carries no words (emoji, control characters, odd spaces) becomes a space.
"""

from __future__ import annotations

import re
import unicodedata

from bidopt.text.word_lists import word_list

_BRACKETS = {**dict.fromkeys("【〖〔「『［{[〈《＜<﹝", "("), **dict.fromkeys("】〗〕」』］}]〉》＞>﹞", ")")}
_SIGNS = {
    "İ": "i",
    "×": "x",
    "✕": "x",
    "✖": "x",
    "—": "-",
    "–": "-",
    "－": "-",
    "～": "~",
    "〜": "~",
    "•": "·",
    "・": "·",
}
_WORDLESS = {"So", "Sk", "Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me", "Zs", "Zl", "Zp"}
"""Unicode categories without words: pictures, modifiers, control characters, lone marks, spaces."""


_SIMPLIFIED = {pair[0]: pair[1] for pair in word_list("traditional")}
_FORMS = {**_SIMPLIFIED, **_BRACKETS, **_SIGNS}
_ODD = re.compile(f"[^ -~\u4e00-\u9fd5]|[<>\\[\\]{{}}{''.join(_SIMPLIFIED)}]")
_UNPLAIN = re.compile(
    f"[^\\W\u4e00-\u9fd5a-zA-Z0-9_]|[\u200b-\u200f\u2060\ufeff{''.join(_SIGNS)}{''.join(_SIMPLIFIED)}]"
)

_USUAL_HAN = "".join(
    character for character in map(chr, range(0x4E00, 0x9FD6)) if character not in _SIMPLIFIED
)
_ODD_SPACE = re.compile(r"[^\S ]")

has_odd_characters = re.compile(f"[^ -~{_USUAL_HAN}（）【】《》“”、，。！：；·]").search
"""Finds what is rare in titles and might need folding: a quick answer for most texts."""


def is_plain(text: str) -> bool:
    """Whether folding `text` would change nothing but capitals, brackets and signs that no word has."""
    return _UNPLAIN.search(text) is None


def as_scanned(text: str) -> str:
    """`text` if it is plain, else folded, both with one kind of white space; as long as `text`."""
    return _ODD_SPACE.sub(" ", text if is_plain(text) else fold(text))


def fold(text: str) -> str:
    """`text` in the form in which texts are compared; as long as `text`, each character in its own place."""
    return _ODD.sub(_plain, text).lower()


def _plain(odd: re.Match[str]) -> str:
    character = odd.group()
    form = _FORMS.get(character)
    if form is not None:
        return form
    form = unicodedata.normalize("NFKC", character).lower()
    if len(form) != 1:
        return character  # one character cannot stand for ℃ or ㎡
    return " " if unicodedata.category(form) in _WORDLESS else form
