"""Reads the general word lists that ship with the package: units, role words, traditional characters."""

from __future__ import annotations

from importlib.resources import files


def word_list(name: str) -> tuple[str, ...]:
    """The words of a list in their order, each once.

    Args:
        name: file in `bidopt/text/words`, without its ending. Words stand apart by white space, lines that start
            with # are remarks.
    """
    text = files("bidopt.text").joinpath("words", f"{name}.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return tuple(dict.fromkeys(word for line in lines for word in line.split()))
