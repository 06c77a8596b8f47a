"""Two runs of one shop never overlap, and a killed run never blocks the next."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import bidopt
from bidopt.domain.errors import BidoptError, LockedError
from bidopt.ledger.lock import shop_lock

ROOT = Path(bidopt.__file__).parents[1]
HOLDER = """
import sys, time
from pathlib import Path
from bidopt.ledger.lock import shop_lock
with shop_lock(Path(sys.argv[1]), holder="bidopt run"):
    print("held", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def holding_process(folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLDER, str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        try:
            yield child
        finally:
            child.kill()


def test_a_second_process_is_told_who_holds_the_shop(tmp_path: Path) -> None:
    with (
        holding_process(tmp_path) as child,
        pytest.raises(LockedError) as caught,
        shop_lock(tmp_path, holder="second"),
    ):
        pytest.fail("two holders")
    assert "bidopt run" in caught.value.message
    assert str(child.pid) in caught.value.message
    assert caught.value.hint


def test_another_shop_is_free(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with holding_process(tmp_path / "a"), shop_lock(tmp_path / "b", holder="me"):
        pass


def test_the_lock_of_a_killed_process_is_taken_over(tmp_path: Path) -> None:
    with holding_process(tmp_path) as child:
        child.kill()
        child.wait()
        assert (tmp_path / ".lock.holder").exists()
        with shop_lock(tmp_path, holder="heir"):
            assert (tmp_path / ".lock.holder").read_text(encoding="utf-8").startswith("heir")


def test_the_lock_is_free_after_the_block_even_if_it_fails(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), shop_lock(tmp_path, holder="x"):
            _ = 1 / 0
    assert not (tmp_path / ".lock.holder").exists()


def test_the_same_process_cannot_hold_a_shop_twice(tmp_path: Path) -> None:
    with (
        shop_lock(tmp_path, holder="first"),
        pytest.raises(LockedError, match="first"),
        shop_lock(tmp_path, holder="second"),
    ):
        pytest.fail("two holders")


def test_a_folder_that_is_not_there_is_named_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(BidoptError, match="absent"), shop_lock(tmp_path / "absent", holder="me"):
        pytest.fail("held a folder that is not there")
    assert not (tmp_path / "absent").exists()


def test_a_folder_that_cannot_be_locked_is_named(tmp_path: Path) -> None:
    (tmp_path / ".lock").mkdir()
    with pytest.raises(BidoptError, match="无法锁定"), shop_lock(tmp_path, holder="me"):
        pytest.fail("held a folder without a lock")
