"""Other names of things are true of every such thing."""

from __future__ import annotations

import pytest

from bidopt.text.names import names_of_things
from bidopt.text.normalize import fold


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("连衣裙", {"裙子"}),
        ("剃须刀", {"刮胡刀", "胡须刀"}),
        ("刮胡刀", {"剃须刀", "胡须刀"}),
        ("电吹风", {"吹风机", "吹风筒"}),
        ("保温杯", {"水杯", "杯子"}),
        ("睡裙", {"睡衣", "家居服", "裙子"}),
        ("佳能", {"canon"}),
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


@pytest.mark.parametrize(
    "name",
    [
        "围裙",
        "床裙",
        "拉拉裤",
        "内裤",
        "卡钳",
        "指甲钳",
        "轨枕",
        "抱枕",
        "地毯",
        "磨盘",
        "锯盘",
        "茶盘",
        "飞机杯",
        "焖烧杯",
        "螺丝帽",
        "安全帽",
        "波箱",
        "齿轮箱",
        "冰箱",
        "轮椅",
        "配电柜",
        "电锤",
        "植被",
        "热靴",
        "挖耳勺",
    ],
)
def test_a_thing_is_not_named_by_the_end_of_its_name_alone(name: str) -> None:
    assert not names_of_things().of(name)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("纸尿裤", "裤子"),
        ("插座", "插排"),
        ("皮带", "腰带"),
        ("唇膏", "口红"),
        ("指环", "戒指"),
        ("连裤袜", "丝袜"),
        ("玻璃杯", "水杯"),
        ("单车", "自行车"),
        ("拉杆箱", "行李箱"),
        ("移动电源", "充电宝"),
        ("数据线", "充电线"),
        ("座套", "汽车用品"),
        ("巧克力", "零食"),
        ("卷发器", "卷发棒"),
        ("磨光机", "角磨机"),
        ("脚踏车", "自行车"),
        ("电动车", "电瓶车"),
        ("溜冰鞋", "轮滑鞋"),
        ("小米", "xiaomi"),
    ],
)
def test_what_holds_of_some_things_only_is_not_told(name: str, other: str) -> None:
    """A wall socket is no extension lead, a lip balm no lipstick, and 巧克力 may be a colour."""
    assert other not in names_of_things().of(name)


def test_every_name_that_is_told_can_be_gained() -> None:
    """Titles gain no single characters, and compare folded words."""
    names = names_of_things()
    others = {other for told in names.wider.values() for other in told}
    assert all(len(word) > 1 and word == fold(word) for word in others | set(names.wider))
