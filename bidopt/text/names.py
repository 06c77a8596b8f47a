"""Other names of things, which are true of every such thing: a 连衣裙 is a 裙子, a 电吹风 is a 吹风机."""

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
        endings: end of a name -> other names of every longer one.
        unlike: end of a name -> names that end so and are something else.
    """

    wider: Mapping[str, tuple[str, ...]] = field(repr=False)
    endings: Mapping[str, tuple[str, ...]] = field(repr=False)
    unlike: Mapping[str, tuple[str, ...]] = field(repr=False)

    def of(self, name: str) -> frozenset[str]:
        """Other names of a thing, those of its other names among them.

        Args:
            name: folded.
        """
        found: set[str] = set()
        asked = [name]
        while asked:
            for other in self._told(asked.pop()):
                if other not in found and other != name:
                    found.add(other)
                    asked.append(other)
        return frozenset(found)

    def _told(self, name: str) -> tuple[str, ...]:
        end = name[-1:]
        ended = len(name) > 1 and not name.endswith(self.unlike.get(end, ()))
        return self.wider.get(name, ()) + (self.endings.get(end, ()) if ended else ())


@cache
def names_of_things() -> Names:
    """The names that ship with the package; its list tells how it is written."""
    wider: dict[str, tuple[str, ...]] = {}
    endings: dict[str, tuple[str, ...]] = {}
    unlike: dict[str, tuple[str, ...]] = {}
    text = files("bidopt.text").joinpath("words", "names.txt").read_text(encoding="utf-8")
    for line in (line for line in text.splitlines() if line and not line.startswith("#")):
        first, sign, *rest = line.split()
        if sign == "=":
            alike = [first, *(word for word in rest if word != "=")]
            for name in alike:
                wider[name] = wider.get(name, ()) + tuple(other for other in alike if other != name)
            continue
        table = unlike if sign == "-" else endings if first.startswith("*") else wider
        name = first.removeprefix("*")
        table[name] = table.get(name, ()) + tuple(rest)
    return Names(wider, endings, unlike)
