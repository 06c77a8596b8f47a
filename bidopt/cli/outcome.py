"""How commands end: exit codes, errors on stderr, progress on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bidopt.domain.errors import BidoptError, LockedError, StoppedError

SOME_FAILED, USAGE, STOPPED, LOCKED = 1, 2, 3, 4


@contextmanager
def reporting_errors() -> Iterator[None]:
    """Print an expected error as sentences, not as a traceback, and leave with its exit code."""
    try:
        yield
    except BidoptError as error:
        print(f"错误: {error.message}", file=sys.stderr)  # noqa: T201
        if error.hint:
            print(f"怎么办: {error.hint}", file=sys.stderr)  # noqa: T201
        code = (
            STOPPED
            if isinstance(error, StoppedError)
            else LOCKED
            if isinstance(error, LockedError)
            else USAGE
        )
        raise SystemExit(code) from None


@contextmanager
def progress_bar(total: int) -> Iterator[Callable[[str], None]]:
    """A bar on stderr that moves on with each stage it is told; silent where stderr is not a terminal.

    Args:
        total: number of stages expected.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total + 1)

        def stage(text: str) -> None:
            progress.update(task, description=text, advance=1)

        yield stage
