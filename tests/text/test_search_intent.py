"""Who does not come to buy: signs in Chinese and English, and shops that sell what is a sign elsewhere."""

from __future__ import annotations

import pytest

from bidopt.text.search_intent import not_buying


@pytest.mark.parametrize(
    "text",
    [
        "台灯怎么用",
        "羊毛被图片大全",
        "蓝牙耳机维修",
        "how to wash wool",
        "Pictures of lamps",
        "used bike",
        "ｐｄｆ 教材",
    ],
)
def test_searches_that_buy_nothing_are_told(text: str) -> None:
    assert not_buying([text]).tolist() == [True]


@pytest.mark.parametrize(
    "text",
    [
        "台灯护眼",
        "便宜手机",
        "写真相册",
        "unused notebook",
        "photography backdrop",
        "sugar free gum",
        "哪个牌子好",
        "",
    ],
)
def test_searches_of_buyers_are_not(text: str) -> None:
    assert not_buying([text]).tolist() == [False]


def test_texts_are_told_apart() -> None:
    """No sign reaches from one text into the next."""
    texts = ["灯", "how", "to wash", "图", "片", "", "灯图片", "灯"]
    assert not_buying(texts).tolist() == [False] * 6 + [True, False]
    assert not_buying([]).tolist() == []


def test_what_the_shop_sells_is_no_sign() -> None:
    texts = ["汽车维修工具", "维修教程", "维修"]
    assert not_buying(texts).all()
    assert not_buying(texts, ["家用维修工具箱套装"]).tolist() == [False, True, False]
