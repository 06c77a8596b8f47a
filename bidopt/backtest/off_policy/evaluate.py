"""Off-policy evaluation of plans: what each would have brought on the days of a log with randomised bids.

The unit is a keyword's day, the action its bid. What is taken for granted:

- the stated probabilities are those the bids were drawn with, given what was known that morning; checked: weights
  have to average 1;
- bids close to the target were tried; checked: range, effective sample size, cut weights;
- no interference: a keyword's bid does not move what another keyword gets. Not checkable from the log; keywords of
  one shop that meet in the same auctions break it;
- budgets do not bind, in the log or at the target's bids; checked against the budgets told;
- rivals and buyers would have answered lasting bids as they answered a day's; not checkable: rivals who react to
  higher bids make estimates of raises too good;
- luck is independent between blocks of days; checked as far as drawn bids that stay for days lengthen the blocks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from bidopt.backtest.off_policy.blocks import Blocks, Estimate, blocks_of
from bidopt.backtest.off_policy.estimators import ESTIMATORS, Aim
from bidopt.backtest.off_policy.outcome_model import CrossFitted, cross_fitted
from bidopt.backtest.off_policy.randomised_log import OffPolicyError, RandomisedLog, randomised_log
from bidopt.backtest.off_policy.weights import Overlap, OverlapRules, weigh
from bidopt.domain.changes import CAMPAIGN_KEY
from bidopt.domain.metrics import Array
from bidopt.facts.fact_tables import FactTables

_MOST_OVER = 0.05
"""Largest share of expected cost in campaigns that would outspend their budgets."""


@dataclass(frozen=True)
class Evaluated:
    """What a log says of a plan.

    Args:
        figures: estimator (one of ESTIMATORS) -> outcome -> per day; empty where refused.
        overlap: how well the log covers the plan; None where it was refused before.
        days: of the log that the figures are of.
        refused: why nothing can be said.
    """

    figures: Mapping[str, Mapping[str, Estimate]]
    overlap: Overlap | None = None
    refused: OffPolicyError | None = None
    days: int = 0


def evaluate(
    facts: FactTables,
    plans: Mapping[str, pd.DataFrame],
    *,
    first: date | None = None,
    last: date | None = None,
    gross_margin: float | None = None,
    rules: OverlapRules | None = None,
    block_days: int | None = None,
) -> dict[str, Evaluated]:
    """Evaluate plans on the same log.

    Args:
        facts: with `drawn_bids`, as known on a morning.
        plans: name -> KEYWORD_KEY columns and `bid`, 0 or NaN where paused, in force on all days; with a `date`
            column, of each day. Keywords and days that a plan does not name keep the bid that was in force.
        first: first day; the first with a drawn bid by default.
        last: last day, included; the last whose orders are complete by default and at most.
        gross_margin: of products that state none; profit is estimated where all margins are known.
        rules: when to refuse a plan.
        block_days: days whose luck hangs together; as long as a drawn bid stays in force by default.

    Raises:
        OffPolicyError: the log can speak for no plan at all.
    """
    log = randomised_log(facts, first, last, gross_margin=gross_margin)
    blocks = blocks_of(log, block_days)
    models = cross_fitted(log, blocks)
    found = {}
    for name, plan in plans.items():
        try:
            found[name] = _evaluated(facts, log, blocks, models, log.bids_of(plan), rules or OverlapRules())
        except OffPolicyError as error:
            found[name] = Evaluated({}, refused=error)
    return found


def _evaluated(
    facts: FactTables,
    log: RandomisedLog,
    blocks: Blocks,
    models: CrossFitted,
    bids: Array,
    rules: OverlapRules,
) -> Evaluated:
    weights = weigh(log, bids, blocks, rules)
    aim = Aim(log, blocks, bids, weights.weight, models.predict(log.bid), models.predict(bids))
    _refuse_beyond_budgets(facts, log, aim.wanted["cost"])
    figures = {name: estimator(aim) for name, estimator in ESTIMATORS.items()}
    return Evaluated(figures, weights.overlap, days=len(log.dates))


def _refuse_beyond_budgets(facts: FactTables, log: RandomisedLog, cost: Array) -> None:
    """Stop where campaigns would run out of money: the log does not say what is left of a day then."""
    key = list(CAMPAIGN_KEY)
    expected = log.keywords.loc[log.keyword, key].assign(cost=cost / len(log.dates))
    spent = pd.DataFrame(expected.groupby(key, as_index=False)["cost"].sum())
    told = facts.budget_days[facts.budget_days["date"].isin(log.dates)]
    budgets = told.groupby(key, as_index=False)["daily_budget"].mean()
    spent = spent.merge(budgets, on=key, how="left").sort_values("cost", ascending=False)
    over = spent[spent["cost"] > spent["daily_budget"]]
    share = float(over["cost"].sum() / max(float(spent["cost"].sum()), 1e-12))
    if share > _MOST_OVER:
        worst = over.iloc[0]
        raise OffPolicyError(
            f"目标出价下有 {len(over)} 个计划会花完日限额（占预计花费 {share:.0%}），如计划 {worst['campaign_id']}："
            f"预计每天 {worst['cost']:.2f} 元，日限额 {worst['daily_budget']:.2f} 元",
            "放宽这些计划的日限额再评估，或评估花费更低的出价。",
        )
