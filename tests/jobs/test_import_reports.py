"""Files of the inbox are read in the order they were made, and odd ones are remarked upon."""

from __future__ import annotations

from pathlib import Path

from bidopt.jobs.import_reports import import_inbox, waiting
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
    (shop.inbox / "b.csv").write_text(TARGETING.replace("INR", "CNY").replace("oil", "x"), encoding="utf-8")
    foreign, own = import_inbox(shop, AS_OF, quiet)
    assert (foreign.status, own.status) == ("imported", "imported")
    assert foreign.batch is not None
    assert own.batch is not None
    assert foreign.batch.notes == ("报表货币是 INR，店铺设置是 CNY：请把 shop.yaml 的 currency 改成 INR",)
    assert own.batch.notes == ()
