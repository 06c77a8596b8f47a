"""Folding: what means the same looks the same, and every character keeps its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidopt.text.normalize import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("運動鞋", "运动鞋"),
        ("乾隆", "乾隆"),  # a character of its own in simplified texts too
        ("【新品】「夏」[女]", "(新品)(夏)(女)"),
        ("48×24CM", "48x24cm"),
        ("红色💓连衣裙", "红色 连衣裙"),
        ("零\u200b宽", "零 宽"),
        ("30℃ 5㎡", "30℃ 5㎡"),
        ("İstanbul", "istanbul"),
    ],
)
def test_forms_of_the_same_text_fold_alike(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_every_character_keeps_its_place(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
