"""Runs a backtest: every policy on every fold of every shop, in processes, each finished run kept in a file.

A run is kept under a fingerprint of all that can change it, so a backtest that was stopped goes on where it stopped,
one with another policy more plays that policy only, and a changed setting plays anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from bidopt.backtest.cores import crew
from bidopt.backtest.logged_days import LoggedDays, read_log
from bidopt.backtest.policy_run import PolicyRun
from bidopt.backtest.replay import replay
from bidopt.backtest.replay_estimate import Doubt
from bidopt.backtest.told_late import ToldLate
from bidopt.domain.errors import BidoptError
from bidopt.facts.atomic_file import write_atomically
from bidopt.facts.fact_history import FactHistory
from bidopt.recommender import Recommender
from bidopt.registry import plugin_name


@dataclass(frozen=True)
class Fold:
    """Days of one shop that policies play from the bids of the log on.

    Args:
        facts: the shop's facts folder.
        kept: folder of finished runs that this code made of these facts; made when the first is kept.
        first, last: decision days.
        log_first, log_last: days of the log that it is a stretch of; keywords and beliefs are of all of it.
        known_by: morning whose knowledge scores them.
        inputs: digest of the facts known by then.
        doubt: draws.
        with_bids: whether the shop has drawn bids, on whichever days, so that runs of all folds carry theirs.
    """

    facts: Path
    kept: Path
    first: date
    last: date
    log_first: date
    log_last: date
    known_by: date
    inputs: str
    doubt: Doubt
    with_bids: bool = False

    def file_of(self, name: str, recommender: Recommender) -> Path:
        """Where the run of a policy is kept."""
        parts = [
            self.inputs,
            [
                day.isoformat()
                for day in (self.first, self.last, self.log_first, self.log_last, self.known_by)
            ],
            [self.doubt.draws, self.doubt.seed],
            self.with_bids,
            name,
            *_parts(recommender),
        ]
        digest = hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
        return self.kept / f"{digest[:32]}.json"


def _parts(recommender: Recommender) -> list[object]:
    """All that can change what a recommender decides."""
    return [
        recommender.goals.model_dump(),
        recommender.evidence.model_dump(),
        [[plugin_name(p), p.model_dump()] for p in recommender.policies],
        [[plugin_name(g), g.model_dump()] for g in recommender.guardrails],
    ]


@dataclass(frozen=True)
class Task:
    """Policies to play on a fold in one process: what travels is small and can be done twice without harm.

    Args:
        fold: the days.
        recommenders: by name.
        files: where each run is to be kept.
    """

    fold: Fold
    recommenders: Mapping[str, Recommender]
    files: Mapping[str, Path]


def fold_log(fold: Fold, recommender: Recommender) -> tuple[ToldLate, LoggedDays]:
    """The history and the log of a fold."""
    settings, known = recommender.evidence, FactHistory(fold.facts)
    window = max(settings.window_days, (fold.known_by - fold.first).days) + settings.window_days + 1
    late = known.told_late(fold.known_by - timedelta(days=window), fold.first)
    if not late:  # the days before the first morning are needed only where they were told after it
        window = max(settings.window_days, (fold.known_by - fold.log_first).days)
    history = ToldLate(known, fold.known_by, window, settings, late)
    # The same morning once more, so that the files are not walked through again.
    log = read_log(known, fold.log_first, fold.log_last, fold.known_by, settings)
    return history, log.between(fold.first, fold.last)


def run_task(task: Task, played: Callable[[str], object] = str) -> None:
    """Play the policies of a task and keep their runs.

    Raises:
        StoppedError: the facts cannot be read, or hold no keyword-days.
        BidoptError: the runs cannot be written.
    """
    fold = task.fold
    history, log = fold_log(fold, next(iter(task.recommenders.values())))
    runs = replay(history, log, task.recommenders, doubt=fold.doubt, with_bids=fold.with_bids, played=played)
    mornings = len(history.rewound)
    write_files({task.files[name]: replace(run, told_late=mornings).to_json() for name, run in runs.items()})


def write_files(files: Mapping[Path, bytes]) -> None:
    """Write the files of a backtest, each whole or not at all, making their folders.

    Raises:
        BidoptError: the disk is full, or a file is held open.
    """
    for path, content in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, content)
        except OSError as error:
            raise BidoptError(
                f"无法写入回测文件 {path}：{error.strerror or error}",
                "请检查磁盘空间和写入权限，关闭正在打开它的程序，然后重新运行",
            ) from error


def run_folds(
    folds: Sequence[Fold],
    recommenders: Sequence[Mapping[str, Recommender]],
    *,
    workers: int,
    told: Callable[[str], object] = str,
) -> list[dict[str, PolicyRun] | BidoptError]:
    """Play every policy on every fold.

    Args:
        folds: of one shop or several.
        recommenders: by name, for each fold; the same names for all.
        workers: processes at most; 1 plays in this one.
        told: told of each day, or with several processes of each task, that is done.

    Returns:
        The runs by name, for each fold, or why there are none: its facts cannot be read or hold no keyword-days, or the
        runs cannot be written. One fold's failure stops no other.

    Raises:
        BidoptError: a process was ended from outside.
    """
    files = [
        {name: fold.file_of(name, r) for name, r in deciding.items()}
        for fold, deciding in zip(folds, recommenders, strict=True)
    ]
    tasks = _tasks(folds, recommenders, files, workers)
    failed: dict[int, BidoptError | None] = {}
    if workers == 1 or len(tasks) <= 1:
        for task in tasks:
            failed[id(task.fold)] = failed.get(id(task.fold)) or _attempted(task, told)
    else:
        with crew(len(tasks), workers) as run:
            for done, error in enumerate(run(_attempted, [(task,) for task in tasks]), start=1):
                fold = tasks[done - 1].fold
                failed[id(fold)] = failed.get(id(fold)) or error
                told(f"还有 {len(tasks) - done} 组")
    return [failed.get(id(fold)) or _read(of_fold) for fold, of_fold in zip(folds, files, strict=True)]


def _attempted(task: Task, played: Callable[[str], object] = str) -> BidoptError | None:
    """What `run_task` stopped at, if anything."""
    try:
        run_task(task, played)
    except BidoptError as error:
        return error
    return None


def _read(files: Mapping[str, Path]) -> dict[str, PolicyRun] | BidoptError:
    try:
        return {name: _kept(path) for name, path in files.items()}
    except (OSError, ValueError) as error:
        return BidoptError(
            f"读不到刚算完的回测结果：{error}", "别在回测时导入报表或同时跑另一个回测，然后重新运行"
        )


def _kept(path: Path) -> PolicyRun:
    return PolicyRun.from_json(path.read_bytes())


def _is_kept(path: Path) -> bool:
    """Whether a run is there and whole."""
    try:
        _kept(path)
    except (OSError, ValueError):
        return False
    return True


def _tasks(
    folds: Sequence[Fold],
    recommenders: Sequence[Mapping[str, Recommender]],
    files: Sequence[Mapping[str, Path]],
    workers: int,
) -> list[Task]:
    """What is not kept yet: a task per fold, or several where there are fewer folds than workers."""
    todo = [
        {name: r for name, r in deciding.items() if not _is_kept(of_fold[name])}
        for deciding, of_fold in zip(recommenders, files, strict=True)
    ]
    busy = sum(bool(deciding) for deciding in todo)
    parts = -(-workers // busy) if busy else 1
    tasks = []
    for fold, deciding, of_fold in zip(folds, todo, files, strict=True):
        names = list(deciding)
        for part in range(min(parts, len(names))):
            mine = {name: deciding[name] for name in names[part::parts]}
            tasks.append(Task(fold, mine, {name: of_fold[name] for name in mine}))
    return tasks


def folds_of(first: date, last: date, days: int | None, make: Callable[[date, date], Fold]) -> list[Fold]:
    """Folds of `days` days each from `first` to `last`; one where `days` is None."""
    length = (last - first).days + 1
    step = days or length
    starts = [date.fromordinal(first.toordinal() + i) for i in range(0, length, step)]
    return [make(start, min(date.fromordinal(start.toordinal() + step - 1), last)) for start in starts]
