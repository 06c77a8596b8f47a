"""Which words of titles are refused, and which only look like it."""

from __future__ import annotations

import pytest

from bidopt.settings.rules import banned_words
from bidopt.text.banned_words import Tier
from bidopt.text.segment import Segmenter

RULES = banned_words()


def found(title: str, plain: Segmenter, category: str = "") -> dict[str, Tier]:
    return {flag.text: flag.rule.tier for flag in RULES.find(title, plain.cut(title), category)}


@pytest.mark.parametrize(
    "word",
    [
        "国家级",
        "第一",
        "世界级",
        "独一无二",
        "顶级",
        "特供",
        "销量第一",
        "极致",
        "首选",
        "再不抢就没了",
        "质量免检",
    ],
)
def test_what_lists_agree_on_is_banned(word: str, plain: Segmenter) -> None:
    assert Tier.BANNED in found(f"保温杯 {word} 家用", plain).values()


@pytest.mark.parametrize(
    "title",
    [
        "哈利波特第1部精装",
        "小学语文第一册练习",
        "王者荣耀点券代充",
        "纯正品味红茶礼盒",
        "头层真皮男士钱包",
        "永久牌自行车26寸",
        "万能胶水强力粘",
        "特效化妆血浆",
        "纯棉100%棉四件套",
        "最近新款连衣裙",
    ],
)
def test_other_words_and_senses_are_left_alone(title: str, plain: Segmenter) -> None:
    assert found(title, plain) == {}


def test_superlatives_are_found_whatever_they_praise(plain: Segmenter) -> None:
    for word in ("最先进", "最便宜", "最时尚", "最好", "最酷"):
        assert Tier.BANNED in found(f"新款{word}保温杯", plain).values(), word


def test_tiers_tell_what_is_forbidden_from_what_needs_proof(plain: Segmenter) -> None:
    flags = found("【正品】顶级高档茶叶 老字号", plain)
    assert flags == {
        "正品": Tier.PROOF,
        "顶级": Tier.BANNED,
        "高档": Tier.CATEGORY,
        "老字号": Tier.PROOF,
    }


def test_a_word_may_be_ordinary_in_its_category(plain: Segmenter) -> None:
    assert found("阿莫西林消炎", plain) == {"消炎": Tier.CATEGORY}
    assert found("阿莫西林消炎", plain, "OTC药品") == {}


def test_places_are_those_of_the_title_as_it_stands(plain: Segmenter) -> None:
    title = "ＮＥＷ 頂級 面霜"
    (flag,) = RULES.find(title, plain.cut(title))
    assert title[flag.start : flag.end] == flag.text == "頂級"


def test_every_rule_says_why() -> None:
    assert all(rule.zh and rule.en and (rule.words or rule.patterns) for rule in RULES.rules)
