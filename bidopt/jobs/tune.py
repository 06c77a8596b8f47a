"""Tuning: looks for better settings of a shop on markets fitted to its log, week by week; changes nothing by itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bidopt import __version__
from bidopt.backtest.fitted_folds import FittedFolds
from bidopt.backtest.folds import Gain
from bidopt.backtest.knobs import Knob, knobs_of
from bidopt.backtest.shop_fit import ShopFit, fit_shop
from bidopt.backtest.tuning import Tuned, Tuning
from bidopt.domain.errors import BidoptError, StoppedError
from bidopt.domain.metrics import number_or_none
from bidopt.facts.warehouse import Warehouse
from bidopt.jobs.cores import crew
from bidopt.jobs.import_reports import Progress
from bidopt.jobs.run_day import where_the_facts_are
from bidopt.jobs.shop import Shop, open_shop

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
    """

    trials: int = 30
    folds: int = 4
    days: int = 7
    draws: int = 4
    only: tuple[str, ...] = ()


@dataclass(frozen=True)
class TuneResult:
    """What came of it.

    Args:
        tuned: settings and gains.
        knobs: settings that were searched.
        study: file that keeps the trials.
        as_of: first morning of the held-out fold.
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
        as_of: first morning of the last fold; earlier folds begin `days` days earlier each.
        options: of the search.
        progress: told each stage.
        seed: of draws, luck and sampler.

    Raises:
        BidoptError: no setting matches `only`.
        StoppedError: there are no facts, or too few days of them.
    """
    shop = open_shop(folder)
    knobs = _knobs(shop, options.only)
    progress("汇总已知数据")
    mornings = [as_of - timedelta(days=options.days * back) for back in reversed(range(options.folds))]
    fits = [_fit(shop, morning, progress) for morning in mornings]
    study = folder / "tuning" / f"{_fingerprint(shop, as_of, options, knobs)}.sqlite"
    study.parent.mkdir(exist_ok=True)
    with crew(options.draws) as run:
        folds = FittedFolds(fits, days=options.days, draws=options.draws, seed=seed, run=run)
        progress("用现在的设置模拟一遍")
        search = Tuning(folds, shop.settings.recommender, knobs, study, seed=seed, told=progress)
        tuned = search.run(options.trials)
    return TuneResult(tuned, knobs, study, as_of, options)


def _knobs(shop: Shop, only: Sequence[str]) -> tuple[Knob, ...]:
    every = knobs_of(shop.settings.recommender)
    chosen = tuple(knob for knob in every if not only or any(part in knob.name for part in only))
    if not chosen:
        raise BidoptError(
            f"没有可调的设置叫 {'、'.join(only)}", f"可调的有: {'、'.join(k.name for k in every)}"
        )
    return chosen


def _fit(shop: Shop, morning: date, progress: Progress) -> ShopFit:
    warehouse, settings = Warehouse(shop.facts), shop.settings.recommender.evidence
    facts = warehouse.known_on(morning, settings.window_days + 1)
    if facts.current_bids.empty:
        raise StoppedError(f"{morning} 之前没有可用的数据", where_the_facts_are(warehouse, morning))
    progress(f"拟合 {morning} 早上的市场")
    fit = fit_shop(facts, morning, settings)
    if len(fit.past.days) < _LEAST_DAYS:
        raise StoppedError(
            f"{morning} 之前只有 {len(fit.past.days)} 天报表，至少要 {_LEAST_DAYS} 天才能调参",
            "少分几段 (--folds) 或每段短一些 (--days)，或等数据多一些再调",
        )
    return fit


def _fingerprint(shop: Shop, as_of: date, options: TuneOptions, knobs: Sequence[Knob]) -> str:
    """Names a search: the same facts, settings and question continue it; the number of trials does not matter."""
    parts = [
        Warehouse(shop.facts).fingerprint(as_of),
        shop.settings.fingerprint,
        __version__,
        str(as_of),
        [options.folds, options.days, options.draws],
        [[knob.name, knob.low, knob.high, knob.log] for knob in knobs],
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


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
        "draws": result.options.draws,
        "study": str(result.study),
        "yaml": yaml_lines(tuned.after) if tuned.gained else [],
    }


def _plain(found: Gain) -> dict[str, float | None]:
    return {name: number_or_none(value) for name, value in asdict(found).items()}
