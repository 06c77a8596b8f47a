"""The daily batch on real Amazon exports, and on a 万相台 shop with a keyword list."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from bidopt.jobs.import_reports import report_totals
from bidopt.jobs.init_shop import init_shop
from bidopt.jobs.run_day import run_day
from tests.conftest import AS_OF
from tests.jobs.conftest import quiet

LEAP_MARCH = date(2020, 3, 1)


@pytest.mark.shared
def test_amazon_exports_become_a_plan_for_every_target(shared: Path, tmp_path: Path) -> None:
    shop = init_shop(tmp_path / "shop", currency="INR")
    for path in (shared / "data" / "amazon-2020").iterdir():
        shutil.copy(path, shop.inbox)
    result = run_day(shop, LEAP_MARCH, quiet)
    assert {f.status for f in result.files} == {"imported"}
    totals = report_totals(shop).set_index("report")
    assert (totals["clicks"] == 1955).all()
    assert totals["cost"].round(2).eq(47108.12).all()
    assert totals["impressions"]["keyword_days"] == 640262
    assert totals["impressions"]["campaign_days"] == 640242
    assert totals["revenue"]["keyword_days"] == pytest.approx(71129.81)
    assert totals["revenue"]["search_term_days"] == pytest.approx(70853.92)

    with (result.folder / "bids.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 107
    document = json.loads((result.folder / "plan.json").read_text(encoding="utf-8"))
    assert len(document["campaigns"]) == 10
    assert [i["code"] for i in document["issues"] if i["severity"] != "info"] == ["unknown_bids"]
    assert (
        sum(c["budget"] for c in document["campaigns"])
        <= sum(c["current_budget"] for c in document["campaigns"]) + 0.01
    )


REPORT = (
    "日期,计划ID,计划名字,单元ID,宝贝ID,词类型,词名字/词包名字,展现量,点击量,花费,总成交笔数,总成交金额\n"
)
LIST = "计划ID,单元ID,宝贝ID,关键词,匹配方式,出价,质量分,状态\n"


def test_a_wanxiangtai_shop_takes_bids_and_scores_from_the_keyword_list(tmp_path: Path) -> None:
    shop = init_shop(tmp_path / "shop")
    days = "".join(
        f'2026-11-{d:02d},="371",精油,="9",620000000001,关键词,{word},900,40,{cost},{orders},{orders * 90}\n'
        for d in range(1, 21)
        for word, cost, orders in (("茶树精油", 40, 4), ("精油批发", 60, 0))
    )
    (shop.inbox / "关键词报表.csv").write_bytes((REPORT + days).encode("gbk"))
    words = "".join(
        f"371,9,620000000001,{w},{m},{b},{q},推广中\n"
        for w, m, b, q in (("茶树精油", "精准", 1.2, 9), ("精油批发", "广泛", 1.8, 3))
    )
    (shop.inbox / "关键词列表.csv").write_bytes((LIST + words).encode("gb18030"))
    result = run_day(shop, AS_OF, quiet)
    bids = result.plan.changes.bids.set_index("keyword")
    assert bids["current_bid"].to_dict() == {"茶树精油": 1.2, "精油批发": 1.8}
    assert bids["action"].to_dict() == {"茶树精油": "set_bid", "精油批发": "pause"}
    assert bids["reason"]["精油批发"].startswith("spent_without_order clicks=800 cost=1200")
    assert result.plan.keywords.set_index("keyword")["quality_score"].to_dict() == {
        "茶树精油": 9,
        "精油批发": 3,
    }

    upload = result.folder / "upload" / "alimama_wanxiangtai_changes.xlsx"
    cells = [row for sheet in openpyxl.load_workbook(upload) for row in sheet.iter_rows()]
    texts = {str(cell.value) for row in cells for cell in row}
    assert {"茶树精油", "精油批发", "371", "620000000001"} <= texts
    assert {cell.data_type for row in cells for cell in row} <= {"s", "n"}
