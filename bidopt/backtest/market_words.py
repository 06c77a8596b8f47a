"""The words that simulated shops bid on: categories of goods, and the roots their keywords are made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from bidopt.backtest.demo_words import JUNK_ROOTS, PRODUCTS

Phrase = tuple[str, ...]

ALL_JUNK_ROOTS = (*JUNK_ROOTS, "制作方法", "品牌大全", "多少钱", "说明书", "素材", "批发", "diy手工")
"""Beside a core word these draw clicks of people who buy nothing."""


@dataclass(frozen=True)
class Category:
    """A kind of goods.

    Args:
        name: of the category.
        price: currency; an ordinary price.
        margin: gross margin, fraction.
        cores: words that name the goods.
        roots: words set before a core word, by kind, in the order in which buyers type them.
        specs: words set after a core word.
    """

    name: str
    price: float
    margin: float
    cores: Phrase
    roots: tuple[Phrase, ...]
    specs: Phrase


def _category(
    name: str, price: float, margin: float, cores: str, roots: tuple[str, str, str, str], specs: str
) -> Category:
    kinds = tuple(tuple(line.split()) for line in roots)
    return Category(name, price, margin, tuple(cores.split()), kinds, tuple(specs.split()))


CATEGORIES = (
    *(Category(p.category, p.price, p.margin, p.cores, p.roots, p.specs) for p in PRODUCTS),
    _category(
        "洗面奶",
        49.0,
        0.65,
        "洗面奶 洁面乳 洗脸膏 洁面泡沫",
        ("夏季 秋冬", "男士 女士 学生 敏感肌 油皮", "控油 去黑头 保湿 祛痘 美白", "氨基酸 温和 深层清洁"),
        "120g 旗舰店 套装",
    ),
    _category(
        "猫粮",
        89.0,
        0.38,
        "猫粮 成猫粮 幼猫粮 猫主粮",
        ("新款 囤货", "英短 布偶 蓝猫 流浪猫", "增肥 发腮 美毛 去毛球", "全价 无谷 冻干 鲜肉 高蛋白"),
        "2kg 10斤 20斤",
    ),
    _category(
        "台灯",
        99.0,
        0.48,
        "台灯 护眼灯 学习台灯 书桌灯",
        (
            "开学 2026新款",
            "儿童 大学生 宿舍 办公",
            "护眼 防近视 阅读 写作业",
            "led 充电 可夹式 无频闪 国AA级",
        ),
        "大号 遥控 插电",
    ),
    _category(
        "防晒衣",
        79.0,
        0.52,
        "防晒衣 防晒服 防晒衫 皮肤衣",
        ("夏季 春秋", "女 男 儿童 大码 情侣", "防紫外线 透气 冰感 显瘦", "冰丝 薄款 连帽 upf50 短款"),
        "外套 罩衫 披肩",
    ),
    _category(
        "坚果",
        69.0,
        0.35,
        "坚果 每日坚果 坚果礼盒 混合坚果",
        ("中秋 年货", "孕妇 儿童 老人 送礼", "健康 低脂 代餐 解馋", "原味 无添加 独立包装 纯坚果 大颗粒"),
        "30包 750g 罐装",
    ),
    _category(
        "行李箱",
        199.0,
        0.42,
        "行李箱 拉杆箱 旅行箱 登机箱",
        ("国庆 开学", "女 男 学生 儿童", "静音 耐用 防刮 结实", "大容量 铝框 万向轮 轻便 多功能"),
        "20寸 24寸 28寸",
    ),
    _category(
        "拖鞋",
        29.0,
        0.50,
        "拖鞋 凉拖鞋 家居拖鞋 浴室拖鞋",
        ("夏季 冬季", "女 男 情侣 儿童 孕妇", "防滑 防臭 静音 外穿", "厚底 eva 踩屎感 棉麻 软底"),
        "两双装 家用 酒店",
    ),
    _category(
        "蛋白粉",
        168.0,
        0.45,
        "蛋白粉 乳清蛋白粉 蛋白质粉 营养粉",
        ("正品 囤货", "中老年 健身 学生 术后", "增肌 增强免疫 代餐 补充营养", "进口 无糖 纯 高纯度 分离"),
        "2磅 5磅 450g",
    ),
)


def phrases_of(category: Category) -> dict[str, Phrase]:
    """Keyword -> its parts as a buyer types them: roots, then the core word, then a specification."""
    return {"".join(phrase): phrase for phrase in _phrases(category)}


def junk_phrases_of(category: Category) -> dict[str, Phrase]:
    """Keyword -> its parts, for keywords with a root that never sells."""
    roots = [(), *((root,) for words in category.roots for root in words)]
    found = ((*r, core, junk) for r in roots for core in category.cores for junk in ALL_JUNK_ROOTS)
    return {"".join(phrase): phrase for phrase in found}


def _phrases(category: Category) -> Iterator[Phrase]:
    roots = [(kind, root) for kind, words in enumerate(category.roots) for root in words]
    for core in category.cores:
        yield (core,)
        yield from ((core, spec) for spec in category.specs)
        yield from ((root, core) for _, root in roots)
        yield from ((root, core, spec) for _, root in roots for spec in category.specs)
        pairs = [(a, b) for (i, a), (j, b) in combinations(roots, 2) if i < j]
        yield from ((a, b, core) for a, b in pairs)
        yield from ((a, b, core, spec) for a, b in pairs for spec in category.specs)
