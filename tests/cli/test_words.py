"""`bidopt words` as an operator types it."""

from __future__ import annotations

import subprocess
from pathlib import Path

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
