"""What ends a backtest from outside is said in words that help."""

from __future__ import annotations

from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool

import pytest

from bidopt.backtest.fold_runner import _finished
from bidopt.domain.errors import BidoptError


def test_a_process_ended_from_outside_is_told_with_what_to_do() -> None:
    future: Future[None] = Future()
    future.set_exception(BrokenProcessPool())
    with pytest.raises(BidoptError, match="内存") as caught:
        _finished(future)
    assert "--workers 1" in caught.value.hint
