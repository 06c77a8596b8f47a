"""What the attributes of a product table say it is, and what they deny: 材质:304不锈钢;防水:是;内胆:无."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bidopt.text.normalize import fold

_ENTRIES = re.compile(r"[;；|\n]+")
_NAME = re.compile(r"[:：=＝]")
_VALUES = re.compile(r"[,，、/]+")

YES = frozenset({"是", "有", "支持", "可以", "yes", "true", "y"})
NO = frozenset({"否", "无", "没有", "不", "不支持", "不含", "不可以", "no", "false", "none", "n", "-"})
"""Values by which an attribute says of its own name whether the product has it."""


@dataclass(frozen=True)
class AttributeClaims:
    """What may and what must not be said of a product.

    Args:
        said: values, and names that are answered with yes.
        denied: names that are answered with no.
    """

    said: tuple[str, ...]
    denied: tuple[str, ...]


def attribute_claims(attributes: str) -> AttributeClaims:
    """What an attribute text claims.

    Args:
        attributes: `name:value;name:value`, several values parted by commas; full-width signs are as good. A part
            without a name is a value.
    """
    said: dict[str, None] = {}
    denied: dict[str, None] = {}
    for entry in _ENTRIES.split(attributes):
        name, *rest = (part.strip() for part in _NAME.split(entry, maxsplit=1))
        values = [value.strip() for value in _VALUES.split(rest[0] if rest else name)]
        for value in filter(None, values):
            answer = fold(value) if rest else ""
            if answer in NO:
                denied[name] = None
            else:
                said[name if answer in YES else value] = None
    return AttributeClaims(tuple(filter(None, said)), tuple(filter(None, denied)))
