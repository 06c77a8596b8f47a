"""Repeated keys are found however many columns name them."""

from __future__ import annotations

import pandas as pd
import pytest

from bidopt.domain.errors import ReportError
from bidopt.facts.schemas import KEYWORD_DAYS
from bidopt.platforms.reading.repeats import without_repeats

MANY = 20_000
"""Distinct values per key column: five such columns exceed what one integer can number."""


def wide_keys(last_clicks: int) -> pd.DataFrame:
    texts = pd.Series([f"x{i}" for i in range(MANY)], dtype="str")
    key = ["campaign_id", "ad_group_id", "product_id", "keyword", "platform", "match_type"]
    table = pd.DataFrame(dict.fromkeys(key, texts) | {"clicks": 1.0})
    again = table.iloc[[7]].assign(clicks=float(last_clicks))
    return pd.concat([table, again]).set_axis(range(2, MANY + 3))


def test_a_copy_is_dropped() -> None:
    kept, copies = without_repeats(wide_keys(1), KEYWORD_DAYS)
    assert copies == 1
    assert kept.index.tolist() == list(range(2, MANY + 2))


def test_a_contradiction_is_refused() -> None:
    with pytest.raises(ReportError, match=r"第 9 行和第 20002 行.*点击量 1；第 20002 行.*点击量 2"):
        without_repeats(wide_keys(2), KEYWORD_DAYS)
