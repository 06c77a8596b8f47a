"""Runs independent pieces of work in child processes, never more of them than the machine has cores for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

Run = Callable[[Callable[..., Any], Sequence[tuple[Any, ...]]], Iterator[Any]]
"""Calls a function of a module with each of the arguments and gives the results in order, as they come."""


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
    """
    workers = min(pieces, cores(), cores() if most is None else most)
    if workers <= 1:
        yield _here
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:

        def there(work: Callable[..., Any], pieces: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
            waiting = [pool.submit(work, *piece) for piece in pieces]
            return (done.result() for done in waiting)

        yield there


def _here(work: Callable[..., Any], pieces: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
    return (work(*piece) for piece in pieces)
