"""How numbers and foreign text are shown: money, percentages, and text that can neither hide nor command."""

from __future__ import annotations

import math
import re
from typing import Final

from rich.cells import cell_len

DASH: Final = "—"
"""What stands for an unknown number."""

_SIGNS: Final = {"CNY": "¥", "INR": "₹", "USD": "$", "EUR": "€", "AUD": "A$"}

_HIDDEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
"""Controls, direction overrides, lone surrogates and non-characters: files cannot hold them, or they trick the eye."""


def currency_sign(currency: str) -> str:
    """The sign written before an amount; the code and a blank where none is known."""
    return _SIGNS.get(currency, f"{currency} ")


def money(value: float, currency: str, decimals: int = 2, *, signed: bool = False) -> str:
    """An amount such as ¥1,234.50; `signed` marks increases with +."""
    if not math.isfinite(value):
        return DASH
    digits = f"{abs(value):,.{decimals}f}"
    return f"{_sign(value, digits, signed=signed)}{currency_sign(currency)}{digits}"


def percent(value: float, decimals: int = 1, *, signed: bool = False) -> str:
    """A fraction as a percentage."""
    if not math.isfinite(value):
        return DASH
    digits = f"{abs(100 * value):,.{decimals}f}"
    return f"{_sign(value, digits, signed=signed)}{digits}%"


def number(value: float, decimals: int = 0) -> str:
    """A plain number with thousands separators."""
    return f"{value:,.{decimals}f}" if math.isfinite(value) else DASH


def clean(text: str) -> str:
    """`text` with each invisible or forbidden character shown as U+FFFD; all else is kept as it is.

    Whoever matches a shown keyword against a table has to clean both sides.
    """
    return _HIDDEN.sub("\ufffd", text)


def clip(text: str, width: int) -> str:
    """`text` cleaned and cut to `width` half-width cells, hanzi taking two, with … where something is lost."""
    shown = clean(text)
    if cell_len(shown) <= width:
        return shown
    while shown and cell_len(shown) > width - 1:
        shown = shown[: min(len(shown) - 1, width)]
    return f"{shown}…"


def cells(text: str) -> int:
    """Width of `text` in half-width cells."""
    return cell_len(text)


def _sign(value: float, digits: str, *, signed: bool) -> str:
    if not any(digit in digits for digit in "123456789"):
        return ""  # -0.00 is nothing
    if value < 0:
        return "-"
    return "+" if signed else ""
