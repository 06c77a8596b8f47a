"""A file is old or new, never half."""

from __future__ import annotations

from pathlib import Path

import pytest

from bidopt.facts.atomic_file import replace_atomically, write_atomically, written_aside


def test_writing_replaces_the_old_content(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_atomically(path, b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_a_writer_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"old")

    def fail() -> None:
        with written_aside(path) as temporary:
            temporary.write_bytes(b"ne")
            raise OSError("disk full")

    with pytest.raises(OSError, match="full"):
        fail()
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_what_a_killed_writer_left_behind_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with written_aside(path) as temporary:
        left_over = temporary
        temporary.write_bytes(b"x")
    left_over.write_bytes(b"half")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert not left_over.exists()


def test_a_temporary_file_takes_the_place_of_another(tmp_path: Path) -> None:
    temporary, path = tmp_path / ".tmp-1", tmp_path / "a"
    temporary.write_bytes(b"new")
    replace_atomically(temporary, path)
    assert path.read_bytes() == b"new"
