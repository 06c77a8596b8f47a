"""backtest.yaml: names become contenders, and mistakes are shown where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from bidopt.domain.errors import SettingsError
from bidopt.registry import plugin_name
from bidopt.settings.backtest_settings import DEFAULT_POLICIES, asked_for
from bidopt.settings.rules import configs_folder
from bidopt.settings.shop_settings import load_settings


def written(folder: Path, text: str) -> Path:
    path = folder / "backtest.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_is_what_a_shop_gets_by_default(tmp_path: Path) -> None:
    example = asked_for(configs_folder() / "backtest.example.yaml", {})
    of_shop = asked_for(tmp_path, {})
    assert example.contenders == of_shop.contenders
    assert [c.name for c in of_shop.contenders] == list(DEFAULT_POLICIES)
    assert of_shop.shops == (tmp_path,)


def test_a_rule_by_the_letter_has_no_guardrails_but_of_money_and_adds_no_words() -> None:
    shop = load_settings(configs_folder() / "shop.example.yaml").recommender
    deciding = {c.name: c.recommender(shop) for c in asked_for(Path(), {}).contenders}
    assert [plugin_name(p) for p in deciding["shop"].policies] == ["test_and_prune", "learning_bidder"]
    assert deciding["shop"].guardrails == shop.guardrails
    literal = deciding["three_day_rule"]
    assert [plugin_name(p) for p in literal.policies] == ["three_day_rule", "keep_bids"]
    assert [plugin_name(g) for g in literal.guardrails] == ["bid_range", "account_budget"]


def test_a_contender_of_ones_own_differs_only_where_written(tmp_path: Path) -> None:
    text = "shops: [a]\npolicies:\n  - keep_bids\n  - 谨慎:\n      policies: [{learning_bidder: {caution: 0.5}}]\n      goals: {target_roas: 4.0}\n"
    shop = load_settings(configs_folder() / "shop.example.yaml").recommender
    made = asked_for(written(tmp_path, text), {}).contenders[1].recommender(shop)
    assert made.goals.target_roas == 4.0
    assert made.guardrails == shop.guardrails
    assert made.policies[0].model_dump()["caution"] == 0.5


def test_the_usual_baseline_plays_too_though_nobody_named_it(tmp_path: Path) -> None:
    for found in (
        asked_for(tmp_path, {"policies": ["target_roas"]}),
        asked_for(written(tmp_path, "shops: [a]\npolicies: [target_roas]\n"), {}),
    ):
        assert [c.name for c in found.contenders] == ["target_roas", "keep_bids"]
    with pytest.raises(SettingsError, match="keep_bids"):
        asked_for(tmp_path, {"policies": ["target_roas"], "baseline": "keep_bids"})


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("shops: [a]\npolicys: [shop]\n", ":2:1", "policies"),
        ("shops: [a]\npolicies: [keep_bid]\n", ":2:12", "keep_bids"),
        ("shops: [a]\npolicies:\n  - keep_bids\n  - x: {goals: {target_roa: 4}}\n", ":4:", "target_roas"),
        ("shops: [a]\nbaseline: keep\npolicies: [keep_bids]\n", "keep", "keep_bids"),
        ("shops: [a]\npolicies: [keep_bids, keep_bids]\n", "两遍", ""),
        ("shops: [a, ./b/../a]\npolicies: [keep_bids]\n", "两遍", "删掉"),
        (
            "shops: [a]\npolicies: [keep_bids, {as_logged: {goals: {target_roas: 4.0}}}]\n",
            "as_logged",
            "名字",
        ),
        ("policies: [keep_bids]\n", "shops", "shops"),
        ("shops: [a]\nfrom: 2026-11-02\nto: 2026-11-01\n", "from", ""),
    ],
)
def test_a_mistake_is_shown_with_the_likely_word(tmp_path: Path, text: str, place: str, hint: str) -> None:
    with pytest.raises(SettingsError) as caught:
        asked_for(written(tmp_path, text), {})
    assert place in caught.value.message
    assert hint in caught.value.hint
