"""Reasons survive the way through a text column."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidopt.domain.errors import SchemaError
from bidopt.domain.reasons import ReasonText, decode, encode, render

TEXTS = {"poor": ReasonText("花费 {cost:.2f}，{clicks:.0f} 次点击", "cost {cost:.2f}, {clicks:.0f} clicks")}


@given(st.lists(st.floats(allow_nan=False, width=32), min_size=1, max_size=5))
def test_numbers_come_back_to_six_digits(values: list[float]) -> None:
    for reason, value in zip(encode("code", len(values), x=np.array(values)), values, strict=True):
        code, numbers = decode(reason)
        assert code == "code"
        assert numbers["x"] == pytest.approx(value, rel=1e-5)


def test_scalars_repeat_and_sentences_render() -> None:
    reasons = encode("poor", 2, cost=[1.0, 2.5], clicks=7)
    assert [render(r, TEXTS) for r in reasons] == ["花费 1.00，7 次点击", "花费 2.50，7 次点击"]
    assert render(reasons[1], TEXTS, "en") == "cost 2.50, 7 clicks"
    assert render("", TEXTS) == ""


@pytest.mark.parametrize("reason", ["unheard_of x=1", "poor cost=1"])
def test_a_reason_that_cannot_be_told_is_refused(reason: str) -> None:
    with pytest.raises(SchemaError):
        render(reason, TEXTS)
