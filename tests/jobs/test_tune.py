"""Tuning a shop's folder keeps its trials there, prints what to write, and never writes it itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bidopt.domain.errors import BidoptError, StoppedError
from bidopt.jobs.import_reports import import_inbox
from bidopt.jobs.shop import Shop
from bidopt.jobs.tune import TuneOptions, document, tune, yaml_lines
from tests.conftest import AS_OF
from tests.jobs.conftest import quiet

SHORT = TuneOptions(trials=2, folds=2, days=2, only=("learning_bidder.caution",), market="replay")


def test_a_shop_is_tuned_on_its_log_and_left_as_it_was(shop: Shop) -> None:
    import_inbox(shop, AS_OF, quiet)
    before = (shop.folder / "shop.yaml").read_bytes()
    result = tune(shop.folder, AS_OF, SHORT, quiet)
    assert result.study.parent == shop.folder / "tuning"
    assert result.study.exists()
    assert [knob.name for knob in result.knobs] == ["policies.learning_bidder.caution"]
    told = document(result)
    assert told["trials"] == 2
    assert bool(told["yaml"]) == told["gained"]
    assert (shop.folder / "shop.yaml").read_bytes() == before


def test_a_setting_that_does_not_exist_is_named_with_those_that_do(shop: Shop) -> None:
    with pytest.raises(BidoptError, match="没有可调的设置叫 nothing") as error:
        tune(shop.folder, AS_OF, TuneOptions(only=("nothing",)), quiet)
    assert "policies.learning_bidder.caution" in error.value.hint


def test_too_short_a_log_is_said(shop: Shop) -> None:
    import_inbox(shop, AS_OF, quiet)
    with pytest.raises(StoppedError, match="至少要 7 天"):
        tune(shop.folder, AS_OF, TuneOptions(folds=3, days=3), quiet)


def test_the_lines_to_write_stand_where_shop_yaml_has_them() -> None:
    after = {
        ("policies", "learning_bidder", "caution"): 0.35,
        ("policies", "test_and_prune", "poor_value", "drop_below"): 0.2,
        ("guardrails", "cooldown", "days"): 2,
        ("evidence", "half_life_days"): 30.0,
    }
    assert yaml_lines(after) == [
        "# policies 里 learning_bidder 的下面",
        "      caution: 0.35",
        "# policies 里 test_and_prune 的下面",
        "      poor_value:",
        "        drop_below: 0.2",
        "# guardrails 里 cooldown 的下面",
        "    days: 2",
        "evidence:",
        "  half_life_days: 30",
    ]


def test_a_day_past_the_reports_replays_the_newest_days_there_are(shop: Shop) -> None:
    import_inbox(shop, AS_OF, quiet)
    told: list[str] = []
    tune(shop.folder, AS_OF + timedelta(days=9), SHORT, told.append)
    assert f"读取 {AS_OF - timedelta(days=2)} 起的日志" in told


def test_a_folder_for_the_trials_that_cannot_be_made_is_said(shop: Shop) -> None:
    import_inbox(shop, AS_OF, quiet)
    (shop.folder / "tuning").write_text("in the way")
    with pytest.raises(BidoptError, match="建不了文件夹"):
        tune(shop.folder, AS_OF, SHORT, quiet)


def test_a_day_that_no_platform_told_is_not_replayed(shop: Shop) -> None:
    for file in shop.inbox.iterdir():
        lines = file.read_text(encoding="utf-8-sig").splitlines(keepends=True)
        gone = str(AS_OF - timedelta(days=2))
        file.write_text("".join(line for line in lines if gone not in line), encoding="utf-8")
    import_inbox(shop, AS_OF, quiet)
    with pytest.raises(StoppedError, match=f"{AS_OF - timedelta(days=2)} 没有关键词报表"):
        tune(shop.folder, AS_OF, SHORT, quiet)
