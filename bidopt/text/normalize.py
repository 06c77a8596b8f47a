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


def _changed() -> tuple[dict[str, str], re.Pattern[str]]:
    """Characters with a form of their own, and what finds every character that is not plain already."""
    simplified = {pair[0]: pair[1] for pair in word_list("traditional")}
    odd = f"[^ -~\\u4e00-\\u9fd5]|[<>\\[\\]{{}}{''.join(simplified)}]"
    return {**simplified, **_BRACKETS, **_SIGNS}, re.compile(odd)


_FORMS, _ODD = _changed()


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
