"""The daily batch: complete, repeatable, never compounding, and honest about bad input."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from bidopt.domain.errors import LockedError, StoppedError
from bidopt.guardrails.bid_step import BidStep
from bidopt.jobs.init_shop import init_shop
from bidopt.jobs.run_day import run_day
from bidopt.jobs.shop import Shop, open_shop
from bidopt.ledger.lock import shop_lock
from bidopt.publishing.ready import verify
from tests.conftest import AS_OF
from tests.jobs.conftest import MARKET, quiet

HEADER = "date,campaign_id,product_id,keyword,impressions,clicks,cost,conversions,revenue,bid\n"


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def drop_in(shop: Shop, name: str, *lines: str) -> None:
    (shop.inbox / name).write_text(HEADER + "".join(f"{line}\n" for line in lines), encoding="utf-8")


def day(back: int) -> date:
    return AS_OF - timedelta(days=back)


def test_a_run_publishes_the_whole_plan(shop: Shop) -> None:
    result = run_day(shop, AS_OF, quiet)
    names = {str(p.relative_to(result.folder)) for p in result.folder.rglob("*") if p.is_file()}
    assert {
        "bids.csv",
        "budgets.csv",
        "keywords.csv",
        "titles.csv",
        "plan.json",
        "report.html",
        "review.xlsx",
        "READY",
    } <= names
    verify(result.folder)
    assert len(rows(result.folder / "bids.csv")) == 20
    assert list(shop.inbox.iterdir()) == []
    plan = json.loads((result.folder / "plan.json").read_text(encoding="utf-8"))
    assert {c["grade"]["code"] for c in plan["campaigns"]} <= {"fail", "pass", "good", "excellent", "unknown"}


def test_every_reason_is_told_in_both_languages(shop: Shop) -> None:
    folder = run_day(shop, AS_OF, quiet).folder
    told = {row["reason"]: row for row in rows(folder / "reasons.csv")}
    for row in [*rows(folder / "bids.csv"), *rows(folder / "budgets.csv")]:
        assert told[row["reason"]]["zh"]
        assert told[row["reason"]]["en"]


def test_the_same_day_again_gives_the_same_bytes(shop: Shop) -> None:
    first = hashes(run_day(shop, AS_OF, quiet).folder)
    assert hashes(run_day(shop, AS_OF, quiet).folder) == first
    shutil.rmtree(shop.plans)
    assert hashes(run_day(shop, AS_OF, quiet).folder) == first


def test_another_machine_with_the_same_files_gives_the_same_bytes(shop: Shop, tmp_path: Path) -> None:
    twin = tmp_path / "elsewhere" / "demo"
    shutil.copytree(shop.folder, twin)
    assert hashes(run_day(shop, AS_OF, quiet).folder) == hashes(run_day(open_shop(twin), AS_OF, quiet).folder)


def test_bids_never_compound_on_one_day(shop: Shop) -> None:
    """The operator applies the plan and drops in a fresh keyword list the same morning: steps count from the old bids."""
    first = rows(run_day(shop, AS_OF, quiet).folder / "bids.csv")
    applied = [r for r in first if r["action"] == "set_bid"]
    assert applied
    drop_in(
        shop,
        "keyword_days_after.csv",
        *(
            f"{day(1)},{r['campaign_id']},{r['product_id']},{r['keyword']},1000,50,99.5,3,300,{r['bid']}"
            for r in applied
        ),
    )
    second = run_day(shop, AS_OF, quiet)
    assert second.plan.revision == 2
    old = {r["keyword"]: r["current_bid"] for r in applied}
    new = {r["keyword"]: r for r in rows(second.folder / "bids.csv")}
    for keyword, bid in old.items():
        assert new[keyword]["current_bid"] == bid
        assert float(new[keyword]["bid"]) <= float(bid) * (1 + BidStep().raise_by) + 0.005


def test_new_files_make_a_new_revision_and_the_old_one_stays_readable(shop: Shop) -> None:
    first = hashes(run_day(shop, AS_OF, quiet).folder)
    drop_in(shop, "keyword_days_more.csv", f"{day(1)},1001,p,新词,100,5,5,1,90,1.0")
    second = run_day(shop, AS_OF, quiet).folder
    assert second.name == str(AS_OF)
    assert hashes(shop.plans / f"{AS_OF}.r1") == first
    verify(second)


def test_a_later_export_replaces_and_never_doubles(tmp_path: Path) -> None:
    shop = init_shop(tmp_path / "s")
    for name, clicks in (("keyword_days_1.csv", 10), ("keyword_days_2.csv", 12)):
        drop_in(shop, name, *(f"{day(b)},c,p,词,100,{clicks},20,1,90,1.5" for b in (1, 2, 3)))
        seen = run_day(shop, AS_OF, quiet).plan.keywords["clicks"].tolist()
        assert seen == [3 * clicks]


def test_facts_of_the_day_itself_or_later_are_not_used(shop: Shop) -> None:
    before = hashes(run_day(shop, AS_OF, quiet).folder)
    MARKET.write_exports(shop.inbox, [AS_OF + timedelta(days=2)])
    run_day(shop, AS_OF + timedelta(days=2), quiet)
    shutil.rmtree(shop.plans)
    assert hashes(run_day(shop, AS_OF, quiet).folder)["bids.csv"] == before["bids.csv"]


def test_a_refused_file_changes_nothing_and_says_why(shop: Shop) -> None:
    expected = hashes(run_day(shop, AS_OF, quiet).folder)
    (shop.inbox / "broken.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    drop_in(shop, "conflict.csv", *(f"{day(1)},1001,p,词,100,{clicks},9,0,0,1.0" for clicks in (5, 6)))
    result = run_day(shop, AS_OF, quiet)
    assert [f.status for f in result.files] == ["refused", "refused"]
    assert hashes(result.folder) == expected
    for name in ("broken.xlsx", "conflict.csv"):
        assert (shop.quarantine / name).is_file()
        why = (shop.quarantine / f"{name}.why.txt").read_text(encoding="utf-8")
        assert name in why
        assert "怎么办" in why
    assert "2" in (shop.quarantine / "conflict.csv.why.txt").read_text(encoding="utf-8")


def test_without_facts_nothing_is_published(tmp_path: Path) -> None:
    shop = init_shop(tmp_path / "s")
    with pytest.raises(StoppedError, match="没有可用的数据"):
        run_day(shop, AS_OF, quiet)
    assert not shop.plans.exists()


def test_facts_that_were_reported_later_are_named(shop: Shop) -> None:
    run_day(shop, AS_OF, quiet)
    with pytest.raises(StoppedError) as caught:
        run_day(shop, AS_OF - timedelta(days=40), quiet)
    assert "--as-of" in caught.value.hint


@pytest.mark.parametrize("factor", [100, 0.01])
def test_a_slip_of_units_stops_the_run(tmp_path: Path, factor: float) -> None:
    shop = init_shop(tmp_path / "s")
    lines = [
        f"{day(back)},c,p,词{k},1000,60,{60 * 1.5 * (factor if back == 1 else 1):.2f},4,400,2"
        for back in range(1, 15)
        for k in range(4)
    ]
    drop_in(shop, "keyword_days.csv", *lines)
    with pytest.raises(StoppedError, match="花费"):
        run_day(shop, AS_OF, quiet)
    assert not shop.plans.exists()


def test_two_runs_of_one_shop_do_not_overlap(shop: Shop) -> None:
    with shop_lock(shop.folder, holder="another"), pytest.raises(LockedError, match="another"):
        run_day(shop, AS_OF, quiet)


def shop_of_two_rest_days(folder: Path) -> Shop:
    """A shop that waits for two reported days after each change of a bid."""
    (folder / "inbox").mkdir(parents=True)
    (folder / "shop.yaml").write_text("shop: s\nguardrails: {cooldown: {days: 2}}\n", encoding="utf-8")
    return open_shop(folder)


def test_a_change_recommended_yesterday_rests_even_where_reports_carry_no_bid(tmp_path: Path) -> None:
    shop = shop_of_two_rest_days(tmp_path / "s")
    lines = [f"{day(b)},c,p,词,1000,60,90,20,2000," for b in range(20)]
    drop_in(shop, "keyword_days.csv", *lines[1:])
    first = run_day(shop, AS_OF, quiet).plan.changes.bids.iloc[0]
    assert first["action"] == "set_bid"
    drop_in(shop, "keyword_days.csv", *lines)
    next_day = run_day(shop, AS_OF + timedelta(days=1), quiet).plan.changes.bids.iloc[0]
    assert (next_day["action"], next_day["limited_by"]) == ("keep", "cooldown")


def test_a_change_recommended_yesterday_rests_while_its_day_is_not_reported(tmp_path: Path) -> None:
    """By default one whole day at the new bid must be seen; here yesterday's report is late."""
    shop = init_shop(tmp_path / "s")
    lines = [f"{day(b)},c,p,词,1000,60,90,20,2000," for b in range(1, 20)]
    drop_in(shop, "keyword_days.csv", *lines)
    assert run_day(shop, AS_OF, quiet).plan.changes.bids["action"].tolist() == ["set_bid"]
    next_day = run_day(shop, AS_OF + timedelta(days=1), quiet).plan.changes.bids
    assert next_day["limited_by"].tolist() == ["cooldown"]


@pytest.mark.parametrize(
    "word", ['=HYPERLINK("http://x")', "+red", "<b>词</b>", "NA", "null", 'a,b"c', "＝1+1", "😀"]
)
def test_any_keyword_text_comes_back_unchanged(tmp_path: Path, word: str) -> None:
    shop = init_shop(tmp_path / "s")
    quoted = '"' + word.replace('"', '""') + '"'
    drop_in(shop, "keyword_days.csv", *(f"{day(b)},c,p,{quoted},100,5,9,1,90,1.5" for b in range(1, 6)))
    folder = run_day(shop, AS_OF, quiet).folder
    assert [r["keyword"] for r in rows(folder / "bids.csv")] == [word]
    assert "<b>词</b>" not in (folder / "report.html").read_text(encoding="utf-8")


def test_budgets_never_compound_on_one_day(tmp_path: Path) -> None:
    """The operator applies the raised budget and drops in the fresh campaign list the same morning."""
    shop = init_shop(tmp_path / "s", daily_budget=5000.0)
    drop_in(shop, "keyword_days.csv", *(f"{day(b)},c,p,词,1000,60,98,20,2000,1.8" for b in range(1, 15)))
    budgets = []
    for current in ("100", "200"):
        (shop.inbox / "campaigns.csv").write_text(
            f"campaign_id,daily_budget\nc,{current}\n", encoding="utf-8"
        )
        budgets.append(
            run_day(shop, AS_OF, quiet).plan.changes.budgets.iloc[0][["current_budget", "budget"]].tolist()
        )
    assert budgets == [[100, 200], [100, 200]]


def test_a_word_that_was_dropped_is_not_dropped_again_while_nothing_is_heard_of_it(tmp_path: Path) -> None:
    (tmp_path / "s" / "inbox").mkdir(parents=True)
    (tmp_path / "s" / "shop.yaml").write_text(
        "shop: s\nguardrails: {share_dropped: {cost_share: 1.0}}\n", encoding="utf-8"
    )
    shop = open_shop(tmp_path / "s")
    good = [f"{day(b)},c,p,好词,1000,60,60,20,2000,1" for b in range(-1, 15)]
    bad = [f"{day(b)},c,p,坏词,1000,60,60,0,0,1" for b in range(1, 15)]
    drop_in(shop, "keyword_days.csv", *good[2:], *bad)
    first = run_day(shop, AS_OF, quiet).plan.changes.bids.set_index("keyword")["action"]
    assert first["坏词"] == "pause"
    drop_in(shop, "keyword_days.csv", *good[1:])
    second = run_day(shop, AS_OF + timedelta(days=1), quiet).plan.changes.bids.set_index("keyword")
    assert (second["action"]["坏词"], second["expected_cost"]["坏词"]) == ("keep", 0)
    drop_in(
        shop,
        "keyword_days.csv",
        *good,
        f"{day(-1)},c,p,坏词,1000,60,60,0,0,1",
        f"{day(0)},c,p,坏词,1000,60,60,0,0,1",
    )
    third = run_day(shop, AS_OF + timedelta(days=2), quiet).plan.changes.bids.set_index("keyword")["action"]
    assert third["坏词"] == "pause"  # it still runs: the drop was not carried out


def test_each_file_is_told_of_even_when_the_run_is_stopped(tmp_path: Path) -> None:
    shop = init_shop(tmp_path / "s")
    (shop.inbox / "broken.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    told: list[str] = []
    with pytest.raises(StoppedError):
        run_day(shop, AS_OF, quiet, lambda file: told.append(file.status))
    assert told == ["refused"]


def test_campaigns_without_keywords_are_graded_from_their_report(tmp_path: Path) -> None:
    shop = init_shop(tmp_path / "s")
    header = "日期,计划ID,计划名字,展现量,点击量,花费,总成交笔数,总成交金额\n"
    rows = "".join(f"2026-11-{d:02d},7,人群,9000,90,100,5,600\n" for d in range(1, 21))
    (shop.inbox / "计划报表.csv").write_text(header + rows, encoding="utf-8")
    campaigns = run_day(shop, AS_OF, quiet).plan.campaigns
    assert campaigns["grade"].tolist() == ["excellent"]
    assert campaigns["cost"].tolist() == [2000]


def test_an_old_keyword_list_does_not_undo_the_cooldown(tmp_path: Path) -> None:
    """The plan of the list's day counts as carried out until a newer list shows the bids."""
    shop = shop_of_two_rest_days(tmp_path / "s")
    header = "日期,计划ID,单元ID,宝贝ID,词类型,词名字/词包名字,展现量,点击量,花费,总成交笔数,总成交金额\n"
    days = [f"{day(b)},1,2,3,关键词,精油,900,40,40,6,600\n" for b in range(15)]
    (shop.inbox / "报表.csv").write_text(header + "".join(days[1:]), encoding="utf-8")
    (shop.inbox / "列表.csv").write_text(
        "计划ID,单元ID,宝贝ID,关键词,匹配方式,出价\n1,2,3,精油,精准,1.2\n", encoding="utf-8"
    )
    assert run_day(shop, AS_OF, quiet).plan.changes.bids["action"].tolist() == ["set_bid"]
    (shop.inbox / "报表.csv").write_text(header + "".join(days), encoding="utf-8")
    tomorrow = run_day(shop, AS_OF + timedelta(days=1), quiet).plan.changes.bids
    assert tomorrow["limited_by"].tolist() == ["cooldown"]
