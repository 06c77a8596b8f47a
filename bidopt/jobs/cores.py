"""Runs independent pieces of work in child processes, never more of them than the machine has cores for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import Any, TypeVar

Result = TypeVar("Result")


def cores() -> int:
    """Cores that this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def each(
    work: Callable[..., Result], pieces: Sequence[tuple[Any, ...]], most: int | None = None
) -> Iterator[Result]:
    """The results of `work(*piece)` as they come, in no order; in this process where one is enough.

    Args:
        work: a function of a module, as child processes import it.
        pieces: arguments of each call.
        most: processes at most; None: as many as there are cores.
    """
    workers = min(len(pieces), most or cores(), cores())
    if workers <= 1:
        for piece in pieces:
            yield work(*piece)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for done in as_completed([pool.submit(work, *piece) for piece in pieces]):
            yield done.result()
