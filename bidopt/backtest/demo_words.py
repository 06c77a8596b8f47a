"""The words of the demo shop: its products, the roots their keywords are made of, and rivals' titles."""

from __future__ import annotations

from dataclasses import dataclass

JUNK_ROOTS = ("怎么用", "图片", "二手", "是什么", "维修", "批发厂家", "回收", "简笔画", "教程", "免费领取")
"""After a core word these draw clicks of people who buy nothing."""


@dataclass(frozen=True)
class DemoProduct:
    """A product of the demo shop.

    Args:
        product_id: invented id.
        title: title in force, at most 60 half-width units.
        category: category, and the name of the product's campaign.
        price: currency; `margin` its gross margin as a fraction, `stock` in units.
        cvr: conversion rate of an average keyword.
        cpc: currency; market price of a click.
        cores: words that name the product.
        roots: words set before a core word, by kind.
        specs: words set after a core word.
        rivals: titles of competitors.
    """

    product_id: str
    title: str
    category: str
    price: float
    margin: float
    stock: int
    cvr: float
    cpc: float
    cores: tuple[str, ...]
    roots: tuple[tuple[str, ...], ...]
    specs: tuple[str, ...]
    rivals: tuple[str, ...]


def _words(line: str) -> tuple[str, ...]:
    return tuple(line.split())


def _roots(season: str, people: str, effect: str, attribute: str) -> tuple[tuple[str, ...], ...]:
    """Roots in the order in which a buyer types them."""
    return tuple(_words(line) for line in (season, people, effect, attribute))


PRODUCTS = (
    DemoProduct(
        "680215330001",
        "沐禾茶树精油祛痘淡印单方面部补水控油学生香薰10ml正品",
        "精油",
        59.0,
        0.62,
        860,
        0.050,
        0.75,
        _words("茶树精油 精油 单方精油 茶树油"),
        _roots("夏季 换季", "学生 男士 敏感肌", "祛痘 淡化痘印 控油 补水", "纯天然 澳洲 正品"),
        _words("10ml 30ml 滚珠"),
        (
            "澳洲茶树精油祛痘单方正品面部控油淡化痘印学生10ml",
            "茶树精油祛痘补水滚珠男士敏感肌可用30ml",
        ),
    ),
    DemoProduct(
        "680215337920",
        "知棠婴儿推车可坐可躺轻便折叠高景观宝宝四轮减震遛娃神器",
        "婴儿推车",
        459.0,
        0.35,
        120,
        0.014,
        2.10,
        _words("婴儿推车 婴儿车 宝宝推车 遛娃神器"),
        _roots("夏天 冬季", "新生儿 双胞胎 大童", "避震 可坐可躺 可上飞机", "轻便 折叠 高景观 双向"),
        _words("四轮 一键收车"),
        (
            "高景观婴儿推车双向可坐可躺轻便折叠新生儿宝宝避震四轮",
            "遛娃神器轻便折叠可上飞机一键收车大童婴儿车",
        ),
    ),
    DemoProduct(
        "680215345839",
        "山屿316不锈钢保温杯男女学生大容量便携水杯车载茶杯刻字",
        "保温杯",
        79.0,
        0.50,
        1500,
        0.040,
        0.90,
        _words("保温杯 不锈钢保温杯 水杯 茶杯"),
        _roots("冬天 秋冬", "男士 女士 小学生 老人", "长效保温 泡茶 防摔", "316不锈钢 大容量 便携 高档"),
        _words("500ml 1000ml 带吸管"),
        (
            "316不锈钢保温杯大容量男士泡茶高档便携水杯500ml",
            "小学生保温杯带吸管防摔女士便携水杯秋冬",
        ),
    ),
    DemoProduct(
        "680215353758",
        "木青瑜伽垫女加厚加宽防滑健身垫子家用初学者舞蹈减震静音",
        "瑜伽垫",
        69.0,
        0.55,
        640,
        0.032,
        1.00,
        _words("瑜伽垫 健身垫 瑜伽垫子 运动垫"),
        _roots("夏季", "初学者 儿童 男士 女生", "防滑 减震 静音", "加厚 加宽 天然橡胶 可折叠"),
        _words("10mm 15mm 双人"),
        (
            "天然橡胶瑜伽垫女生防滑专业健身垫加宽加厚",
            "加厚瑜伽垫初学者减震静音家用运动垫双人15mm",
        ),
    ),
    DemoProduct(
        "680215361677",
        "听屿蓝牙耳机无线半入耳式降噪超长续航运动跑步适用安卓",
        "耳机",
        169.0,
        0.40,
        300,
        0.020,
        1.60,
        _words("蓝牙耳机 无线耳机 无线蓝牙耳机 耳机"),
        _roots("新款", "女生 学生 跑步", "降噪 超长续航 防水", "半入耳式 骨传导 挂耳式 高音质"),
        _words("单只 游戏款"),
        (
            "无线蓝牙耳机新款降噪超长续航半入耳式高音质女生",
            "骨传导蓝牙耳机跑步防水挂耳式运动不入耳",
        ),
    ),
    DemoProduct(
        "680215369596",
        "暖禾羊毛被冬被加厚保暖澳洲羊毛被子双人春秋被芯学生宿舍",
        "被子",
        399.0,
        0.45,
        210,
        0.026,
        2.00,
        _words("羊毛被 羊毛被子 冬被 被子"),
        _roots("冬季 春秋 四季", "学生宿舍 单人 双人 儿童", "保暖 透气 可水洗", "澳洲 加厚 全棉 A类"),
        _words("8斤 1.8米 200x230"),
        (
            "澳洲羊毛被加厚保暖冬被双人全棉被子8斤200x230",
            "A类全棉羊毛被春秋四季被芯单人学生宿舍可水洗",
        ),
    ),
)
