"""Other names of things are true of every such thing."""

from __future__ import annotations

import pytest

from bidopt.text.names import names_of_things


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("连衣裙", {"裙子"}),
        ("电吹风", {"吹风机", "吹风筒"}),
        ("保温杯", {"水杯", "杯子"}),
        ("睡裙", {"睡衣", "家居服", "裙子"}),
        ("移动硬盘", set()),
        ("鞋", set()),
    ],
)
def test_what_else_a_thing_is_called(name: str, others: set[str]) -> None:
    assert names_of_things().of(name) == others


def test_a_wider_name_is_not_told_of_narrower_ones() -> None:
    assert "保温杯" not in names_of_things().of("水杯")


def test_no_name_is_its_own_other_name() -> None:
    names = names_of_things()
    assert all(name not in names.of(name) for name in names.wider)
