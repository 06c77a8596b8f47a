"""Files of the inbox are read in the order they were made, and odd ones are remarked upon."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from bidopt.facts.warehouse import Warehouse
from bidopt.jobs.import_reports import import_files, import_inbox, report_totals, waiting
from bidopt.jobs.init_shop import init_shop
from tests.conftest import AS_OF
from tests.jobs.conftest import quiet

LIST = "计划ID,单元ID,宝贝ID,关键词,匹配方式,出价\n371,9,1,精油,精准,"
TARGETING = (
    "Date,Currency,Campaign Name,Ad Group Name,Targeting,Match Type,Impressions,Clicks,Spend,"
    "7 Day Total Sales,7 Day Total Orders (#)\n2026-11-19,INR,c,g,oil,EXACT,100,5,10,0,0\n"
)


def test_a_download_repeated_by_the_browser_comes_after_its_original(tmp_path: Path) -> None:
    shop = init_shop(tmp_path / "shop")
    names = ["a.csv", "list.csv", "list (1).csv", "list (2).csv", "list (10).csv", "list2.csv", "词(1).csv"]
    for number, name in enumerate(reversed(names)):
        (shop.inbox / name).write_text(f"{LIST}{number + 1}.5\n", encoding="utf-8")
    for hidden in (".list.csv", "~$list.xlsx"):
        (shop.inbox / hidden).touch()
    assert [path.name for path in waiting(shop)] == names


def test_a_report_in_another_currency_is_imported_with_a_note(tmp_path: Path) -> None:
    shop = init_shop(tmp_path / "shop")
    (shop.inbox / "a.csv").write_text(TARGETING, encoding="utf-8")
    (shop.inbox / "b.csv").write_text(TARGETING.replace("oil", "x"), encoding="utf-8")
    for file in import_inbox(shop, AS_OF, quiet):
        assert file.batch is not None
        assert file.batch.notes == ("报表货币是 INR，店铺设置是 CNY：请把 shop.yaml 的 currency 改成 INR",)


def test_two_currencies_are_never_added_up(tmp_path: Path) -> None:
    """Not even where the later report is in the shop's own currency."""
    shop = init_shop(tmp_path / "shop", currency="USD")
    for name, currency in (("a.csv", "INR"), ("b.csv", "USD"), ("c.csv", "INR")):
        text = TARGETING.replace("INR", currency).replace("oil", name)
        (shop.inbox / name).write_text(text, encoding="utf-8")
    own, foreign, again = import_inbox(shop, AS_OF, quiet)
    assert (own.status, foreign.status, again.status) == ("imported", "refused", "imported")
    assert foreign.why == "b.csv：报表货币是 USD，店铺已有 INR 的数据，两种货币不能相加"
    assert (shop.quarantine / "b.csv").is_file()


def test_a_name_in_gbk_is_made_readable(tmp_path: Path) -> None:
    shop = init_shop(tmp_path / "shop")
    path = Path(os.fsdecode(os.fsencode(shop.inbox) + b"/" + "关键词.csv".encode("gbk")))
    path.write_text(f"{LIST}1.5\n", encoding="utf-8")
    (result,) = import_inbox(shop, AS_OF, quiet)
    assert (result.source, result.status) == ("关键词.csv", "imported")
    assert (shop.archive / "关键词.csv").is_file()


def test_files_that_are_no_exports_stay_unread(tmp_path: Path) -> None:
    shop = init_shop(tmp_path / "shop")
    for name in ("Thumbs.db", "desktop.ini", "report.csv.crdownload", "a.part"):
        (shop.inbox / name).touch()
    assert waiting(shop) == []


def test_an_export_taken_for_too_young_can_be_dated_back(tmp_path: Path) -> None:
    """The first run was made without --as-of; the file is then said to be of an earlier morning."""
    shop = init_shop(tmp_path / "shop")
    (shop.inbox / "a.csv").write_text(TARGETING, encoding="utf-8")
    import_inbox(shop, AS_OF + timedelta(days=30), quiet)
    again = import_files(shop, [shop.archive / "a.csv"], AS_OF, AS_OF, quiet)
    assert [file.status for file in again] == ["imported"]
    assert len(Warehouse(shop.facts).known_on(AS_OF).keyword_days) == 1
    assert [file.status for file in import_files(shop, [shop.archive / "a.csv"], AS_OF, AS_OF, quiet)] == [
        "already"
    ]


def test_a_missing_file_is_called_missing(tmp_path: Path) -> None:
    shop = init_shop(tmp_path / "shop")
    (result,) = import_files(shop, [tmp_path / "none.csv"], None, AS_OF, quiet)
    assert (result.status, "没有这个文件" in result.why) == ("refused", True)


def test_a_shop_without_facts_has_no_totals(tmp_path: Path) -> None:
    assert report_totals(init_shop(tmp_path / "shop")).empty
