"""What-if answers an operator's question from the shop's own folder, and says what it does not understand."""

from __future__ import annotations

import json

import pytest

from bidopt.backtest.calibration import Marginal, Trust, trust
from bidopt.cli.what_if_tables import calibration_mark, trust_sentence
from bidopt.domain.errors import BidoptError, StoppedError
from bidopt.jobs.import_reports import import_inbox
from bidopt.jobs.shop import Shop
from bidopt.jobs.what_if import Wish, budget_of, what_if
from tests.conftest import AS_OF
from tests.jobs.conftest import quiet


def test_a_larger_budget_is_set_beside_the_shops_own_with_the_calibration(shop: Shop) -> None:
    import_inbox(shop, AS_OF, quiet)
    told: list[str] = []
    answer = what_if(shop.folder, AS_OF, Wish(budget="+50%"), days=2, draws=2, progress=told.append)
    assert answer.current.daily_budget == 200.0
    assert answer.changed.daily_budget == 300.0
    assert {row.name for row in answer.compared} >= {"cost", "revenue", "roas"}
    assert told[-1] == "模拟 2/2"
    calibrated = {line.name: line for line in answer.calibration}
    assert calibrated["clicks"].real is not None
    assert calibrated["clicks"].simulated == pytest.approx(calibrated["clicks"].real, rel=0.3)
    assert answer.document()["trust"] in {"all", "most", "nothing"}
    assert trust_sentence(answer.calibration).startswith(("对得上", "大体对得上", "对不上"))
    document = json.loads(json.dumps(answer.document()))
    assert document["changed"]["daily_budget"] == 300.0
    assert not shop.plans.exists()  # nothing is decided, nothing published
    assert not shop.ledger.exists()


def test_a_shop_without_facts_is_told_what_to_do(shop: Shop) -> None:
    with pytest.raises(StoppedError, match="没有可用的数据"):
        what_if(shop.folder, AS_OF, Wish(target=4.0), progress=quiet)


def test_an_unknown_product_is_named(shop: Shop) -> None:
    import_inbox(shop, AS_OF, quiet)
    with pytest.raises(BidoptError, match="没有在投的宝贝 'nothing'"):
        what_if(shop.folder, AS_OF, Wish(drop_product="nothing"), progress=quiet)


@pytest.mark.parametrize(
    ("real", "simulated", "told"),
    [(500.0, 0.0, "模拟偏低 100%"), (0.0, 50.0, "真实是 0"), (100.0, 250.0, "模拟偏高 150%")],
)
def test_a_total_that_one_side_has_none_of_is_not_to_be_trusted(
    real: float, simulated: float, told: str
) -> None:
    line = Marginal("orders", "成交", real, simulated, simulated, simulated, off=True)
    assert trust([line]) is Trust.NOTHING
    assert trust_sentence([line]).startswith(f"对不上: 成交 ({told})")


def test_a_figure_that_is_a_little_off_says_which_way_and_what_to_do() -> None:
    said = trust_sentence([Marginal("clicks", "每天点击", 100.0, 95.0, 94.0, 96.0, off=True)])
    assert "每天点击 (模拟偏低 5%)" in said
    assert "先按它改回来再看" in said


def test_a_figure_that_is_hardly_off_is_not_said_to_be_off_by_nothing() -> None:
    said = trust_sentence([Marginal("clicks", "每天点击", 1000.0, 996.0, 995.0, 997.0, off=True)])
    assert "每天点击 (模拟偏低 不足 1%)" in said


@pytest.mark.parametrize(
    ("real", "off", "mark"),
    [(95.0, False, ""), (99.0, False, "真实在模拟范围外，还在运气之内"), (120.0, True, "对不上")],
)
def test_a_real_figure_outside_all_simulated_ones_is_marked(real: float, *, off: bool, mark: str) -> None:
    line = Marginal("clicks_q0.9", "每词点击 90% 分位", real, 95.0, 94.0, 96.0, off=off)
    assert calibration_mark(line) == mark


@pytest.mark.parametrize(
    ("text", "budget"), [("+20%", 600.0), ("-10%", 450.0), ("650", 650.0), (" 20% ", 600.0)]
)
def test_a_budget_is_an_amount_or_a_change(text: str, budget: float) -> None:
    assert budget_of(text, 500.0) == budget


@pytest.mark.parametrize("text", ["abc", "-100%", "0", "nan", "inf", "", "+20", "20%%", "0.001"])
def test_a_budget_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(BidoptError, match="预算"):
        budget_of(text, 500.0)


def test_a_change_in_percent_needs_a_budget_to_change() -> None:
    with pytest.raises(BidoptError, match="还不知道现在的账户日预算"):
        budget_of("+20%", None)


@pytest.mark.parametrize("target", [float("inf"), float("nan"), -2.0, 0.0])
def test_a_target_that_makes_no_sense_is_refused(shop: Shop, target: float) -> None:
    with pytest.raises(BidoptError, match="--target 要是大于 0 的数"):
        what_if(shop.folder, AS_OF, Wish(target=target), progress=quiet)


@pytest.mark.parametrize("wish", [Wish(), Wish(budget="200", target=3.0)])
def test_a_wish_that_changes_nothing_is_refused_with_examples(shop: Shop, wish: Wish) -> None:
    import_inbox(shop, AS_OF, quiet)
    with pytest.raises(BidoptError, match="没有可比的") as error:
        what_if(shop.folder, AS_OF, wish, progress=quiet)
    assert "--budget" in error.value.hint
