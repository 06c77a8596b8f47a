"""What drawn bids say stands in words and figures, or why they say nothing."""

from __future__ import annotations

import pytest

from bidopt.domain.scorecard import (
    UNKNOWN,
    ChanceCheck,
    Curve,
    Estimate,
    PolicyScore,
    Scorecard,
    Support,
    Totals,
    Words,
)
from bidopt.reporting.backtest_page import render_backtest
from bidopt.reporting.backtest_rows import chance_rows, chance_sentence


def totals(revenue: float) -> Totals:
    return Totals(Estimate(revenue, revenue - 50, revenue + 50), Estimate(100, 90, 110), UNKNOWN, UNKNOWN)


def score(policy: str, chance: ChanceCheck | None) -> PolicyScore:
    some = (Estimate(1.0, 0.5, 1.5),) * 2
    return PolicyScore(
        policy=policy,
        totals=totals(3000),
        against={},
        budget_use=0.5,
        clairvoyant=UNKNOWN,
        regret=UNKNOWN,
        words=Words(0.0, 0.0, 0, 0, 0, 0, 0.0, 0.0),
        support=Support(1.0, 1.0, 0.0),
        curve=Curve((1.0, 1.0), (3.0, 3.0), some, some),
        chance=chance,
    )


def card(*scores: PolicyScore, no_chance: str = "") -> Scorecard:
    return Scorecard(
        shop="s",
        shop_name="店",
        currency="CNY",
        target_roas=3.0,
        name="n",
        dates=("2026-11-01", "2026-11-02"),
        known_by="2026-11-20",
        baseline="keep_bids",
        policies=scores,
        spend_curve=(),
        keywords=3,
        bids_known=1.0,
        told_late=0,
        draws=40,
        version="0",
        no_chance=no_chance,
    )


def test_figures_stand_beside_reasons() -> None:
    figures = {name: totals(worth) for name, worth in (("ips", 310), ("snips", 320), ("dr", 330))}
    checked = ChanceCheck(figures, {"dr": totals(30)}, 14, 250.0, 0.4, 0.0, 0.01)
    told = card(
        score("as_logged", None),
        score("keep_bids", checked),
        score("shop", ChanceCheck({}, {}, refused="没试过。<b>")),
    )
    (_, kept), (_, refused) = chance_rows(told)
    assert [cell.text for cell in kept[:2]] == ["¥330", "¥100"]  # type: ignore[union-attr]
    assert kept[5].text == "¥310 / ¥320"  # type: ignore[union-attr]
    assert refused == "没试过。<b>"
    assert "14 天" in chance_sentence(told)
    page = render_backtest(told)
    assert "250 词天" in page
    assert "说不了：没试过。&lt;b&gt;" in page


@pytest.mark.parametrize(("ips", "odd"), [(310, False), (390, True)])
def test_estimators_that_contradict_each_other_are_pointed_out(ips: float, *, odd: bool) -> None:
    """Intervals reach 50 to either side: 390 and 330 lie outside each other's, 310 and 330 do not."""
    figures = {name: totals(worth) for name, worth in (("ips", ips), ("snips", 320), ("dr", 330))}
    told = card(score("keep_bids", ChanceCheck(figures, {}, 14, 250.0, 0.4, 0.0, 0.01)))
    ((_, cells),) = chance_rows(told)
    assert (cells[5].sub == "和 DR 差得远") is odd  # type: ignore[union-attr]
    assert ("差得超出各自的区间" in chance_sentence(told)) is odd


def test_without_drawn_bids_no_table_is_shown() -> None:
    told = card(score("as_logged", None), score("keep_bids", None), no_chance="没有记录")
    assert chance_rows(told) == []
    page = render_backtest(told)
    assert "没有用随机出价核对：没有记录" in page
    assert "<h2>随机出价核对" not in page
