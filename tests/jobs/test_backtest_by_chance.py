"""A shop whose exports tell drawn bids has its backtest checked by them; any other is told why not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bidopt.backtest.bid_noise import LogNormalNoise
from bidopt.backtest.scenarios import SCENARIOS
from bidopt.domain.changes import BIDS, BUDGETS, KEYWORDS, TITLES, Changes
from bidopt.jobs.backtest import BacktestResult, run_backtest
from bidopt.jobs.import_reports import import_inbox
from bidopt.jobs.shop import Shop
from bidopt.settings.backtest_settings import asked_for
from tests.conftest import AS_OF
from tests.jobs.conftest import quiet

DAYS = 26
MARKET = replace(
    SCENARIOS["steady"], keywords=24, products=3, orders=60.0, twists=(), noise=LogNormalNoise(0.25)
)


@pytest.fixture
def tested(shop: Shop) -> BacktestResult:
    """Backtested on 11 days whose orders are complete, money to spare, every bid drawn around the hand's."""
    for file in (shop.folder / "inbox").iterdir():
        file.unlink()
    market = MARKET.market(3)
    budgets = market.facts().current_budgets[["platform", "campaign_id"]].assign(budget=1e5)
    for _ in range(DAYS):
        market.play(Changes(BIDS.empty(), BUDGETS.conform(budgets), KEYWORDS.empty(), TITLES.empty()))
    market.write_exports(shop.folder / "inbox")
    import_inbox(shop, market.morning, quiet)
    days = {"first": market.morning - timedelta(days=DAYS), "last": market.morning - timedelta(days=1)}
    policies = {"policies": ["keep_bids", "three_day_rule", "target_roas"], "draws": 40}
    (result,) = run_backtest(asked_for(shop.folder, {**policies, **days}), quiet, workers=1).results
    return result


def test_drawn_bids_check_what_they_can_and_say_why_of_the_rest(tested: BacktestResult) -> None:
    card = tested.scorecard
    assert not card.no_chance
    kept = card.score("keep_bids").chance
    assert kept is not None
    assert kept.days == DAYS - 15 + 1
    assert set(kept.figures) == {"ips", "snips", "dr"}
    for found in kept.figures.values():
        assert found.cost.low < found.cost.value < found.cost.high
        assert found.revenue.value > 0
    assert kept.effective > 20
    logged = sum(card.score("as_logged").curve.cost[: kept.days]) / kept.days
    assert kept.figures["dr"].cost.low < logged * 1.3
    assert kept.figures["dr"].cost.high > logged * 0.7
    for score in card.policies[1:]:
        assert score.chance is not None
        assert bool(score.chance.figures) != bool(score.chance.refused)
    assert card.score("as_logged").chance is None
    page = (tested.folder / "backtest.html").read_text(encoding="utf-8")
    assert "随机出价核对" in page
    document = json.loads((tested.folder / "scorecard.json").read_text(encoding="utf-8"))
    assert document["policies"][1]["chance"]["figures"]["dr"]["cost"]["value"] > 0


def test_without_drawn_bids_it_is_said_why_they_check_nothing(shop: Shop, tmp_path: Path) -> None:
    del tmp_path
    import_inbox(shop, AS_OF, quiet)
    asked = asked_for(shop.folder, {"policies": ["keep_bids"], "draws": 40})
    (result,) = run_backtest(asked, quiet, workers=1).results
    assert "没有随机出价记录" in result.scorecard.no_chance
    assert all(score.chance is None for score in result.scorecard.policies)
    page = (result.folder / "backtest.html").read_text(encoding="utf-8")
    assert "没有用随机出价核对" in page
