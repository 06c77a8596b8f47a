"""Work in child processes: in order, one thread of linear algebra each, and a killed child is told in words."""

from __future__ import annotations

import os
import signal

import pytest

from bidopt.backtest.cores import cores, crew
from bidopt.domain.errors import BidoptError

several = pytest.mark.skipif(cores() < 2, reason="one core has no children")


def threads_of(piece: int) -> tuple[int, str | None]:
    return piece, os.environ.get("OPENBLAS_NUM_THREADS")


def end_yourself() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


@several
def test_children_use_one_thread_each_and_answer_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "7")
    with crew(2) as run:
        assert list(run(threads_of, [(0,), (1,), (2,)])) == [(0, "1"), (1, "1"), (2, "1")]
    assert os.environ["OPENBLAS_NUM_THREADS"] == "7"


@several
def test_a_child_that_is_killed_is_told_with_what_to_do() -> None:
    with pytest.raises(BidoptError, match="计算进程被系统中止") as error, crew(2) as run:
        list(run(end_yourself, [()]))
    assert "--draws" in error.value.hint


def test_one_piece_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "7")
    with crew(1) as run:
        assert list(run(threads_of, [(0,)])) == [(0, "7")]
