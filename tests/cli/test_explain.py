"""`bidopt explain` tells amounts in the shop's currency, and plans that earlier versions wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bidopt.cli.explain import explain

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
