"""Tunes a recommender's settings over walk-forward folds; the last fold is held out and decides whether a gain is one.

The best of many trials looks better than it is. So trials are compared on the earlier folds only, and the winner is
played once on the last: its paired interval there is what counts, whatever it gained before.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import optuna
import sqlalchemy
from optuna.exceptions import StorageInternalError
from optuna.trial import TrialState
from sqlalchemy.exc import SQLAlchemyError

from bidopt.backtest.folds import Folds, Gain, Takings, gain, score
from bidopt.backtest.knobs import Knob, turned
from bidopt.domain.errors import BidoptError
from bidopt.recommender import Recommender

Values = dict[tuple[str, ...], float]

_STARTUP = 8
"""Trials drawn at random before the sampler learns from them, and before any is given up."""

_WORTH_KEEPING = 0.1
"""Share of the gain that a changed setting has to carry, or it goes back to today's value."""

_HELD_OUT = "held_out"


@dataclass(frozen=True)
class Tuned:
    """What tuning found.

    Args:
        before, after: path -> value of the settings that changed; empty where nothing beat today's.
        trials: tried; `given_up` of them before their last fold.
        current: score of today's settings on the tuning folds, currency per day.
        tuning: gain there, which flatters the best of many.
        held_out: gain on the last fold; None where nothing was worth playing on it.
        seen_before: the held-out fold was played by an earlier run, whose result this is.
    """

    before: Values
    after: Values
    trials: int
    given_up: int
    current: float
    tuning: Gain
    held_out: Gain | None
    seen_before: bool

    @property
    def gained(self) -> bool:
        """Whether the gain survives: the interval on the held-out fold lies above nothing."""
        return self.held_out is not None and self.held_out.low > 0


class Tuning:
    """A search for better settings, resumable.

    Args:
        folds: what trials are played on.
        recommender: today's.
        knobs: settings to turn.
        study: SQLite file that keeps the trials; the same file goes on where it stopped. None: they are not kept.
        seed: of the sampler; it restarts with every trial, so that an interrupted search goes on as if it had not been.
        told: told of each trial's end.

    Raises:
        BidoptError: the file of the trials cannot be read or written.
    """

    def __init__(
        self,
        folds: Folds,
        recommender: Recommender,
        knobs: Sequence[Knob],
        study: Path | None,
        *,
        seed: int = 0,
        told: Callable[[str], object] = lambda _: None,
    ) -> None:
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._folds, self._current, self._knobs, self._seed, self._told = (
            folds,
            recommender,
            knobs,
            seed,
            told,
        )
        self._file = study
        with self._readable():
            self._storage = None if study is None else optuna.storages.RDBStorage(_address(study))
            self._study = optuna.create_study(
                study_name="tune",
                storage=self._storage,
                direction="maximize",
                load_if_exists=True,
                pruner=optuna.pruners.MedianPruner(n_startup_trials=_STARTUP, n_warmup_steps=0),
            )
        self._tuning = range(folds.count - 1)
        self._old = [folds.play(recommender, fold) for fold in self._tuning]

    def run(self, trials: int) -> Tuned:
        """Search until `trials` trials are done in all, then judge the best.

        After the held-out fold has been played its result stands: more trials would be chosen with it in sight.

        Raises:
            BidoptError: the file of the trials cannot be read or written.
        """
        try:
            with self._readable():
                return self._judged_before() or self._judged(trials)
        finally:
            if self._storage is not None:
                self._storage.remove_session()
                self._storage.engine.dispose()

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Says it in words where the file of the trials cannot be used."""
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error, StorageInternalError) as error:
            cause = str(error.__cause__ or error).splitlines()[0]
            raise BidoptError(
                f"调参记录打不开: {self._file} ({cause})",
                f"检查磁盘空间和写入权限；记录坏了就删掉 {self._file} 重来",
            ) from error

    def _judged(self, trials: int) -> Tuned:
        self._search(trials)
        best = self._study.best_trial
        values = self._simplified(self._values(best.params), best.value or 0.0)
        if not values:
            return self._tuned({}, Gain(0.0, 0.0, 0.0), None)
        found = gain(self._play(values), self._old, self._current.goals)
        last = self._folds.count - 1
        self._told("在留出的最后一段上核对")
        new = self._folds.play(turned(self._current, values), last)
        held_out = gain([new], [self._folds.play(self._current, last)], self._current.goals)
        tuned = self._tuned(values, found, held_out)
        record = {"after": [[*path, value] for path, value in values.items()]}
        self._study.set_user_attr(
            _HELD_OUT, json.dumps({**record, "tuning": asdict(found), "held_out": asdict(held_out)})
        )
        return tuned

    def _judged_before(self) -> Tuned | None:
        record = self._study.user_attrs.get(_HELD_OUT)
        if record is None:
            return None
        told = json.loads(record)
        values = {tuple(entry[:-1]): entry[-1] for entry in told["after"]}
        return self._tuned(values, Gain(**told["tuning"]), Gain(**told["held_out"]), seen_before=True)

    def _tuned(
        self, values: Values, found: Gain, held_out: Gain | None, *, seen_before: bool = False
    ) -> Tuned:
        states = [trial.state for trial in self._study.trials]
        return Tuned(
            before={knob.path: knob.current for knob in self._knobs if knob.path in values},
            after=values,
            trials=sum(state in (TrialState.COMPLETE, TrialState.PRUNED) for state in states),
            given_up=states.count(TrialState.PRUNED),
            current=_mean([score(old, self._current.goals) for old in self._old]),
            tuning=found,
            held_out=held_out,
            seen_before=seen_before,
        )

    def _search(self, trials: int) -> None:
        self._take_up_again()
        while (done := self._done()) < trials:
            # A sampler of the number of trials done draws what it would have drawn without an interruption.
            self._study.sampler = optuna.samplers.TPESampler(
                seed=int(np.random.SeedSequence([self._seed, done]).generate_state(1)[0]),
                n_startup_trials=_STARTUP,
            )
            if done == 0 and not self._waiting():
                self._study.enqueue_trial({knob.name: knob.current for knob in self._knobs})
            self._try(self._study.ask(), done, trials)

    def _try(self, trial: optuna.Trial, done: int, trials: int) -> None:
        for knob in self._knobs:
            _suggest(trial, knob)
        recommender = turned(self._current, self._values(trial.params))
        gains: list[float] = []
        for fold in self._tuning:
            new = self._folds.play(recommender, fold) if done else self._old[fold]
            goals = self._current.goals
            gains.append(score(new, goals) - score(self._old[fold], goals))
            trial.report(_mean(gains), fold)
            if fold < len(self._tuning) - 1 and trial.should_prune():
                self._study.tell(trial, state=TrialState.PRUNED)
                self._told(f"试验 {done + 1}/{trials}: 提前放弃")
                return
        self._study.tell(trial, _mean(gains))
        self._told(f"试验 {done + 1}/{trials}: 每天 {_mean(gains):+.2f}，最好 {self._study.best_value:+.2f}")

    def _take_up_again(self) -> None:
        """A trial that was interrupted is tried again with the same values."""
        for trial in self._study.get_trials(states=(TrialState.RUNNING,)):
            self._study.tell(trial.number, state=TrialState.FAIL)
            if len(trial.params) == len(self._knobs):
                self._study.enqueue_trial(trial.params)

    def _done(self) -> int:
        return len(self._study.get_trials(states=(TrialState.COMPLETE, TrialState.PRUNED)))

    def _waiting(self) -> bool:
        return bool(self._study.get_trials(states=(TrialState.WAITING,)))

    def _values(self, params: Mapping[str, float]) -> Values:
        """Path -> value of the settings that differ from today's."""
        values = {knob.path: knob.rounded(params[knob.name]) for knob in self._knobs}
        return {knob.path: values[knob.path] for knob in self._knobs if values[knob.path] != knob.current}

    def _play(self, values: Values) -> list[Takings]:
        recommender = turned(self._current, values)
        return [self._folds.play(recommender, fold) for fold in self._tuning]

    def _simplified(self, values: Values, gained: float) -> Values:
        """The values without those that carry hardly any of the gain: every change has to be worth making."""
        if gained <= 0:
            return {}
        goals, kept, at = self._current.goals, dict(values), gained
        for path in values:
            fewer = {other: value for other, value in kept.items() if other != path}
            self._told(f"{'.'.join(path)} 不改行不行")
            left = gain(self._play(fewer), self._old, goals).mean if fewer else 0.0
            if left >= at - _WORTH_KEEPING * gained:
                kept, at = fewer, left
        return kept if at > 0 else {}


def _address(study: Path) -> str:
    """The file as SQLAlchemy names it, whatever stands in its path."""
    return sqlalchemy.URL.create("sqlite", database=str(study)).render_as_string(hide_password=False)


def _suggest(trial: optuna.Trial, knob: Knob) -> None:
    if knob.whole:
        trial.suggest_int(knob.name, int(knob.low), int(knob.high))
    else:
        trial.suggest_float(knob.name, knob.low, knob.high, log=knob.log)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
