"""Roles of words: by shape, by lists, by what stands beside them, and whose a brand is."""

from __future__ import annotations

import pytest

from bidopt.text.dictionary import Dictionary
from bidopt.text.role_lexicon import RoleLexicon, learn_roles
from bidopt.text.roles import Owner, Role, role_by_shape
from bidopt.text.segment import Segmenter

SHOPS = (
    "华为",
    "小米",
    "飞利浦",
    "美的",
    "格力",
    "苏泊尔",
    "联想",
    "戴尔",
    "华硕",
    "惠普",
    "佳能",
    "索尼",
    "松下",
    "夏普",
    "海尔",
    "九阳",
    "方太",
    "戴森",
    "公牛",
    "得力",
)
THINGS = ("台灯", "雨伞", "毛巾", "玩具", "书包", "水杯", "拖鞋", "枕头")
TRAITS = ("黑色", "儿童", "防水", "纯棉", "家用")
TITLES = [f"{shop}{trait}{thing} 2件" for shop in SHOPS for trait in TRAITS for thing in THINGS]
UNKNOWN = [f"麒麟{trait}{thing}" for thing in THINGS for trait in TRAITS]


@pytest.fixture(scope="module")
def roles(general: Dictionary, plain: Segmenter) -> RoleLexicon:
    return learn_roles(TITLES + UNKNOWN, plain, general)


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("1.5m", Role.SPEC),
        ("20片装", Role.SPEC),
        ("48x24cm", Role.SPEC),
        ("3-6岁", Role.AUDIENCE),
        ("hfw4838m", Role.MODEL),
        ("2026", Role.SEASON),
        ("【", Role.MARK),
    ],
)
def test_shapes_that_tell_the_role(word: str, role: Role) -> None:
    found = role_by_shape(word)
    assert found is not None
    assert found.role is role


@pytest.mark.parametrize("word", ["台灯", "oppo", "t恤"])
def test_shapes_that_tell_nothing(word: str) -> None:
    assert role_by_shape(word) is None


def test_listed_words_have_their_role(roles: RoleLexicon) -> None:
    words = ["华为", "黑色", "纯棉", "儿童", "家用", "防水", "台灯", "2件", "包邮", "夏季", "澳洲"]
    assert [found.role for found in roles.roles_of(words)] == [
        Role.BRAND,
        Role.ATTRIBUTE,
        Role.MATERIAL,
        Role.AUDIENCE,
        Role.OCCASION,
        Role.FUNCTION,
        Role.CATEGORY,
        Role.SPEC,
        Role.FILLER,
        Role.SEASON,
        Role.ORIGIN,
    ]


def test_a_word_as_it_stands_in_the_title_has_the_role_of_its_folded_form(roles: RoleLexicon) -> None:
    assert roles.role_of("臺燈").role is Role.CATEGORY
    assert roles.role_of("１．５Ｍ").role is Role.SPEC


def test_confidence_says_what_is_only_guessed(roles: RoleLexicon) -> None:
    assert roles.role_of("台灯").confidence == pytest.approx(1)
    assert 0.2 < roles.role_of("麒麟").confidence < 1
    assert roles.role_of("魑魅").confidence == 0  # neither listed nor in a title


def test_a_word_in_the_place_of_brands_is_taken_for_one(roles: RoleLexicon) -> None:
    assert roles.role_of("麒麟").role is Role.BRAND


def test_own_brand_and_rivals_are_told_apart(general: Dictionary, plain: Segmenter) -> None:
    roles = learn_roles(TITLES, plain, general, own_brands=["LINLING/霖翎"], categories=["魑魅"])
    assert roles.role_of("霖翎").owner is Owner.OWN
    assert roles.role_of("linling").owner is Owner.OWN
    assert roles.role_of("华为").owner is Owner.RIVAL
    assert roles.role_of("台灯").owner is Owner.UNKNOWN
    assert roles.role_of("魑魅").role is Role.CATEGORY


def test_without_the_shops_brands_no_brand_is_a_rival(roles: RoleLexicon) -> None:
    assert roles.role_of("华为").owner is Owner.UNKNOWN


def test_without_titles_the_lists_remain(general: Dictionary, plain: Segmenter) -> None:
    assert learn_roles([], plain, general).role_of("纯棉").role is Role.MATERIAL
