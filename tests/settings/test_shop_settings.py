"""shop.yaml: the shipped example is valid, and every mistake is named with line, column and the likely word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from bidopt.domain.errors import SettingsError
from bidopt.guardrails.guardrail import ORDER
from bidopt.registry import plugin_name
from bidopt.settings.rules import bid_limits, configs_folder
from bidopt.settings.shop_settings import load_settings
from bidopt.settings.yaml_file import plain, read_yaml


def write(folder: Path, text: str) -> Path:
    path = folder / "shop.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_equals_the_defaults(tmp_path: Path) -> None:
    """What init writes changes nothing: each value it spells out is the default."""
    example = (configs_folder() / "shop.example.yaml").read_text(encoding="utf-8")
    shipped = load_settings(write(tmp_path, example))
    bare = load_settings(write(tmp_path, "shop: my-shop\nname: 我的店铺\n"))
    assert shipped.fingerprint == bare.fingerprint


def test_every_commented_value_of_the_example_is_a_real_setting(tmp_path: Path) -> None:
    example = (configs_folder() / "shop.example.yaml").read_text(encoding="utf-8")
    text = re.sub(r"^( *)# ([a-z_]+:)", r"\1\2", example, flags=re.MULTILINE).replace("#   ", "  ")
    assert load_settings(write(tmp_path, text)).recommender.goals.daily_budget == 500


def test_the_example_names_every_setting_of_its_policies_with_its_default(tmp_path: Path) -> None:
    """What rules files say of platforms is not set by a shop, and `enabled` is told of once for all rules."""
    example = (configs_folder() / "shop.example.yaml").read_text(encoding="utf-8")
    text = re.sub(r"^( *)# (?=[a-z_]+:|- three_day_rule)", r"\1", example, flags=re.MULTILINE)
    file = write(tmp_path, text.replace("#   ", "  "))
    written = plain(read_yaml(file).tree)["policies"]
    policies = load_settings(file).recommender.policies
    assert len(policies) == len(written) == 5
    for policy, (told,) in zip(policies, (entry.values() for entry in written), strict=True):
        default = type(policy)()
        for name in set(type(policy).model_fields) - {"platforms"}:
            value = getattr(default, name)
            assert name in told, (plugin_name(policy), name)
            assert getattr(policy, name) == value, (plugin_name(policy), name)
            if isinstance(value, BaseModel):
                assert set(told[name]) == set(type(value).model_fields) - {"enabled"}, name


def test_policies_and_guardrails_come_in_order(tmp_path: Path) -> None:
    settings = load_settings(
        write(tmp_path, "shop: a\npolicies: [target_roas, {three_day_rule: {test_days: 5}}]\n")
    )
    assert [plugin_name(p) for p in settings.recommender.policies] == ["target_roas", "three_day_rule"]
    assert [plugin_name(g) for g in settings.recommender.guardrails] == list(ORDER)


def test_a_guardrail_can_be_switched_off(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, "shop: a\nguardrails: {cooldown: {enabled: false}}\n"))
    assert "cooldown" not in [plugin_name(g) for g in settings.recommender.guardrails]


def test_platform_limits_reach_the_guardrail_and_no_shop_widens_them(tmp_path: Path) -> None:
    guardrails = load_settings(write(tmp_path, "shop: a\n")).recommender.guardrails
    limits = next(g for g in guardrails if plugin_name(g) == "bid_range").model_dump()["platforms"]
    assert limits["alimama_wanxiangtai"]["ceiling"] == bid_limits()["alimama_wanxiangtai"].ceiling == 99.99
    with pytest.raises(SettingsError, match="平台限制不能在店铺里改"):
        load_settings(write(tmp_path, "shop: a\nguardrails: {bid_range: {platforms: {}}}\n"))


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        (
            "shop: a\ngoals:\n  target_raos: 3\n",
            "shop.yaml:3:3: goals.target_raos: 没有这个设置",
            "target_roas",
        ),
        ("shop: a\ngoal:\n  target_roas: 3\n", "shop.yaml:2:1: goal: 没有这个设置", "goals"),
        (
            "shop: a\ngoals:\n  target_roas: three\n",
            "shop.yaml:3:3: goals.target_roas: 要写数字，写的是 'three'",
            "",
        ),
        ("shop: a\ngoals:\n  target_roas: -1\n", "shop.yaml:3:3: goals.target_roas: 要大于 0", ""),
        ("shop: a\ngoals:\n  objective: sales\n", "shop.yaml:3:3: goals.objective: 只能是", ""),
        (
            "shop: a\ngoals: {objective: profit}\n",
            "shop.yaml:2:1: goals: objective: profit 需要同时写 gross_margin",
            "",
        ),
        (
            "shop: a\npolicies:\n  - three_day_rul\n",
            "shop.yaml:3:5: policies.0.three_day_rul: 没有叫",
            "three_day_rule",
        ),
        (
            "shop: a\npolicies:\n  - three_day_rule:\n      test_day: 3\n",
            "shop.yaml:4:7: policies.0.three_day_rule.test_day: 没有这个设置",
            "test_days",
        ),
        (
            "shop: a\nguardrails:\n  bid_stp: {}\n",
            "shop.yaml:3:3: guardrails.bid_stp: 没有这条护栏",
            "bid_step",
        ),
        (
            "shop: a\nguardrails:\n  bid_step: {cut_bye: 0.1}\n",
            "shop.yaml:3:14: guardrails.bid_step.cut_bye: 没有这个设置",
            "cut_by",
        ),
        (
            "shop: a\nplatforms: {amazon: {}}\n",
            "shop.yaml:2:13: platforms.amazon: 没有叫",
            "amazon_sponsored",
        ),
        ("shop: a\nguardrails: {cooldown: 3}\n", "shop.yaml:2:14: guardrails.cooldown: 要写成“名字: 值”", ""),
        (
            "shop: a\nguardrails: {cooldown: false}\n",
            "shop.yaml:2:14: guardrails.cooldown: 要写成“名字: 值”",
            "",
        ),
        (
            "shop: a\nguardrails: {bid_step: [0.2]}\n",
            "shop.yaml:2:14: guardrails.bid_step: 要写成“名字: 值”",
            "",
        ),
        ("shop: a\nguardrails: {bid_range: {floor: 5, ceiling: 1}}\n", "floor 5 高于 ceiling 1", ""),
        ("shop: a\nplatforms: {}\n", "shop.yaml:2:1: platforms: 一个平台也没有", "native"),
        ("shop: A店\n", "shop.yaml:1:1: shop: 不符合格式", ""),
        ("name: a\n", "shop.yaml:1:1: shop: 缺少这个设置", ""),
        ("shop: a\nshop: b\n", "shop.yaml:2:1: 不是合法的 YAML", ""),
        ("shop: &x a\nname: *x\n", "shop.yaml:2:7: 不支持 YAML 别名", ""),
        ("shop: [\n", "不是合法的 YAML", ""),
        ("", "是空的", ""),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, place: str, word: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(write(tmp_path, text))
    assert place in caught.value.message
    assert word in caught.value.hint


def test_a_missing_or_undecodable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="找不到设置文件"):
        load_settings(tmp_path / "shop.yaml")
    (tmp_path / "shop.yaml").write_bytes("shop: a\nname: 店".encode("gbk"))
    with pytest.raises(SettingsError, match="不是 UTF-8"):
        load_settings(tmp_path / "shop.yaml")


def test_comments_and_key_order_do_not_change_the_fingerprint(tmp_path: Path) -> None:
    one = load_settings(
        write(tmp_path, "shop: a\ngoals: {target_roas: 2.0, daily_budget: 5.0}\n")
    ).fingerprint
    two = load_settings(
        write(tmp_path, "# hello\ngoals: {daily_budget: 5.0, target_roas: 2.0}\nshop: a\n")
    ).fingerprint
    three = load_settings(
        write(tmp_path, "shop: a\ngoals: {target_roas: 2.5, daily_budget: 5.0}\n")
    ).fingerprint
    assert one == two != three
