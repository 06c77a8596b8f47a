"""Reasons: a stable code with its numbers in the files, a sentence in Chinese and English for people.

In a table a reason is one text, `code name=value name=value`, values in `%.6g` form or a bare word, so that
files stay stable and a reader can compute with them. The sentences live with the policy that gives them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bidopt.domain.errors import SchemaError

UNKNOWN = "—"
"""What stands for a number that is not known."""

_NOT_A_NUMBER = re.compile(r"(?<![A-Za-z])[+-]?nan%?(?![A-Za-z])")


@dataclass(frozen=True)
class ReasonText:
    """Sentence templates of one reason code; fields in braces are the reason's numbers, `currency` the sign before money.

    Args:
        zh: Chinese sentence, e.g. "{clicks:.0f} 次点击".
        en: the same in English.
    """

    zh: str
    en: str


def encode(code: str, length: int, **numbers: npt.ArrayLike) -> list[str]:
    """One reason per row.

    Args:
        code: stable ASCII code.
        length: number of rows.
        numbers: name -> scalar or array of shape (length,).

    Returns:
        `length` texts.
    """
    if not numbers:
        return [code] * length
    template = code + "".join(f" {name}=%.6g" for name in numbers)
    columns = [np.broadcast_to(np.asarray(v, dtype=np.float64), (length,)).tolist() for v in numbers.values()]
    return [template % row for row in zip(*columns, strict=True)]


def decode(reason: str) -> tuple[str, dict[str, float]]:
    """Code and numbers of an encoded reason."""
    code, *parts = reason.split(" ")
    return code, {name: float(value) for name, value in (part.split("=", 1) for part in parts)}


def render(reason: str, texts: Mapping[str, ReasonText], language: str = "zh", currency: str = "") -> str:
    """The sentence of an encoded reason, unknown numbers as —.

    Args:
        reason: as written by `encode`; empty gives an empty sentence.
        texts: code -> templates.
        language: "zh" or "en".
        currency: sign to write before amounts of money.

    Raises:
        SchemaError: the code has no text, or a number its template needs is absent.
    """
    zh, en = render_both(reason, texts, currency)
    return zh if language == "zh" else en


def render_both(reason: str, texts: Mapping[str, ReasonText], currency: str = "") -> tuple[str, str]:
    """The Chinese and the English sentence of an encoded reason; raises as `render`."""
    if not reason:
        return "", ""
    code, numbers = decode(reason)
    if code not in texts:
        raise SchemaError(f"no text for reason {code!r}")
    try:
        zh, en = texts[code].zh, texts[code].en
        told = zh.format(**numbers, currency=currency), en.format(**numbers, currency=currency)
    except KeyError as error:
        raise SchemaError(f"reason {reason!r} lacks {error} for its text") from error
    if any(math.isnan(value) for value in numbers.values()):
        return _NOT_A_NUMBER.sub(UNKNOWN, told[0]), _NOT_A_NUMBER.sub(UNKNOWN, told[1])
    return told
