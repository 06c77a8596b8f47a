"""Habits of the house that no linter checks: sizes, names, docstrings."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "bidopt").rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}


def test_modules_are_short() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {p.name: n for p, n in lengths.items() if n > 400} == {}
    assert statistics.median(n for p, n in lengths.items() if p.name != "__init__.py") <= 130


def test_functions_are_short() -> None:
    lengths = [
        (node.end_lineno or 0) - node.lineno + 1
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    ]
    assert sorted(lengths)[int(len(lengths) * 0.9)] <= 40
    assert max(lengths) <= 60


def test_every_module_says_what_it_is_for() -> None:
    assert [p.name for p, tree in TREES.items() if not ast.get_docstring(tree)] == []


def test_there_are_no_junk_drawers() -> None:
    assert [p.name for p in MODULES if p.stem in {"utils", "helpers", "common", "misc", "base"}] == []


def test_only_the_command_line_reads_the_clock() -> None:
    readers = [
        str(path.relative_to(ROOT))
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"}
    ]
    assert set(readers) <= {"bidopt/cli/parameters.py"}
