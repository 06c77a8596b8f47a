"""`bidopt titles` as an operator types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_commands import bidopt

TITLE = "第一不锈钢保温杯学生水杯"
DAYS = "date,campaign_id,product_id,keyword,impressions,clicks,cost,conversions,revenue\n" + "".join(
    f"2026-11-{day},c,p1,冬季保温杯,900,40,50,3,240\n" for day in range(10, 21)
)
TERMS = "term,search_volume\n冬季保温杯,5000 ~ 1万\n冬季水杯,800\n冬季学生水杯,300\n保温杯,9000\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "店"
    assert bidopt("init", folder, folder=tmp_path).returncode == 0
    (folder / "inbox" / "keyword_days.csv").write_text(DAYS, encoding="utf-8")
    return folder


def test_a_new_title_with_its_reason(shop: Path, tmp_path: Path) -> None:
    (shop / "inbox" / "products.csv").write_text(f"product_id,title\np1,{TITLE}\n", encoding="utf-8")
    (shop / "inbox" / "search_terms.csv").write_text(TERMS, encoding="utf-8")
    assert bidopt("import", shop, "--as-of", "2026-11-21", folder=tmp_path).returncode == 0
    done = bidopt("titles", shop, "--as-of", "2026-11-21", "--variants", "--json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert [row["variant"] for row in rows] == ["smallest", "balanced", "most_demand"]
    assert all("第一" not in row["title"] and "冬季" in row["title"] for row in rows)
    assert all(row["reason_zh"] and row["reason_en"] for row in rows)
    shown = bidopt("titles", shop, "--as-of", "2026-11-21", "--product", "p1", folder=tmp_path)
    assert f"原: {TITLE}" in shown.stdout
    assert "[均衡]" in shown.stdout
    assert shown.stdout.splitlines()[-1] == "均衡: 有新标题 1 个，不改 0 个"
    unknown = bidopt("titles", shop, "--as-of", "2026-11-21", "--product", "p9", folder=tmp_path)
    assert (unknown.returncode, "是不是想写 p1" in unknown.stderr) == (2, True)


def test_titles_go_as_far_as_the_shop_says(shop: Path, tmp_path: Path) -> None:
    (shop / "inbox" / "products.csv").write_text(f"product_id,title\np1,{TITLE}\n", encoding="utf-8")
    (shop / "inbox" / "search_terms.csv").write_text(TERMS, encoding="utf-8")
    settings = (shop / "shop.yaml").read_text(encoding="utf-8")
    assert "  - negative_words" in settings
    wanted = settings.replace(
        "  - negative_words", "  - rewrite_titles: {variant: smallest}\n  - negative_words"
    )
    (shop / "shop.yaml").write_text(wanted, encoding="utf-8")
    assert bidopt("import", shop, "--as-of", "2026-11-21", folder=tmp_path).returncode == 0
    assert "[最小改动]" in bidopt("titles", shop, "--as-of", "2026-11-21", folder=tmp_path).stdout


def test_without_products_it_says_what_is_missing(shop: Path, tmp_path: Path) -> None:
    assert bidopt("import", shop, "--as-of", "2026-11-21", folder=tmp_path).returncode == 0
    done = bidopt("titles", shop, "--as-of", "2026-11-21", folder=tmp_path)
    assert done.returncode == 3
    assert "products" in done.stderr
