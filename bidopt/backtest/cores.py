"""Runs independent pieces of work in child processes, never more of them than the machine has cores for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

from bidopt.domain.errors import BidoptError

Run = Callable[[Callable[..., Any], Sequence[tuple[Any, ...]]], Iterator[Any]]
"""Calls a function of a module with each of the arguments and gives the results in order, as they come."""

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def cores() -> int:
    """Cores that this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


@contextmanager
def crew(pieces: int, most: int | None = None) -> Iterator[Run]:
    """Child processes for work of so many pieces at a time; this process alone where one is enough.

    Args:
        pieces: handed out at a time.
        most: processes at most; None: as many as there are cores.

    Raises:
        BidoptError: a child process was ended from outside, as a full memory does.
    """
    workers = min(pieces, cores(), cores() if most is None else most)
    if workers <= 1:
        yield _here
        return
    with _one_thread_each(), ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:

        def there(work: Callable[..., Any], pieces: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
            waiting = [pool.submit(work, *piece) for piece in pieces]
            return (done.result() for done in waiting)

        try:
            yield there
        except BrokenProcessPool as error:
            raise BidoptError(
                "一个计算进程被系统中止了，多半是内存不够",
                "关掉别的程序再试；回测用 --workers 1 或减少天数，已经算完的不会重算；模拟把 --draws 改小",
            ) from error
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)  # nobody will want the pieces that have not begun
            raise


def _here(work: Callable[..., Any], pieces: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
    return (work(*piece) for piece in pieces)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes started inside use one thread for linear algebra: there are as many of them as cores."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
