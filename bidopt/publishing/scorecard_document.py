"""A scorecard as a JSON document: unknown figures are null, money is to the cent."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import Any

from bidopt.domain.scorecard import Scorecard

VERSION = 1


def scorecard_document(scorecard: Scorecard) -> str:
    """The document; the same scorecard gives the same text."""
    return json.dumps(
        {"format": VERSION, **_plain(asdict(scorecard))}, ensure_ascii=False, indent=1, allow_nan=False
    )


def _plain(value: Any) -> Any:  # noqa: ANN401  JSON holds anything
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value
