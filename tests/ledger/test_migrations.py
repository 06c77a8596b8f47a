"""A ledger file goes forward to the newest version, in one step, and never back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bidopt.domain.errors import BidoptError
from bidopt.ledger.ledger import Ledger
from bidopt.ledger.migrations import MIGRATIONS, migrate


@pytest.fixture
def sql() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    yield connection
    connection.close()


def tables(sql: sqlite3.Connection) -> set[str]:
    return {name for (name,) in sql.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_an_older_file_takes_the_missing_steps_only(sql: sqlite3.Connection) -> None:
    first = ("CREATE TABLE one (x)",)
    migrate(sql, (first,))
    sql.execute("INSERT INTO one VALUES (7)")
    migrate(sql, (first, ("CREATE TABLE two (y)", "INSERT INTO two SELECT x FROM one")))
    assert sql.execute("SELECT y FROM two").fetchall() == [(7,)]
    assert sql.execute("PRAGMA user_version").fetchone() == (2,)


def test_a_step_that_fails_leaves_the_old_version(sql: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.Error):
        migrate(sql, (("CREATE TABLE one (x)",), ("CREATE TABLE two (y)", "not SQL")))
    assert tables(sql) == set()
    assert sql.execute("PRAGMA user_version").fetchone() == (0,)


def test_a_file_of_a_newer_bidopt_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    Ledger(path).close()
    sql = sqlite3.connect(path)
    sql.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    sql.close()
    before = path.read_bytes()
    with pytest.raises(BidoptError, match="升级 bidopt"):
        Ledger(path)
    assert path.read_bytes() == before
