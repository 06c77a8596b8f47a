"""New titles in the plan of the day."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText

from bidopt.jobs.run_day import run_day
from bidopt.jobs.shop import Shop, open_shop
from bidopt.text.widths import width
from tests.conftest import AS_OF
from tests.jobs.conftest import quiet


def rows_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "titles.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def wanting_titles(shop: Shop) -> Shop:
    """The shop with titles among its policies."""
    settings = shop.folder / "shop.yaml"
    text = settings.read_text(encoding="utf-8")
    wanted = "  - rewrite_titles: {variant: most_demand}\n  - negative_words:"
    assert "  - negative_words:" in text
    settings.write_text(text.replace("  - negative_words:", wanted), encoding="utf-8")
    return open_shop(shop.folder)


def with_product(shop: Shop, **values: str) -> str:
    """Set columns of the last product of the shop's table, and return its id."""
    table = shop.inbox / "products.csv"
    products = pd.read_csv(table, dtype="str")
    products.loc[products.index[-1], list(values)] = list(values.values())
    products.to_csv(table, index=False)
    return str(products["product_id"].iloc[-1])


def test_a_title_with_forbidden_words_comes_first(shop: Shop) -> None:
    illegal = with_product(shop, title="顶级婴儿推车可坐可躺轻便折叠", launched_on=str(AS_OF))
    rows = rows_of(run_day(wanting_titles(shop), AS_OF, quiet).folder)
    assert [row["product_id"] for row in rows].index(illegal) == 0
    assert (rows[0]["title"], rows[0]["lost_words"]) == ("婴儿推车可坐可躺轻便折叠", "顶级")


def test_a_shop_that_wants_titles_gets_them_in_its_plan(shop: Shop) -> None:
    with_product(shop, launched_on=str(AS_OF))  # new: its title rests
    folder = run_day(wanting_titles(shop), AS_OF, quiet).folder
    rows = rows_of(folder)
    assert rows
    assert all(width(row["title"]) == int(row["width"]) <= 60 for row in rows)
    kept = [row["kind"] == "unchanged" for row in rows]
    assert any(kept)
    assert not all(kept)
    assert all((float(row["demand_gain"]) > 0) != stays for row, stays in zip(rows, kept, strict=True))
    assert all(row["reason"] for row in rows)
    sheet = load_workbook(folder / "review.xlsx", rich_text=True)["标题"]
    places = {cell.value: place for place, cell in enumerate(sheet[1], 1)}
    for number, row in enumerate(rows, 2):
        shown = sheet.cell(number, places["建议标题"]).value
        assert str(shown) == row["title"]
        assert isinstance(shown, CellRichText) == (row["kind"] != "unchanged")  # what is new stands out
        assert str(sheet.cell(number, places["当前标题"]).value) == row["current_title"]


def test_without_the_setting_a_plan_has_no_titles(shop: Shop) -> None:
    folder = run_day(shop, AS_OF, quiet).folder
    assert rows_of(folder) == []
    assert "标题" not in load_workbook(folder / "review.xlsx").sheetnames
