"""The commands as an operator types them: results on stdout, the rest on stderr, exit codes as promised."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bidopt.ledger.lock import shop_lock

HEADER = "date,campaign_id,product_id,keyword,impressions,clicks,cost,conversions,revenue,bid\n"


def bidopt(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bidopt", *map(str, arguments)],
        capture_output=True, text=True, encoding="utf-8", cwd=folder, check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2]), "PYTHONUTF8": "1", "COLUMNS": "100"},
    )  # fmt: skip


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "店"
    assert bidopt("init", folder, "--target-roas", "2.5", folder=tmp_path).returncode == 0
    rows = "".join(f"2026-11-{d},c,p,词{k},900,40,50,3,240,1.2\n" for d in range(10, 21) for k in range(3))
    (folder / "inbox" / "keyword_days.csv").write_text(HEADER + rows, encoding="utf-8")
    return folder


def test_the_whole_way_of_a_new_shop(shop: Path, tmp_path: Path) -> None:
    doctor = bidopt("doctor", shop, "--as-of", "2026-11-21", folder=tmp_path)
    assert (doctor.returncode, "目标投产比 2.5" in doctor.stdout) == (0, True)
    imported = bidopt("import", shop, "--json", folder=tmp_path)
    assert imported.returncode == 0
    document = json.loads(imported.stdout)
    assert document["files"][0]["status"] == "imported"
    assert document["files"][0]["reported_on"] == "2026-11-21"
    assert document["totals"][0]["clicks"] == 11 * 3 * 40
    run = bidopt("run", shop, "--as-of", "2026-11-21", folder=tmp_path)
    assert run.returncode == 0, run.stderr
    assert "report.html" in run.stdout
    explained = bidopt("explain", shop, "词1", folder=tmp_path)
    assert "理由" in explained.stdout
    assert "Why:" in explained.stdout


def test_json_is_one_document(shop: Path, tmp_path: Path) -> None:
    run = bidopt("run", shop, "--as-of", "2026-11-21", "--json", folder=tmp_path)
    assert json.loads(run.stdout)["plan"]["as_of"] == "2026-11-21"


def test_a_refused_file_is_told_and_the_code_says_some_failed(shop: Path, tmp_path: Path) -> None:
    (shop / "inbox" / "bad.csv").write_text("日期,关键字,花费额\n1,2,3\n", encoding="utf-8")
    run = bidopt("run", shop, "--as-of", "2026-11-21", folder=tmp_path)
    assert run.returncode == 1
    assert "未导入 bad.csv" in run.stdout
    assert (shop / "plans" / "2026-11-21" / "READY").is_file()


def test_mistakes_of_use_and_settings_end_with_two(shop: Path, tmp_path: Path) -> None:
    assert bidopt("run", tmp_path / "nowhere", folder=tmp_path).returncode == 2
    assert bidopt("run", shop, "--as-of", "21.11.2026", folder=tmp_path).returncode == 2
    (shop / "shop.yaml").write_text("shop: a\ngoals: {target_raos: 3}\n", encoding="utf-8")
    run = bidopt("run", shop, folder=tmp_path)
    assert run.returncode == 2
    assert "shop.yaml:2:9" in run.stderr
    assert "target_roas" in run.stderr
    assert run.stdout == ""


def test_a_run_without_facts_is_stopped(tmp_path: Path) -> None:
    bidopt("init", tmp_path / "s", folder=tmp_path)
    assert bidopt("run", tmp_path / "s", folder=tmp_path).returncode == 3


def test_a_locked_shop_ends_with_four(shop: Path, tmp_path: Path) -> None:
    with shop_lock(shop, holder="bidopt run"):
        assert bidopt("run", shop, "--as-of", "2026-11-21", folder=tmp_path).returncode == 4


def test_init_never_touches_a_shop(shop: Path, tmp_path: Path) -> None:
    before = (shop / "shop.yaml").read_bytes()
    assert bidopt("init", shop, folder=tmp_path).returncode == 2
    assert (shop / "shop.yaml").read_bytes() == before


@pytest.mark.parametrize("command", ["demo", "init", "doctor", "import", "run", "explain"])
def test_every_command_has_help_in_chinese(command: str, tmp_path: Path) -> None:
    shown = bidopt(command, "--help", folder=tmp_path)
    assert shown.returncode == 0
    assert any("一" <= char <= "鿿" for char in shown.stdout)


def test_help_loads_nothing_heavy() -> None:
    """What makes `bidopt --help` start at once; the time itself is measured in experiments/000_daily_batch."""
    code = (
        "import sys\nfrom bidopt.cli.main import app\n"
        "heavy = {'pandas', 'numpy', 'scipy', 'matplotlib', 'duckdb', 'pyarrow', 'pydantic'} & set(sys.modules)\n"
        "print(sorted(heavy))"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    assert shown.stdout.strip() == "[]"


def test_a_backtest_finishes_the_sound_shops_and_tells_of_the_others(shop: Path, tmp_path: Path) -> None:
    assert bidopt("import", shop, "--as-of", "2026-11-21", folder=tmp_path).returncode == 0
    (tmp_path / "backtest.yaml").write_text(
        "shops: [没有这家店, 店]\npolicies: [keep_bids]\ndraws: 40\n", encoding="utf-8"
    )
    done = bidopt("backtest", "backtest.yaml", "--workers", "1", "--json", folder=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "没有这家店 没有回测成" in done.stderr
    told = json.loads(done.stdout)
    assert told[0]["baseline"] == "keep_bids"
    assert told[1]["shop"].endswith("没有这家店")
    assert told[1]["error"]
    alone = bidopt("backtest", "没有这家店", folder=tmp_path)
    assert alone.returncode == 2
    assert "错误" in alone.stderr
