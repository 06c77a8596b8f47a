"""`bidopt explain` tells amounts in the shop's currency, and plans that earlier versions wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bidopt.cli.explain import explain
from bidopt.cli.outcome import USAGE, exit_code
from bidopt.domain.errors import UsageError

OLDER_COLUMNS = "kind,platform,campaign_id,ad_group_id,keyword,match_type,bid,expected_clicks,expected_cost,expected_revenue,reason"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A shop in dollars with a plan from before words told since when they were proposed and what they gain."""
    plan = tmp_path / "plans" / "2026-11-21"
    plan.mkdir(parents=True)
    (tmp_path / "shop.yaml").write_text("shop: s\ncurrency: USD\n", encoding="utf-8")
    reasons = {"dear": {"zh": "花费 {currency}{cost:.2f}", "en": "cost {currency}{cost:.2f}"}}
    (plan / "plan.json").write_text(json.dumps({"reasons": reasons, "limits": {}}), encoding="utf-8")
    (plan / "bids.csv").write_text("keyword\n", encoding="utf-8")
    row = "negative,native,c,,免费,phrase,,1.0,2.0,0.0,dear cost=12.5"
    (plan / "keywords.csv").write_text(f"{OLDER_COLUMNS}\n{row}\n", encoding="utf-8")
    (plan / "READY").write_text("", encoding="utf-8")
    return tmp_path


def test_a_plan_of_an_earlier_version_is_told_in_the_shops_currency(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    explain(shop, "免费")
    told = capsys.readouterr().out
    assert "理由: 花费 $12.50" in told
    assert "Why:  cost $12.50" in told
    assert "已建议" not in told
    assert "值" not in told


def test_a_word_that_is_not_in_the_plan_is_refused_with_the_nearest_that_is(shop: Path) -> None:
    with pytest.raises(UsageError, match="2026-11-21 的计划里没有 '免费的'") as refused:
        explain(shop, "免费的")
    assert refused.value.hint == "是不是想写 免费？"
    assert exit_code(refused.value) == USAGE


def test_a_plan_is_told_in_its_own_currency_whatever_the_shop_has_now(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = shop / "plans" / "2026-11-21" / "plan.json"
    document.write_text(json.dumps(json.loads(document.read_text()) | {"currency": "CNY"}), encoding="utf-8")
    explain(shop, "免费")
    assert "理由: 花费 ¥12.50" in capsys.readouterr().out
