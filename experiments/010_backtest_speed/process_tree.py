"""What a command and the processes it starts take: CPU-seconds of each and the memory of all together (Linux)."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1e6
_LOOK_EVERY = 0.2


@dataclass(frozen=True)
class Cost:
    """CPU-seconds of the command with its children and of each process, wall seconds, and the most memory held at once.

    Memory in MB of 10^6 bytes; pages of files, such as the code of libraries, are the same ones in all processes and count once, as
    many as the largest process has of them.
    """

    cpu: float
    each: tuple[float, ...]
    wall: float
    peak_mb: float


def cost_of(command: Sequence[str]) -> Cost:
    """Run a command to its end; its processes are looked at five times a second."""
    begin, each, peak = time.perf_counter(), dict[int, float](), 0.0
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        own, files = 0, 0
        for pid in _tree(process.pid):
            try:
                fields = (
                    Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2]
                )
                resident, shared = map(int, Path(f"/proc/{pid}/statm").read_text("ascii").split()[1:3])
            except OSError:
                continue  # it ended meanwhile
            each[pid] = sum(map(int, fields.split()[11:13])) / _TICKS
            own, files = own + resident - shared, max(files, shared)
        peak = max(peak, (own + files) * _PAGE_MB)
        time.sleep(_LOOK_EVERY)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    seconds = tuple(sorted(each.values(), reverse=True))
    return Cost(usage.ru_utime + usage.ru_stime, seconds, time.perf_counter() - begin, peak)


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text(encoding="ascii").split()
        except OSError:
            continue
        for child in children:
            yield from _tree(int(child))
