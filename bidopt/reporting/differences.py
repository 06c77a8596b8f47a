"""What differs between an old and a new text, piece by piece."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True)
class Piece:
    """A part of a text.

    Args:
        text: what it says.
        differs: the other text lacks it.
    """

    text: str
    differs: bool


def differences(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """The pieces of the old and of the new text, in their order."""
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    before = (Piece(old[a:b], change != "equal") for change, a, b, _, _ in steps)
    after = (Piece(new[c:d], change != "equal") for change, _, _, c, d in steps)
    return tuple(p for p in before if p.text), tuple(p for p in after if p.text)
