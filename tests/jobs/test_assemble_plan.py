"""A plan says what its policies say about the account, from the decision to the files."""

from __future__ import annotations

import json
from dataclasses import replace

from bidopt.jobs.explain_keyword import explain_keyword
from bidopt.jobs.run_day import run_day
from bidopt.jobs.shop import Shop
from tests.conftest import AS_OF
from tests.jobs.conftest import quiet
from tests.talking_policy import TalkingPolicy


def test_notes_and_limits_of_a_policy_reach_plan_json_report_and_explanation(shop: Shop) -> None:
    talking = replace(shop.settings.recommender, policies=(TalkingPolicy(),))
    result = run_day(replace(shop, settings=replace(shop.settings, recommender=talking)), AS_OF, quiet)
    assert result.plan.notes == ("more_budget step=100 gain=430",)
    document = json.loads((result.folder / "plan.json").read_text(encoding="utf-8"))
    assert document["notes"][0]["zh"] == "日预算再加 100，多成交 430"
    assert document["limits"]["money"]["zh"] == "账户的钱"
    assert "日预算再加 100，多成交 430" in (result.folder / "report.html").read_text(encoding="utf-8")
    keyword = result.plan.changes.bids["keyword"].iloc[0]
    assert explain_keyword(shop.folder, keyword)[0]["limited_by_zh"] == "账户的钱"
