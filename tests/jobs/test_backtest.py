"""The backtest of a shop's folder: same files whatever the processes, resumed where it stopped, page and table in Chinese."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from rich.console import Console

from bidopt.backtest import kept_runs as kept_runs_module
from bidopt.backtest.policy_run import PolicyRun
from bidopt.domain.changes import KEYWORD_KEY
from bidopt.domain.errors import BidoptError, SettingsError, StoppedError
from bidopt.facts.schemas import DRAWN_BIDS
from bidopt.facts.warehouse import Warehouse
from bidopt.jobs.backtest import BacktestResult, run_backtest
from bidopt.jobs.import_reports import import_inbox
from bidopt.jobs.shop import Shop
from bidopt.reporting.backtest_terminal import print_backtest
from bidopt.settings.backtest_settings import Backtest, asked_for
from tests.conftest import AS_OF
from tests.jobs.conftest import quiet


def asked(shop: Shop, **changes: object) -> Backtest:
    return asked_for(
        shop.folder, {"policies": ["shop", "keep_bids", "three_day_rule"], "draws": 40, **changes}
    )


def finished(*args: Any, **kwargs: Any) -> tuple[BacktestResult, ...]:  # noqa: ANN401
    return run_backtest(*args, **kwargs).results


def kept_runs(shop: Shop) -> list[Path]:
    return sorted((shop.folder / "backtests" / ".kept").glob("*/*.json"))


@pytest.fixture
def imported(shop: Shop) -> Shop:
    import_inbox(shop, AS_OF, quiet)
    return shop


def test_a_shop_is_scored_and_what_is_done_is_not_done_again(imported: Shop) -> None:
    (first,) = finished(asked(imported), quiet, workers=1)
    names = ["as_logged", "shop", "keep_bids", "three_day_rule"]
    assert [score.policy for score in first.scorecard.policies] == names
    assert len(first.scorecard.dates) == 5  # twelve days less a week
    assert first.scorecard.told_late == 5
    files = {path.name: path.read_bytes() for path in first.folder.iterdir()}
    assert set(files) == {"scorecard.json", "backtest.html"}

    kept = kept_runs(imported)
    stamps = [path.stat().st_mtime_ns for path in kept]
    kept[0].write_bytes(kept[0].read_bytes()[:-20])  # as a full disk might leave it
    (again,) = finished(asked(imported), quiet, workers=1)
    assert {path.name: path.read_bytes() for path in again.folder.iterdir()} == files
    assert [path.stat().st_mtime_ns for path in kept[1:]] == stamps[1:]
    assert kept[0].stat().st_mtime_ns != stamps[0]


def test_runs_that_other_code_or_other_facts_made_are_not_used_and_not_kept(
    imported: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    backtest = asked(imported, policies=["keep_bids"])
    finished(backtest, quiet, workers=1)
    (old,) = kept_runs(imported)
    (old.parent.parent / "of_an_older_version.json").write_text("{}", encoding="utf-8")
    finished(asked(imported, policies=["keep_bids"], last=AS_OF - timedelta(days=2)), quiet, workers=1)
    assert old in kept_runs(imported)  # other days of the same facts
    monkeypatch.setattr(kept_runs_module, "code_version", lambda: "mended")
    finished(backtest, quiet, workers=1)
    (new,) = kept_runs(imported)
    assert new.parent != old.parent
    assert [path.name for path in new.parent.parent.iterdir()] == [new.parent.name]


def test_one_bad_shop_stops_no_other(imported: Shop, tmp_path: Path) -> None:
    bad, unread = tmp_path / "bad", tmp_path / "unread"
    shutil.copytree(imported.folder, bad)
    (bad / "shop.yaml").write_text("goals: nonsense", encoding="utf-8")
    shutil.copytree(imported.folder, unread)
    for file in (unread / "facts").rglob("*.parquet"):
        file.write_bytes(b"damaged")
    plan = asked(imported, policies=["keep_bids"])
    done = run_backtest(replace(plan, shops=(bad, unread, imported.folder)), quiet, workers=1)
    assert [failure.shop for failure in done.failures] == [bad, unread]
    assert all(failure.error.message for failure in done.failures)
    (result,) = done.results
    assert (result.folder / "backtest.html").is_file()


def test_processes_and_folds_change_nothing_they_should_not(imported: Shop) -> None:
    backtest = asked(imported, fold_days=3, policies=["keep_bids", "proportional_roi"])
    (alone,) = finished(backtest, quiet, workers=1)
    text = (alone.folder / "scorecard.json").read_bytes()
    for path in kept_runs(imported):
        path.unlink()
    (several,) = finished(backtest, quiet, workers=2)
    assert (several.folder / "scorecard.json").read_bytes() == text
    assert len(kept_runs(imported)) == 4


@pytest.mark.parametrize(
    ("first_draw", "fold_days"),
    [
        (AS_OF - timedelta(days=3), 3),  # known in the second fold only
        (AS_OF - timedelta(days=1), None),  # known on no morning that decides
    ],
)
def test_bids_may_be_drawn_from_any_day_on(imported: Shop, first_draw: date, fold_days: int | None) -> None:
    words = Warehouse(imported.facts).known_on(AS_OF).current_bids
    days = [day for day in pd.date_range(first_draw, AS_OF) if day.date() < AS_OF]
    drawn = pd.concat(
        words[list(KEYWORD_KEY)].assign(
            date=f"{day:%Y-%m-%d}",
            bid=words["current_bid"].fillna(1.0).round(2),
            propensity=0.1,
            reported_on=f"{day + timedelta(days=1):%Y-%m-%d}",
        )
        for day in days
    )
    drawn.to_csv(imported.inbox / "drawn_bids.csv", index=False)
    import_inbox(imported, AS_OF, quiet)
    assert Warehouse(imported.facts).days_of(DRAWN_BIDS) == (first_draw, AS_OF - timedelta(days=1))
    backtest = asked(imported, policies=["keep_bids"], fold_days=fold_days)
    (result,) = finished(backtest, quiet, workers=1)
    assert "还没有成交已到齐的日子" in result.scorecard.no_chance
    runs = [PolicyRun.from_json(path.read_bytes()) for path in kept_runs(imported)]
    assert all(run.bids.shape == (result.scorecard.keywords, len(run.dates)) for run in runs)


def test_page_and_document_say_what_is_known_and_no_more(imported: Shop) -> None:
    (result,) = finished(asked(imported), quiet, workers=1)
    document = json.loads((result.folder / "scorecard.json").read_text(encoding="utf-8"))
    assert document["policies"][1]["clairvoyant"] == {"value": None, "low": None, "high": None}
    page = (result.folder / "backtest.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert "<script" not in page
    for text in ("不改出价", "三天规则（照字面）", "店铺现在的设置", "实际（日志）", "5 个早上"):
        assert text in page
    assert "nan" not in page.lower().replace("nano", "")
    assert "没有随机出价记录" in document["no_chance"]
    assert all(score["chance"] is None for score in document["policies"])
    assert "没有用随机出价核对" in page
    assert "<h2>随机出价核对" not in page
    console = Console(width=100, record=True, file=io.StringIO())
    print_backtest(result.scorecard, console, page=result.folder / "backtest.html")
    shown = console.export_text()
    assert "三天规则" in shown
    assert max(len(line) for line in shown.splitlines()[:6]) <= 100


def test_in_folds_kept_bids_are_paired_with_what_was_done(imported: Shop) -> None:
    """Unpaired, the difference would be in more doubt than either of the two."""
    (result,) = finished(asked(imported, fold_days=2, policies=["keep_bids"]), quiet, workers=1)
    (_, kept), found = result.scorecard.policies, result.scorecard
    assert found.folds == 3
    of_one, of_both = kept.totals.revenue, kept.against["as_logged"].revenue
    assert of_one.high > of_one.low
    assert of_both.high - of_both.low < of_one.high - of_one.low
    page = (result.folder / "backtest.html").read_text(encoding="utf-8")
    assert "分 3 段" in page


def test_files_that_cannot_be_written_are_said_in_chinese(imported: Shop) -> None:
    (imported.folder / "backtests").write_text("", encoding="utf-8")
    with pytest.raises(BidoptError, match="无法写入回测文件"):
        run_backtest(asked(imported, policies=["keep_bids"]), quiet, workers=1)


def test_days_outside_the_log_are_refused(imported: Shop) -> None:
    with pytest.raises(SettingsError, match="不能回测"):
        run_backtest(asked(imported, last=AS_OF), quiet, workers=1)


def test_a_shop_without_facts_is_told_to_import(shop: Shop) -> None:
    with pytest.raises(StoppedError, match="没有数据"):
        run_backtest(asked(shop), quiet, workers=1)
    assert replace(shop) == shop


def test_a_text_of_the_shop_cannot_become_markup(imported: Shop, tmp_path: Path) -> None:
    del tmp_path
    backtest = asked(imported)
    evil = replace(backtest.contenders[1], name="<b>x</b>")
    (result,) = finished(replace(backtest, contenders=(evil, *backtest.contenders[1:])), quiet, workers=1)
    page = (result.folder / "backtest.html").read_text(encoding="utf-8")
    assert "<b>x</b>" not in page
