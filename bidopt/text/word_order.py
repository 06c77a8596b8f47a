"""Spelling of words side by side, and the form in which their order does not matter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def spelled(words: Sequence[str]) -> str:
    """Words as one writes them side by side: a space only between two that are not Chinese."""
    text = ""
    for word in words:
        text += " " if text and text[-1].isascii() and word[:1].isascii() else ""
        text += word
    return text


def squeezed(text: str) -> str:
    """The text without spaces: buyers put them at will."""
    return "".join(text.split())


def spelled_without_order(words: Iterable[str]) -> str:
    """`without_order` as one text, a space between the words."""
    return " ".join(without_order(words))


def without_order(words: Iterable[str]) -> tuple[str, ...]:
    """The same for all orders of the same words."""
    return tuple(sorted(words))
