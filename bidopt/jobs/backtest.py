"""The backtest: contenders on the logged days of shops, scored, written into each shop's backtests folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar

from bidopt import __version__
from bidopt.backtest.cores import cores
from bidopt.backtest.fold_runner import Fold, folds_of, run_folds, write_files
from bidopt.backtest.kept_runs import drop_stale, kept_folder
from bidopt.backtest.logged_days import LoggedDays, read_log
from bidopt.backtest.off_policy.of_runs import checked_by_chance
from bidopt.backtest.policy_run import PolicyRun, joined
from bidopt.backtest.replay import logged_run, scaled_log
from bidopt.backtest.replay_estimate import Doubt
from bidopt.backtest.scorecard import scored
from bidopt.domain.errors import BidoptError, SettingsError, StoppedError
from bidopt.domain.scorecard import Scorecard, SpendPoint
from bidopt.facts.fact_history import FactHistory
from bidopt.facts.fact_tables import FactTables
from bidopt.facts.schemas import DRAWN_BIDS, KEYWORD_DAYS
from bidopt.facts.warehouse import Warehouse
from bidopt.jobs.import_reports import Progress
from bidopt.jobs.shop import Shop, open_shop
from bidopt.publishing.scorecard_document import scorecard_document
from bidopt.recommender import Recommender
from bidopt.reporting.backtest_page import render_backtest
from bidopt.settings.backtest_settings import Backtest, BacktestSettings

P = ParamSpec("P")
T = TypeVar("T")

FACTORS = (0.5, 0.7, 0.85, 1.0, 1.15, 1.3, 1.5)
"""What all bids of the log are multiplied by for the curve of return against spend."""


@dataclass(frozen=True)
class BacktestResult:
    """A finished backtest of one shop, and the folder its files lie in."""

    scorecard: Scorecard
    folder: Path


@dataclass(frozen=True)
class BacktestFailure:
    """A shop that could not be backtested, and why."""

    shop: Path
    error: BidoptError


@dataclass(frozen=True)
class Backtested:
    """What came of a backtest, shop by shop in the order asked for."""

    results: tuple[BacktestResult, ...]
    failures: tuple[BacktestFailure, ...] = ()


def run_backtest(backtest: Backtest, progress: Progress, *, workers: int | None = None) -> Backtested:
    """Run a backtest and write scorecard.json and backtest.html for each of its shops.

    Of several shops one that fails stops no other.

    Args:
        backtest: shops and contenders.
        progress: told each stage.
        workers: processes at most; None for as many as there are cores.

    Raises:
        SettingsError: the days asked for are not in the only shop's log.
        StoppedError: the only shop has no keyword-days.
        BidoptError: the only shop's files cannot be written, or a process was ended from outside.
    """
    shops = [_tried(_prepared, folder, backtest) for folder in backtest.shops]
    sound = [shop for shop in shops if isinstance(shop, _Prepared)]
    runs = iter(
        run_folds(
            [fold for shop in sound for fold in shop.folds],
            [shop.recommenders for shop in sound for _ in shop.folds],
            workers=workers or cores(),
            told=lambda text: progress(f"回测 {text}"),
        )
    )
    results, failures = [], []
    for folder, shop in zip(backtest.shops, shops, strict=True):
        done: object = shop
        if isinstance(shop, _Prepared):
            progress(f"汇总 {shop.shop.settings.name}")
            done = _tried(_written, shop, backtest, [next(runs) for _ in shop.folds])
        if isinstance(done, BacktestResult):
            results.append(done)
        elif isinstance(done, BidoptError):
            failures.append(BacktestFailure(folder, done))
    if failures and len(shops) == 1:
        raise failures[0].error
    return Backtested(tuple(results), tuple(failures))


def _tried(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | BidoptError:
    """What the work gives, or what it stopped at."""
    try:
        return work(*args, **kwargs)
    except BidoptError as error:
        return error


@dataclass(frozen=True)
class _Prepared:
    """A shop with its days, the folds of them and what decides there, by name."""

    shop: Shop
    span: _Span
    folds: tuple[Fold, ...]
    recommenders: Mapping[str, Recommender]


def _prepared(folder: Path, backtest: Backtest) -> _Prepared:
    shop = open_shop(folder)
    span = _span(shop, backtest.settings)
    return _Prepared(
        shop,
        span,
        tuple(_folds(shop, span, backtest.settings)),
        {c.name: c.recommender(shop.settings.recommender) for c in backtest.contenders},
    )


@dataclass(frozen=True)
class _Span:
    """Days to decide, the morning whose knowledge scores them, and the digest of what it knows."""

    first: date
    last: date
    known_by: date
    inputs: str


def _span(shop: Shop, settings: BacktestSettings) -> _Span:
    """The days of a shop."""
    warehouse = Warehouse(shop.facts)
    newest, known_by = warehouse.newest_day(), warehouse.newest_report()
    if newest is None or known_by is None:
        raise StoppedError(f"{shop.folder} 还没有数据, 没有可以回测的日子", "先运行 bidopt import 导入报表")
    known_by = max(known_by, newest + timedelta(days=1))
    told = warehouse.days_of(KEYWORD_DAYS)
    if told is None:
        raise StoppedError(f"{shop.folder} 没有关键词报表, 没有可以回测的日子", "先导入关键词报表")
    oldest, newest = told
    first = settings.first or oldest + timedelta(days=settings.warmup_days)
    last = settings.last or newest
    if not (oldest < first <= last <= newest):
        raise SettingsError(
            f"{shop.settings.name} 的关键词报表是 {oldest} 到 {newest}, 不能回测 {first} 到 {last}",
            f"第一天之前要有数据: from 不早于 {oldest + timedelta(days=1)}, to 不晚于 {newest}",
        )
    return _Span(first, last, known_by, warehouse.fingerprint(known_by))


def _folds(shop: Shop, span: _Span, settings: BacktestSettings) -> list[Fold]:
    drawn = Warehouse(shop.facts).days_of(DRAWN_BIDS) is not None

    def fold(first: date, last: date) -> Fold:
        return Fold(
            facts=shop.facts,
            kept=kept_folder(shop.folder, span.inputs),
            first=first,
            last=last,
            log_first=span.first,
            log_last=span.last,
            known_by=span.known_by,
            inputs=span.inputs,
            doubt=Doubt(settings.draws),
            with_bids=drawn,
        )

    return folds_of(span.first, span.last, settings.fold_days, fold)


def _written(
    prepared: _Prepared, backtest: Backtest, runs: Sequence[Mapping[str, PolicyRun] | BidoptError]
) -> BacktestResult:
    """Score a shop's runs, of each fold, and write the files.

    Raises:
        BidoptError: a fold failed, or the files cannot be written.
    """
    shop, span, settings = prepared.shop, prepared.span, backtest.settings
    played = []
    for run in runs:
        if isinstance(run, BidoptError):
            raise run
        played.append(run)
    recommender = shop.settings.recommender
    log = read_log(FactHistory(shop.facts), span.first, span.last, span.known_by, recommender.evidence)
    margin = recommender.goals.gross_margin
    name = settings.name or f"{span.first}_{span.last}"
    whole = [joined([of_fold[c.name] for of_fold in played]) for c in backtest.contenders]
    done = [logged_run(log.between(fold.first, fold.last), fold.doubt, margin) for fold in prepared.folds]
    chance = checked_by_chance(
        _drawn_facts(shop, span), log, {run.policy: run for run in whole}, settings.baseline, margin
    )
    scores = scored([joined(done), *whole])
    scorecard = Scorecard(
        shop=shop.settings.shop,
        shop_name=shop.settings.name,
        currency=shop.settings.currency,
        target_roas=recommender.goals.target_roas,
        name=name,
        dates=whole[0].dates,
        known_by=span.known_by.isoformat(),
        baseline=settings.baseline,
        policies=tuple(replace(score, chance=chance.checks.get(score.policy)) for score in scores),
        spend_curve=_spend_curve(log),
        keywords=len(log.keywords),
        bids_known=float(log.bid_known.mean()),
        told_late=max(run.told_late for run in whole),
        draws=settings.draws,
        version=__version__,
        folds=len(runs),
        no_chance=chance.refused,
    )
    folder = shop.folder / "backtests" / name
    files = {"scorecard.json": scorecard_document(scorecard), "backtest.html": render_backtest(scorecard)}
    write_files({folder / file: text.encode("utf-8") for file, text in files.items()})
    drop_stale(prepared.folds[0].kept)
    return BacktestResult(scorecard, folder)


def _drawn_facts(shop: Shop, span: _Span) -> FactTables:
    """The facts of the days where bids were drawn on some; none at all, unread, where they never were."""
    warehouse = Warehouse(shop.facts)
    if warehouse.days_of(DRAWN_BIDS) is None:
        return FactTables.of()
    return warehouse.known_on(span.known_by, (span.known_by - span.first).days + 1)


def _spend_curve(log: LoggedDays) -> tuple[SpendPoint, ...]:
    return tuple(SpendPoint(factor, *scaled_log(log, factor)) for factor in FACTORS)
