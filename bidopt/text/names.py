"""Other names of things and brands, true of every one so called: a 连衣裙 is a 裙子, a 电吹风 is a 吹风机, 佳能 is canon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Names:
    """What else things may be called.

    Args:
        wider: name -> other names.
    """

    wider: Mapping[str, tuple[str, ...]] = field(repr=False)

    def of(self, name: str) -> frozenset[str]:
        """Other names of a thing, those of its other names among them.

        Args:
            name: folded.
        """
        found: set[str] = set()
        asked = [name]
        while asked:
            for other in self.wider.get(asked.pop(), ()):
                if other not in found and other != name:
                    found.add(other)
                    asked.append(other)
        return frozenset(found)


@cache
def names_of_things() -> Names:
    """The names that ship with the package; its list tells how it is written."""
    wider: dict[str, tuple[str, ...]] = {}
    text = files("bidopt.text").joinpath("words", "names.txt").read_text(encoding="utf-8")
    for line in (line for line in text.splitlines() if line and not line.startswith("#")):
        named, _, others = line.partition(" > ")
        alike = line.split(" = ")
        told = {name: others.split() for name in named.split()} if others else dict.fromkeys(alike, alike)
        for name, more in told.items():
            wider[name] = wider.get(name, ()) + tuple(other for other in more if other != name)
    return Names(wider)
