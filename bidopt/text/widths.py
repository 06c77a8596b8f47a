"""How wide a title is, as platforms count: half-width units, or characters."""

from __future__ import annotations

from typing import Literal

Counting = Literal["half_width", "characters"]
"""half_width: a Chinese character or full-width sign counts 2, all else 1; characters: every one counts 1."""


def width(text: str, counting: Counting = "half_width") -> int:
    """Width of `text`; white space and signs count.

    Args:
        text: any text.
        counting: how the platform counts. Half-width units are bytes of GBK, in which titles were first stored; what
            GBK lacks (emoji, letters of other scripts) is taken for wide.
    """
    if counting == "characters":
        return len(text)
    return len(text) + sum(character > "\x7f" for character in text)
