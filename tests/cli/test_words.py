"""`bidopt words` as an operator types it."""

from __future__ import annotations

import csv
import io
import subprocess
from pathlib import Path

import openpyxl

from tests.cli.test_commands import bidopt


def segmented(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return bidopt("words", "segment", *arguments, folder=folder)


def test_segment_prints_titles_tokens_and_roles(tmp_path: Path) -> None:
    (tmp_path / "titles.txt").write_text("纯棉T恤 3-6岁\n\n【新款】1.5m数据线\n", encoding="utf-8")
    (tmp_path / "market.csv").write_text("title,sales\n儿童纯棉T恤,3\n", encoding="gb18030")
    done = segmented(tmp_path, "titles.txt", "--corpus", "market.csv")
    assert done.returncode == 0, done.stderr
    header, *rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert header == ["title", "tokens", "roles"]
    assert [(title, tokens) for title, tokens, _ in rows] == [
        ("纯棉T恤 3-6岁", "纯棉 T恤 3-6岁"),
        ("【新款】1.5m数据线", "【 新款 】 1.5m 数据线"),
    ]
    assert all(len(tokens.split()) == len(roles.split()) for _, tokens, roles in rows)


def test_a_table_without_a_known_heading_gives_its_first_column(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("纯棉毛巾\t[[0, 2]]\n儿童雨伞\t[]\n", encoding="utf-8")
    rows = segmented(tmp_path, "a.tsv").stdout.splitlines()[1:]
    assert [row.split("\t")[0] for row in rows] == ["纯棉毛巾", "儿童雨伞"]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = segmented(tmp_path, "missing.txt")
    assert (done.returncode, done.stdout) == (1, "")
    assert "missing.txt" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_demo_shop_has_words_to_add_to_block_and_a_library(tmp_path: Path) -> None:
    made = bidopt("demo", "shop", "--as-of", "2026-11-21", folder=tmp_path)
    assert made.returncode == 0, made.stderr
    tables = {}
    for command in (["mine"], ["mine", "--rejected"], ["negatives"]):
        done = bidopt("words", *command, "shop", "--as-of", "2026-11-21", folder=tmp_path)
        assert done.returncode == 0, done.stderr
        tables[" ".join(command)] = list(csv.DictReader(io.StringIO(done.stdout), delimiter="\t"))
    plan = (tmp_path / "shop/plans/2026-11-21/keywords.csv").read_text(encoding="utf-8")
    planned = list(csv.DictReader(io.StringIO(plan)))
    today = {row["keyword"] for row in tables["mine"] if row["today"] == "yes"}
    assert today == {row["keyword"] for row in planned if row["kind"] == "add"} != set()
    blocked = {row["keyword"] for row in tables["negatives"]}
    assert blocked == {row["keyword"] for row in planned if row["kind"] == "negative"} != set()
    assert all(row["why"] for row in tables["mine --rejected"])

    for kind, told in (("add", "首次出价"), ("negative", "屏蔽后预计每天少")):
        word = next(row["keyword"] for row in planned if row["kind"] == kind)
        done = bidopt("explain", "shop", word, folder=tmp_path)
        assert done.returncode == 0, done.stderr
        assert told in done.stdout

    tomorrow = bidopt("run", "shop", "--as-of", "2026-11-22", folder=tmp_path)
    assert tomorrow.returncode == 0, tomorrow.stderr
    folder = tmp_path / "shop/plans/2026-11-22"
    again = list(csv.DictReader(io.StringIO((folder / "keywords.csv").read_text(encoding="utf-8"))))
    days = {(row["kind"], row["keyword"]): row["days_proposed"] for row in again}
    first = {(row["kind"], row["keyword"]) for row in planned}
    assert {"1"} == {days[word] for word in first & days.keys()}
    assert {"0"} >= {days[word] for word in days.keys() - first}
    sealed = (folder / "READY").read_bytes()
    assert bidopt("run", "shop", "--as-of", "2026-11-22", folder=tmp_path).returncode == 0
    assert (folder / "READY").read_bytes() == sealed

    done = bidopt("words", "library", "shop", "--as-of", "2026-11-21", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    with (tmp_path / "shop/words/library.csv").open(encoding="utf-8", newline="") as file:
        library = list(csv.DictReader(file))
    assert {"yes", ""} == {row["bought"] for row in library}
    book = openpyxl.load_workbook(tmp_path / "shop/words/library.xlsx", read_only=True)
    assert sum(sheet.max_row - 1 for sheet in book.worksheets) >= len(library)

    bids = csv.DictReader(io.StringIO((folder / "bids.csv").read_text(encoding="utf-8")))
    kept = next(row for row in bids if row["action"] != "pause")
    listed = f"campaign_id,negative_keyword,match_type\n{kept['campaign_id']},{kept['keyword']},exact\n"
    (tmp_path / "shop/inbox/negative_words_2026-11-21.csv").write_text(listed, encoding="utf-8")
    assert bidopt("import", "shop", folder=tmp_path).returncode == 0
    warned = bidopt("words", "negatives", "shop", "--as-of", "2026-11-22", folder=tmp_path).stderr
    assert f"注意: {kept['campaign_id']} 在 " in warned
    assert f"的否词表里有“{kept['keyword']}”，可能挡住在买的 1 个词: {kept['keyword']}" in warned
