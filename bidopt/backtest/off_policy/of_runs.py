"""Holds the runs of a backtest against bids that were drawn by chance: what each policy brought, without the replay's model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from bidopt.backtest.logged_days import LoggedDays
from bidopt.backtest.off_policy.blocks import Estimate as Jackknifed
from bidopt.backtest.off_policy.evaluate import Evaluated, evaluate
from bidopt.backtest.off_policy.randomised_log import OffPolicyError
from bidopt.backtest.policy_run import PolicyRun
from bidopt.domain.changes import KEYWORD_KEY
from bidopt.domain.metrics import Array
from bidopt.domain.scorecard import UNKNOWN, ChanceCheck, Estimate, Totals
from bidopt.evidence.keyword_index import rows_of
from bidopt.facts.fact_tables import FactTables

_NOTHING_SAID = OffPolicyError("随机出价的日志说不了这个策略", "看回放的数字")


@dataclass(frozen=True)
class Checked:
    """What randomised bids say of the runs.

    Args:
        checks: by policy; empty where nothing can be said of any.
        refused: why nothing can be said of any, with what to do about it; empty otherwise.
    """

    checks: Mapping[str, ChanceCheck]
    refused: str = ""


def checked_by_chance(
    facts: FactTables, log: LoggedDays, runs: Mapping[str, PolicyRun], baseline: str, margin: float | None
) -> Checked:
    """Evaluate what the policies of a backtest had in force.

    Args:
        facts: with `drawn_bids`, as known on the morning that scores the runs.
        log: the days of the runs.
        runs: by policy, with their bids.
        baseline: policy that differences are taken to.
        margin: gross margin of products that state none.
    """
    days = [log.dates[0].date(), log.dates[-1].date()]
    try:
        facts = _of_known_bids(facts, log)
        plans = {name: _plan(log, run.bids) for name, run in runs.items()} if len(facts.drawn_bids) else {}
        found = evaluate(facts, plans, first=days[0], last=days[1], gross_margin=margin)
    except OffPolicyError as error:
        return Checked({}, _said(error))
    return Checked({name: _check(said, found[baseline]) for name, said in found.items()})


def _said(error: OffPolicyError) -> str:
    return f"{error.message}。{error.hint}"


def _of_known_bids(facts: FactTables, log: LoggedDays) -> FactTables:
    """The facts without the draws of words whose bid no report tells: replayed bids cannot be set beside those.

    Such a word counts as any other without drawn bids, with what it brought as it was.

    Raises:
        OffPolicyError: no report tells the bid of any word whose bids were drawn.
    """
    word, _ = rows_of(facts.drawn_bids, log.keywords, KEYWORD_KEY)
    silent = np.unique(word[~log.bid_known[word]])
    if len(silent) and not log.bid_known[word].any():
        raise OffPolicyError(
            f"{len(silent)} 个有随机出价记录的词在报表里没有出价，如「{log.keywords['keyword'].iloc[silent[0]]}」",
            "导出报表时带上出价 bid 这一列",
        )
    _, dropped = rows_of(facts.drawn_bids, log.keywords.iloc[silent], KEYWORD_KEY)
    return replace(facts, drawn_bids=facts.drawn_bids[~dropped].reset_index(drop=True))


def _plan(log: LoggedDays, bids: Array) -> pd.DataFrame:
    """The bids of a run, shape (n, D), as a plan of each day; words without a known bid keep theirs."""
    word, day = np.nonzero(np.repeat(log.bid_known[:, None], len(log.dates), axis=1))
    return log.keywords.iloc[word].assign(date=log.dates[day], bid=bids[word, day])


def _check(said: Evaluated, base: Evaluated) -> ChanceCheck:
    if said.refused is not None or said.overlap is None:
        return ChanceCheck({}, {}, refused=_said(said.refused or _NOTHING_SAID))
    against = {
        name: _totals(figures, base.figures[name]) for name, figures in said.figures.items() if base.figures
    }
    overlap = said.overlap
    return ChanceCheck(
        {name: _totals(figures) for name, figures in said.figures.items()},
        against if said is not base else {},
        days=said.days,
        effective=overlap.ess,
        share=overlap.share,
        outside=overlap.outside,
        clipped=overlap.clipped,
    )


def _totals(mine: Mapping[str, Jackknifed], other: Mapping[str, Jackknifed] | None = None) -> Totals:
    """Figures a day, or their differences to another policy's."""

    def compared(name: str) -> Estimate:
        if name not in mine or (other is not None and name not in other):
            return UNKNOWN
        return _interval(mine[name] if other is None else mine[name].minus(other[name]))

    def returned(figures: Mapping[str, Jackknifed]) -> Jackknifed | None:
        earned = figures.get("revenue")
        return earned.over(figures["cost"]) if earned and figures["cost"].value > 0 else None

    own, base = returned(mine), None if other is None else returned(other)
    if own is not None and base is not None:
        own = own.minus(base)
    roas = UNKNOWN if own is None or (other is not None and base is None) else _interval(own)
    return Totals(compared("revenue"), compared("cost"), compared("profit"), roas)


def _interval(found: Jackknifed) -> Estimate:
    return Estimate(found.value, *found.interval())
