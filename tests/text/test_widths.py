"""How wide titles are."""

from __future__ import annotations

from bidopt.text.widths import width


def test_chinese_characters_and_full_width_signs_count_twice() -> None:
    assert width("茶树精油 10ml，A") == 8 + 1 + 4 + 2 + 1


def test_characters_count_once_where_the_platform_counts_characters() -> None:
    assert width("Men's 保温杯", "characters") == 9
