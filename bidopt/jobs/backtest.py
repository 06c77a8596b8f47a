"""The backtest: contenders on the logged days of shops, scored, written into each shop's backtests folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from bidopt import __version__
from bidopt.backtest.cores import cores
from bidopt.backtest.fold_runner import Fold, folds_of, run_folds, write_files
from bidopt.backtest.logged_days import LoggedDays, read_log
from bidopt.backtest.policy_run import PolicyRun, joined
from bidopt.backtest.replay import logged_run, scaled_log
from bidopt.backtest.replay_estimate import Doubt
from bidopt.backtest.scorecard import scored
from bidopt.domain.errors import SettingsError, StoppedError
from bidopt.domain.scorecard import Scorecard, SpendPoint
from bidopt.facts.fact_history import FactHistory
from bidopt.facts.schemas import KEYWORD_DAYS
from bidopt.facts.warehouse import Warehouse
from bidopt.jobs.import_reports import Progress
from bidopt.jobs.shop import Shop, open_shop
from bidopt.publishing.scorecard_document import scorecard_document
from bidopt.reporting.backtest_page import render_backtest
from bidopt.settings.backtest_settings import Backtest, BacktestSettings

FACTORS = (0.5, 0.7, 0.85, 1.0, 1.15, 1.3, 1.5)
"""What all bids of the log are multiplied by for the curve of return against spend."""


@dataclass(frozen=True)
class BacktestResult:
    """A finished backtest of one shop, and the folder its files lie in."""

    scorecard: Scorecard
    folder: Path


def run_backtest(
    backtest: Backtest, progress: Progress, *, workers: int | None = None
) -> tuple[BacktestResult, ...]:
    """Run a backtest and write scorecard.json and backtest.html for each of its shops.

    Args:
        backtest: shops and contenders.
        progress: told each stage.
        workers: processes at most; None for as many as there are cores.

    Raises:
        SettingsError: the days asked for are not in the log.
        StoppedError: a shop has no keyword-days.
        BidoptError: files cannot be written, or a process was ended from outside.
    """
    shops = [open_shop(folder) for folder in backtest.shops]
    spans = [_span(shop, backtest.settings) for shop in shops]
    folds: list[Fold] = []
    deciding = []
    for shop, span in zip(shops, spans, strict=True):
        of_shop = _folds(shop, span, backtest.settings)
        recommender = {c.name: c.recommender(shop.settings.recommender) for c in backtest.contenders}
        folds += of_shop
        deciding += [recommender] * len(of_shop)
    runs = run_folds(
        folds, deciding, __version__, workers=workers or cores(), told=lambda text: progress(f"回测 {text}")
    )
    results = []
    for shop, span in zip(shops, spans, strict=True):
        mine = [each for each in zip(folds, runs, strict=True) if each[0].facts == shop.facts]
        progress(f"汇总 {shop.settings.name}")
        results.append(_written(shop, span, backtest, mine))
    return tuple(results)


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
    def fold(first: date, last: date) -> Fold:
        return Fold(
            facts=shop.facts,
            kept=shop.folder / "backtests" / ".kept",
            first=first,
            last=last,
            log_first=span.first,
            log_last=span.last,
            known_by=span.known_by,
            inputs=span.inputs,
            doubt=Doubt(settings.draws),
        )

    return folds_of(span.first, span.last, settings.fold_days, fold)


def _written(
    shop: Shop, span: _Span, backtest: Backtest, runs: Sequence[tuple[Fold, Mapping[str, PolicyRun]]]
) -> BacktestResult:
    """Score a shop's runs, of each fold, and write the files."""
    settings, recommender = backtest.settings, shop.settings.recommender
    log = read_log(FactHistory(shop.facts), span.first, span.last, span.known_by, recommender.evidence)
    margin = recommender.goals.gross_margin
    name = settings.name or f"{span.first}_{span.last}"
    whole = [joined([of_fold[c.name] for _, of_fold in runs]) for c in backtest.contenders]
    done = [logged_run(log.between(fold.first, fold.last), fold.doubt, margin) for fold, _ in runs]
    scorecard = Scorecard(
        shop=shop.settings.shop,
        shop_name=shop.settings.name,
        currency=shop.settings.currency,
        target_roas=recommender.goals.target_roas,
        name=name,
        dates=whole[0].dates,
        known_by=span.known_by.isoformat(),
        baseline=settings.baseline,
        policies=scored([joined(done), *whole]),
        spend_curve=_spend_curve(log),
        keywords=len(log.keywords),
        bids_known=float(log.bid_known.mean()),
        told_late=max(run.told_late for run in whole),
        draws=settings.draws,
        version=__version__,
        folds=len(runs),
    )
    folder = shop.folder / "backtests" / name
    files = {"scorecard.json": scorecard_document(scorecard), "backtest.html": render_backtest(scorecard)}
    write_files({folder / file: text.encode("utf-8") for file, text in files.items()})
    return BacktestResult(scorecard, folder)


def _spend_curve(log: LoggedDays) -> tuple[SpendPoint, ...]:
    return tuple(SpendPoint(factor, *scaled_log(log, factor, Doubt(40))) for factor in FACTORS)
