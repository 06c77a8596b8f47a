"""How commands end: exit codes, errors on stderr, progress on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bidopt.domain.errors import BidoptError, LockedError, SettingsError, StoppedError, UsageError

SOME_FAILED, USAGE, STOPPED, LOCKED = 1, 2, 3, 4


def exit_code(error: BidoptError) -> int:
    """2 for usage and settings, 3 for a stop, 4 for a lock, 1 for anything else that went wrong, such as a full disk."""
    codes = {UsageError: USAGE, SettingsError: USAGE, StoppedError: STOPPED, LockedError: LOCKED}
    return next((code for kind, code in codes.items() if isinstance(error, kind)), SOME_FAILED)


@contextmanager
def reporting_errors() -> Iterator[None]:
    """Print an expected error as sentences, not as a traceback, and leave with its exit code."""
    try:
        yield
    except BidoptError as error:
        print_error(error)
        raise SystemExit(exit_code(error)) from None


def print_error(error: BidoptError, what: str = "错误") -> None:
    """Print an expected error on stderr: what went wrong, and what to do about it."""
    print(f"{what}: {error.message}", file=sys.stderr)  # noqa: T201
    if error.hint:
        print(f"怎么办: {error.hint}", file=sys.stderr)  # noqa: T201


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
