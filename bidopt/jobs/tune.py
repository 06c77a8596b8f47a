"""Tuning: looks for better settings of a shop on markets fitted to its log, week by week; changes nothing by itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import numpy as np

from bidopt.backtest.cores import Run, crew
from bidopt.backtest.fitted_folds import FittedFolds
from bidopt.backtest.folds import Folds, Gain
from bidopt.backtest.kept_runs import code_version
from bidopt.backtest.knobs import Knob, knobs_of
from bidopt.backtest.logged_days import LoggedDays, read_log
from bidopt.backtest.remembered_mornings import RememberedMornings
from bidopt.backtest.replay_estimate import Doubt
from bidopt.backtest.replay_folds import ReplayFolds
from bidopt.backtest.shop_fit import fit_shop
from bidopt.backtest.told_late import ToldLate
from bidopt.backtest.tuning import Tuned, Tuning
from bidopt.domain.errors import BidoptError, StoppedError, UsageError
from bidopt.domain.metrics import number_or_none
from bidopt.facts.fact_history import FactHistory
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.warehouse import Warehouse
from bidopt.jobs.earlier_plans import facts_as_seen
from bidopt.jobs.import_reports import Progress
from bidopt.jobs.run_day import where_the_facts_are
from bidopt.jobs.shop import Shop, open_shop
from bidopt.ledger.ledger import Ledger

SEED = 20261121
_LEAST_DAYS = 7
"""Reported days that the first fold needs behind it."""


@dataclass(frozen=True)
class TuneOptions:
    """How to search.

    Args:
        trials: in all, those of earlier runs of the same search included.
        folds: stretches of `days` days, the last held out.
        days: of a fold.
        draws: markets drawn per fold.
        only: parts of names of the settings to tune; empty: all that are marked.
        market: "fitted" plays markets fitted to the log, "replay" the log itself.
    """

    trials: int = 30
    folds: int = 4
    days: int = 7
    draws: int = 4
    only: tuple[str, ...] = ()
    market: Literal["fitted", "replay"] = "fitted"


@dataclass(frozen=True)
class TuneResult:
    """What came of it.

    Args:
        tuned: settings and gains.
        knobs: settings that were searched.
        study: file that keeps the trials.
        as_of: the morning whose knowledge was used.
        options: of the search.
    """

    tuned: Tuned
    knobs: tuple[Knob, ...]
    study: Path
    as_of: date
    options: TuneOptions


def tune(folder: Path, as_of: date, options: TuneOptions, progress: Progress, seed: int = SEED) -> TuneResult:
    """Search for better settings of a shop.

    Args:
        folder: the shop's folder; the trials are kept in its `tuning` folder, and a search goes on where it stopped.
        as_of: the morning whose knowledge is used. On fitted markets it is the first of the last fold; a replayed log
            ends the day before. Where the newest keyword report is older, the morning after it takes its place.
        options: of the search.
        progress: told each stage.
        seed: of draws, luck and sampler.

    Raises:
        UsageError: no setting matches `only`.
        BidoptError: the trials cannot be kept.
        StoppedError: there are no facts, or too few days of them.
    """
    shop = open_shop(folder)
    knobs = _knobs(shop, options.only)
    progress("汇总已知数据")
    study = folder / "tuning" / f"{_fingerprint(shop, as_of, options, knobs)}.sqlite"
    try:
        study.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise BidoptError(
            f"建不了文件夹 {study.parent}: {error.strerror}", "检查磁盘空间和写入权限"
        ) from error
    with crew(1 if options.market == "replay" else options.draws) as run:
        make = _replay_folds if options.market == "replay" else _fitted_folds
        folds = make(shop, as_of, options, progress, seed, run)
        progress("用现在的设置走一遍")
        search = Tuning(folds, shop.settings.recommender, knobs, study, seed=seed, told=progress)
        tuned = search.run(options.trials)
    return TuneResult(tuned, knobs, study, as_of, options)


def _knobs(shop: Shop, only: Sequence[str]) -> tuple[Knob, ...]:
    every = knobs_of(shop.settings.recommender)
    chosen = tuple(knob for knob in every if not only or any(part in knob.name for part in only))
    if not chosen:
        raise UsageError(
            f"没有可调的设置叫 {'、'.join(only)}", f"可调的有: {'、'.join(k.name for k in every)}"
        )
    return chosen


def _history(shop: Shop, as_of: date, reach: int) -> tuple[ToldLate, date]:
    """What was known on each of the mornings of the folds, exports made late told as of their days; and their end.

    The folds reach back `reach` days from `as_of`, or from the day after the newest keyword report where that is older.
    """
    settings, source = shop.settings.recommender.evidence, FactHistory(shop.facts)
    words = source.known_on(as_of, settings.window_days + 1).keyword_days
    if words.empty:
        raise StoppedError(f"{as_of} 之前没有可用的数据", where_the_facts_are(Warehouse(shop.facts), as_of))
    end = min(as_of, words["date"].max().date() + timedelta(days=1))
    window = settings.window_days + reach + 1 + (as_of - end).days
    return ToldLate(source, as_of, window, settings), end


def _fitted_folds(
    shop: Shop, as_of: date, options: TuneOptions, progress: Progress, seed: int, run: Run
) -> Folds:
    """Each fold begins `days` after the one before, the last one on `as_of`, or after the newest report."""
    settings = shop.settings.recommender.evidence
    history, end = _history(shop, as_of, options.days * options.folds)
    fits = []
    for back in reversed(range(options.folds)):
        morning = end - timedelta(days=options.days * back)
        progress(f"拟合 {morning} 早上的市场")
        facts = history.known_on(morning, settings.window_days + 1)
        _enough(facts, morning)
        fits.append(fit_shop(facts_as_seen(facts, shop.ledger, morning), morning, settings))
    return FittedFolds(fits, days=options.days, draws=options.draws, seed=seed, run=run)


def _replay_folds(
    shop: Shop, as_of: date, options: TuneOptions, progress: Progress, seed: int, run: Run
) -> Folds:
    """The newest days of the log in stretches of `days`."""
    del run  # a log is replayed in one process
    settings = shop.settings.recommender.evidence
    history, end = _history(shop, as_of, options.days * options.folds)
    logs = []
    for back in range(options.folds, 0, -1):
        first = end - timedelta(days=options.days * back)
        progress(f"读取 {first} 起的日志")
        _enough(history.known_on(first, settings.window_days + 1), first)
        last = first + timedelta(days=options.days - 1)
        logs.append(_told(read_log(Warehouse(shop.facts), first, last, as_of, settings)))
    return ReplayFolds(RememberedMornings(history), logs, Doubt(seed=seed))


def _told(log: LoggedDays) -> LoggedDays:
    """The log, unless there is a day that no platform told: nothing can be said of it."""
    silent = log.dates[np.flatnonzero(~log.in_play.any(axis=0))]
    if len(silent):
        raise StoppedError(
            f"{silent[0].date()} 没有关键词报表，不能重放这一天 (一共缺 {len(silent)} 天)",
            "补上这几天的报表，或少分几段 (--folds)，或用 --market fitted",
        )
    return log


def _enough(facts: FactTables, morning: date) -> None:
    days = facts.keyword_days["date"].nunique()
    if days < _LEAST_DAYS:
        raise StoppedError(
            f"{morning} 之前只有 {days} 天报表，至少要 {_LEAST_DAYS} 天才能调参",
            "少分几段 (--folds) 或每段短一些 (--days)，或等数据多一些再调",
        )


def _fingerprint(shop: Shop, as_of: date, options: TuneOptions, knobs: Sequence[Knob]) -> str:
    """Names a search: the same facts, settings and question continue it; the number of trials does not matter."""
    parts = [
        Warehouse(shop.facts).fingerprint(as_of),
        shop.settings.fingerprint,
        code_version(),
        str(as_of),
        _plans_before(shop, as_of),
        [options.market, options.folds, options.days, options.draws],
        [[knob.name, knob.low, knob.high, knob.log] for knob in knobs],
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _plans_before(shop: Shop, as_of: date) -> list[str]:
    """Digests of the plans in force before `as_of`: what they asked for counts as carried out."""
    if not shop.ledger.is_file():
        return []
    with Ledger(shop.ledger) as ledger:
        return [run.plan_sha256 for run in ledger.runs() if run.in_force and run.as_of < as_of]


def yaml_lines(after: Mapping[tuple[str, ...], float]) -> list[str]:
    """What to write into shop.yaml: where, then the lines, indented as they stand there."""
    lines: list[str] = []
    for section, plugins in _nested(after).items():
        if section == "evidence":
            lines += ["evidence:", *_yaml(plugins, 2)]
            continue
        for name, fields in plugins.items():
            indent = 6 if section == "policies" else 4
            lines += [f"# {section} 里 {name} 的下面", *_yaml(fields, indent)]
    return lines


def _nested(after: Mapping[tuple[str, ...], float]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path, value in after.items():
        place = tree
        for part in path[:-1]:
            place = place.setdefault(part, {})
        place[path[-1]] = value
    return tree


def _yaml(fields: Mapping[str, Any], indent: int) -> list[str]:
    lines: list[str] = []
    for name, value in fields.items():
        if isinstance(value, Mapping):
            lines += [f"{' ' * indent}{name}:", *_yaml(value, indent + 2)]
        else:
            lines.append(f"{' ' * indent}{name}: {value:g}")
    return lines


def document(result: TuneResult) -> dict[str, Any]:
    """The result as plain data for JSON."""
    tuned = result.tuned
    meanings = {knob.path: knob.meaning for knob in result.knobs}
    return {
        "as_of": str(result.as_of),
        "gained": tuned.gained,
        "changes": [
            {"setting": ".".join(path), "meaning": meanings[path], "old": tuned.before[path], "new": value}
            for path, value in tuned.after.items()
        ],
        "score_today": number_or_none(tuned.current),
        "tuning_gain": _plain(tuned.tuning),
        "held_out_gain": None if tuned.held_out is None else _plain(tuned.held_out),
        "seen_before": tuned.seen_before,
        "trials": tuned.trials,
        "given_up": tuned.given_up,
        "folds": result.options.folds,
        "days": result.options.days,
        "market": result.options.market,
        "draws": result.options.draws,
        "study": str(result.study),
        "yaml": yaml_lines(tuned.after) if tuned.gained else [],
    }


def _plain(found: Gain) -> dict[str, float | None]:
    return {name: number_or_none(value) for name, value in asdict(found).items()}
